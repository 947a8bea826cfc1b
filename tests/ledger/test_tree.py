"""The tree is that of RFC 6962: known roots, and proofs that hold for what is so and for nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainhub.ledger.tree import (
    EMPTY_ROOT,
    Edge,
    begins,
    consistency_path,
    hash_leaf,
    includes,
    inclusion_path,
    root,
    subtree,
)


def nodes_of(leaves):
    """All complete subtrees of some leaf hashes, as the sequencer stores them."""
    edge, nodes = Edge(), {}
    for leaf in leaves:
        nodes |= {(level, index): found for level, index, found in edge.add(leaf)}
    return edge, lambda level, index: nodes[level, index]


def plain_root(leaves):
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


def some_leaves(count):
    return [hash_leaf(str(number).encode()) for number in range(count)]


def test_the_empty_tree():
    assert Edge().root() == root(0, lambda level, index: b"") == EMPTY_ROOT


@given(st.integers(1, 70))
def test_every_tree_is_as_defined_and_goes_on_from_its_edge(size):
    leaves = some_leaves(size)
    edge, node = nodes_of(leaves)
    assert edge.root() == root(size, node) == plain_root(leaves)
    again = Edge.of(size, node)
    assert (again.root(), again.size) == (edge.root(), size)
    assert subtree(0, size, node) == edge.root()


@given(st.integers(1, 70), st.data())
def test_a_leaf_is_proved_and_no_other(size, data):
    leaves = some_leaves(size)
    edge, node = nodes_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, node)
    assert includes(leaves[index], index, size, path, edge.root())
    assert not includes(hash_leaf(b"forged"), index, size, path, edge.root())
    assert not includes(leaves[index], index, size, path, hash_leaf(b"forged"))
    assert not includes(leaves[index], index, size, [*path, edge.root()], edge.root())
    for other in range(size):
        assert other == index or not includes(leaves[index], other, size, path, edge.root())
    if path:
        assert not includes(leaves[index], index, size, path[:-1], edge.root())


@given(st.integers(0, 70), st.integers(0, 70), st.data())
def test_growth_is_proved_and_no_change(first, more, data):
    second = first + more
    leaves = some_leaves(second)
    _edge, node = nodes_of(leaves)
    roots = root(first, node), root(second, node)
    path = consistency_path(first, second, node)
    assert begins(first, roots[0], second, roots[1], path)
    if 0 < first < second:
        changed = [*leaves]
        changed[data.draw(st.integers(0, first - 1))] = hash_leaf(b"forged")
        _edge, forged = nodes_of(changed)
        later = root(second, forged)
        assert not begins(first, roots[0], second, later, consistency_path(first, second, forged))
        assert not begins(first, roots[0], second, roots[1], path[:-1])
        assert not begins(first, roots[0], second, roots[1], [*path, roots[0]])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_what_is_not_there_is_not_proved(index, size):
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_path(index, size, lambda level, index: b"")
