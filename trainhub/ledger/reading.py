"""Reading the ledger page by page: what is asked grows with the page, never with the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, tuple_

from trainhub.kernel.db import db
from trainhub.ledger.models import Entry, Head, Leaf
from trainhub.ledger.sequencing import number_waiting, size_of_tree

HIGHEST = 2**31 - 1
"""No entry has a higher number; one more would not fit the column."""


@dataclass(frozen=True)
class Decisions:
    """One page of the ledger, newest first (台账页).

    Args:
        entries: the decisions of this page.
        newer: number of the entry after which newer ones go on, None on the first page.
        older: number of the entry before which older ones go on, None on the last page.
    """

    entries: Sequence[Entry]
    newer: int | None
    older: int | None


def decisions(
    kind: str | None = None, before: int | None = None, after: int | None = None, per_page: int = 50
) -> Decisions:
    """Fetch a page of the ledger, newest first.

    Args:
        kind: only decisions of this kind.
        before: the newest decisions whose number is smaller.
        after: the oldest decisions whose number is larger, from 0 on; of both, ``before`` counts.
        per_page: how many at most.
    """
    start = after or 0
    upwards = after is not None and before is None
    end = HIGHEST if before is None else before
    numbers = select(Entry.id).limit(per_page + 1)
    if kind:
        # Said as a stretch of the index of kinds and numbers, for which no planner has another way.
        here, last = tuple_(Entry.kind, Entry.id), literal(kind)
        if upwards:
            numbers = numbers.where(here > tuple_(last, start), Entry.kind <= kind)
            numbers = numbers.order_by(Entry.kind, Entry.id)
        else:
            numbers = numbers.where(here < tuple_(last, end), Entry.kind >= kind)
            numbers = numbers.order_by(Entry.kind.desc(), Entry.id.desc())
    elif upwards:
        numbers = numbers.where(Entry.id > start).order_by(Entry.id)
    else:
        numbers = numbers.where(Entry.id < end).order_by(Entry.id.desc())
    order = Entry.id.asc() if upwards else Entry.id.desc()
    found = list(db.session.scalars(select(Entry).where(Entry.id.in_(numbers)).order_by(order)))
    more, found = len(found) > per_page, found[:per_page]
    if upwards:
        found.reverse()
    if not found:
        return Decisions((), None, None)
    goes_on = (more, start > 0) if upwards else (before is not None, more)
    return Decisions(found, found[0].id if goes_on[0] else None, found[-1].id if goes_on[1] else None)


def number_of_leaf(leaf_hash: str) -> int | None:
    """Return the number of the decision with a leaf, None if there is none."""
    return db.session.scalar(select(Entry.id).where(Entry.leaf_hash == leaf_hash))


def first_number_since(moment: datetime) -> int | None:
    """Return the number of the first decision of a moment or later, None if nothing was decided since."""
    since = select(Entry.id).where(Entry.at >= moment).order_by(Entry.at, Entry.id).limit(1)
    return db.session.scalar(since)


def covered(entries: Sequence[Entry], head: Head | None) -> frozenset[int]:
    """Return the numbers of those entries that a signed head covers, so that each can be proved."""
    if head is None:
        return frozenset()
    by_hash = {entry.leaf_hash: entry.id for entry in entries}
    placed = select(Leaf.leaf_hash).where(Leaf.leaf_hash.in_(by_hash), Leaf.position < head.size)
    return frozenset(by_hash[leaf] for leaf in db.session.scalars(placed))


def kinds() -> list[str]:
    """Return the kinds of decisions that the ledger has, each found by one step into the index."""
    first = select(func.min(Entry.kind).label("kind")).cte("kinds", recursive=True)
    following = select(func.min(Entry.kind)).where(Entry.kind > first.c.kind).scalar_subquery()
    walked = first.union_all(select(following).where(first.c.kind.is_not(None)))
    return list(db.session.scalars(select(walked.c.kind).where(walked.c.kind.is_not(None))))


def number_of_decisions() -> int:
    """Return how many decisions there are: each has one leaf, with a place or waiting for it."""
    return size_of_tree() + number_waiting()
