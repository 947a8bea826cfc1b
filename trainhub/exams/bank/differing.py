"""Two versions of an item side by side: fact by fact, with the words that only one of them has marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.facts import Fact, facts_of

_WORD = re.compile(r"[A-Za-z0-9.]+|\s+|.", re.DOTALL)
"""A Latin word or number is one piece, a Chinese character is one: ``1.5`` is not half of ``15``."""

MOST_COMPARED = 4_000_000
"""So many pairs of pieces are looked at, for a second: what was rewritten at more length is marked whole."""

Pieces = tuple[tuple[str, bool], ...]
"""Pieces of a text, each with whether the other text has it not."""


@dataclass(frozen=True)
class Difference:
    """A fact that two versions do not have in common (差异); one of them may not have it at all.

    Args:
        name: of the fact.
        old: it in the earlier version.
        new: it in the later one.
        old_pieces: its words there, with what the later one has not marked.
        new_pieces: its words here, with what the earlier one had not marked.
    """

    name: str
    old: Fact | None
    new: Fact | None
    old_pieces: Pieces
    new_pieces: Pieces

    @property
    def is_in_words(self) -> bool:
        """Whether the words differ; else the layout or the file behind them does."""
        return any(is_other for _text, is_other in self.old_pieces + self.new_pieces)


def differences(kind: str, old: ItemBody, new: ItemBody) -> list[Difference]:
    """Return what differs between two versions of an item, in the order in which it is read."""
    return between(facts_of(kind, old), facts_of(kind, new))


def between(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> list[Difference]:
    """Return what differs between two sets of facts; a fact that went stands behind its neighbour."""
    found = []
    for key in _in_order(list(old), list(new)):
        before, after = old.get(key), new.get(key)
        if not _are_same(before, after):
            pieces = marked(before.words if before else "", after.words if after else "")
            name = (after or before or Fact("", "")).name
            found.append(Difference(name, before, after, *pieces))
    return found


def _are_same(one: Fact | None, other: Fact | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.words, one.nodes, one.medium) == (other.words, other.nodes, other.medium)


def _in_order(old: Sequence[str], new: Sequence[str]) -> list[str]:
    found: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        found += [each for each in (old[a:b] if what == "equal" else (*old[a:b], *new[c:d]))]
    return list(dict.fromkeys(found))


def marked(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Return two texts in pieces, word by word, with what only one of them has marked."""
    ours, theirs = _WORD.findall(one), _WORD.findall(other)
    begin = _alike(ours, theirs)
    end = _alike(ours[begin:][::-1], theirs[begin:][::-1])
    left, right = [("".join(ours[:begin]), False)], [("".join(theirs[:begin]), False)]
    for is_other, mine, yours in _middle(ours[begin : len(ours) - end], theirs[begin : len(theirs) - end]):
        left.append(("".join(mine), is_other))
        right.append(("".join(yours), is_other))
    left.append(("".join(ours[len(ours) - end :]), False))
    right.append(("".join(theirs[len(theirs) - end :]), False))
    return tuple(each for each in left if each[0]), tuple(each for each in right if each[0])


def _alike(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Return how many pieces two texts begin with alike."""
    alike = zip(ours, theirs, strict=False)
    return next((at for at, (one, other) in enumerate(alike) if one != other), min(len(ours), len(theirs)))


def _middle(ours: list[str], theirs: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    """Yield what stands between: whether it differs, and the pieces of both."""
    if len(ours) * len(theirs) > MOST_COMPARED:
        yield True, ours, theirs
        return
    for what, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        yield what != "equal", ours[a:b], theirs[c:d]


def changed_regions(one: ItemBody, other: ItemBody) -> frozenset[int]:
    """Return the numbers of one version's hazards whose place or name the other has not."""
    others: tuple[Region, ...] = other.detail.regions if isinstance(other.detail, Scene) else ()
    ours = one.detail.regions if isinstance(one.detail, Scene) else ()
    return frozenset(number for number, each in enumerate(ours, start=1) if each not in others)
