"""The Merkle tree of the ledger as in RFC 9162, section 2.1 (RFC 6962 has the same): pure functions.

Hashes are 32 bytes. ``node(level, index)`` returns the hash of a complete subtree of 2**level leaves; where
it comes from (a list, a table) is the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

Node = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def hash_leaf(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree(low: int, high: int, node: Node) -> bytes:
    """Return the hash of the leaves from ``low`` up to, not including, ``high``."""
    size = high - low
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, low >> level)
    middle = low + _split(size)
    return hash_children(subtree(low, middle, node), subtree(middle, high, node))


def root(size: int, node: Node) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return subtree(0, size, node) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that a leaf is in the tree of a size (RFC 9162, 2.1.3.1), the lowest hash first.

    Raises:
        ValueError: the tree of that size has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(subtree(middle, high, node))
            high = middle
        else:
            path.append(subtree(low, middle, node))
            low = middle
    return path[::-1]


def consistency_path(first: int, second: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of one size begins the tree of another (RFC 9162, 2.1.4.1).

    Raises:
        ValueError: the first is larger than the second.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {first} leaves does not begin one of {second}")
    if first in (0, second):
        return []
    return _subproof(first, 0, second, True, node)


def _subproof(first: int, low: int, high: int, whole: bool, node: Node) -> list[bytes]:
    if first == high - low:
        return [] if whole else [subtree(low, high, node)]
    middle = low + _split(high - low)
    if first <= middle - low:
        return [*_subproof(first, low, middle, whole, node), subtree(middle, high, node)]
    return [*_subproof(first - (middle - low), middle, high, False, node), subtree(low, middle, node)]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], wanted_root: bytes) -> bool:
    """Tell whether a proof shows that a leaf is in the tree with a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_children(step, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = hash_children(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == wanted_root


def begins(first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that the first tree begins the second (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if not 0 <= first < second:
        return False
    if first == 0:
        return not path and first_root == EMPTY_ROOT
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    return bool(steps) and _both_roots(first - 1, second - 1, steps) == (first_root, second_root)


def _both_roots(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of both trees that a proof of consistency gives; None: it is too long or too short."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = hash_children(step, old), hash_children(step, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = hash_children(new, step)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


class Edge:
    """The right edge of a growing tree: the roots of its complete subtrees, the largest first.

    Args:
        size: number of leaves so far.
        roots: of the complete subtrees that these leaves fall into.
    """

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)

    @classmethod
    def of(cls, size: int, node: Node) -> Edge:
        """Return the edge of a tree whose nodes are known."""
        roots, low = [], 0
        for level in range(size.bit_length() - 1, -1, -1):
            if size >> level & 1:
                roots.append(node(level, low >> level))
                low += 1 << level
        return cls(size, roots)

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add the hash of a leaf; return level, index and hash of each subtree that it completes."""
        level, index, found = 0, self.size, leaf
        yield level, index, found
        while index & 1:
            found = hash_children(self.roots.pop(), found)
            level, index = level + 1, index >> 1
            yield level, index, found
        self.roots.append(found)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is."""
        if not self.roots:
            return EMPTY_ROOT
        found = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            found = hash_children(left, found)
        return found
