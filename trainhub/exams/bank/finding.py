"""Finding items: by state, type and place in the columns, by words through keyed pairs of characters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import aliased

from trainhub.exams.bank.as_shown import UNREAD
from trainhub.exams.bank.banks import below, knowledge_points
from trainhub.exams.bank.comments import has_open
from trainhub.exams.bank.content import ItemBody, bigrams, normalised
from trainhub.exams.bank.models import Bank, Gram, Item, ItemVersion
from trainhub.exams.bank.texts import searched_texts
from trainhub.exams.bank.vault import all_keyed_grams, body_in
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

MOST_FOUND = 200
_WEIGHED, _LEAST_ASKED, _MOST_ASKED, _COMMON = 24, 3, 5, 2000
_PIECE = 6
_FIRST_LOT, _LARGEST_LOT = 100, 1600


@dataclass(frozen=True)
class Filter:
    """What a list of items is narrowed to; empty fields leave all."""

    state: str = ""
    type: str = ""
    point: str = ""
    author: str = ""
    commented: bool = False


def listing(bank: Bank, wanted: Filter) -> Select[Any]:
    """Return a select of the newest versions of a bank's items that pass a filter."""
    found = select(ItemVersion).where(*_conditions(bank, wanted)).order_by(ItemVersion.id.desc())
    # What one index of versions tells needs no look at each item.
    return found.join(Item, Item.id == ItemVersion.item_id) if wanted.type or wanted.point else found


def listed_ids(bank: Bank, wanted: Filter) -> list[int]:
    """Return the ids of those versions, in no order."""
    versions = listing(bank, wanted).with_only_columns(ItemVersion.id).order_by(None)
    return list(db.session.scalars(versions))


def number_in(counts: Mapping[str, int], wanted: Filter) -> int | None:
    """Return how many items a filter leaves, told by how many stand where; None if that does not tell it."""
    if wanted != Filter(state=wanted.state):
        return None
    return counts.get(wanted.state, 0) if wanted.state else sum(counts.values())


def _conditions(bank: Bank, wanted: Filter, *, words_first: bool = False) -> list[ColumnElement[bool]]:
    """Return what holds of an item of a bank and of its newest version where they pass a filter.

    A knowledge point of thousands of items, or a bank, is no way to find those that hold some words: words
    first.
    """
    of_bank = Item.bank_id if words_first else ItemVersion.bank_id
    found: list[Any] = [of_bank == bank.id, ItemVersion.newest]
    if wanted.state:
        found.append(ItemVersion.state == wanted.state)
    if wanted.type:
        found.append(Item.type == wanted.type)
    if wanted.author:
        found.append(ItemVersion.author_id == wanted.author)
    if wanted.commented:
        found.append(has_open())
    if wanted.point == "-":
        found.append(Item.knowledge_point_id.is_(None))
    elif wanted.point:
        covered = below(knowledge_points(bank.qualification), wanted.point)
        many = words_first and _are_many(covered)
        found.append((Item.knowledge_point_id + 0 if many else Item.knowledge_point_id).in_(covered))
    return found


def _are_many(covered: Collection[int]) -> bool:
    some = select(Item.id).where(Item.knowledge_point_id.in_(covered)).limit(_COMMON).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) == _COMMON


def search(
    bank: Bank,
    words: str,
    wanted: Filter | None = None,
    *,
    before: int | None = None,
    most: int = MOST_FOUND,
) -> list[ItemVersion]:
    """Return the newest versions in which some words stand, the newest items first.

    The words are looked for in the question, all that it offers and accepts, and the questions of a case.

    The rarest keyed pairs of characters narrow the bank down; what they leave is deciphered and looked at,
    until enough is found.

    Args:
        bank: where to look.
        words: divided by blanks; all of them must be there, but those that ``ignored_in`` names.
        wanted: what else must hold.
        before: id of the item after which to go on.
        most: how many to return.

    Raises:
        Invalid: no word of two characters.
    """
    return versions_in_order(find(bank, words, wanted, before=before, most=most))


def find(
    bank: Bank,
    words: str,
    wanted: Filter | None = None,
    *,
    before: int | None = None,
    most: int = MOST_FOUND,
) -> list[int]:
    """Return the ids of what ``search`` finds, to count it without reading it.

    Raises:
        Invalid: no word of two characters.
    """
    parts = [part for _said, part in _divided(words) if len(part) > 1]
    if not parts:
        raise Invalid(_("Give a word of at least two characters."))
    by_key = [
        _with_all(bank, rarest, wanted or Filter(), before)
        for pieces in zip(*(all_keyed_grams(bank, bigrams([each])) for each in _pieces(parts)), strict=True)
        if (rarest := _rarest(pieces))
    ]
    found: list[int] = []
    for row in merge(*by_key, key=lambda row: -row.item_id):
        if _holds(body_in(bank, row.code, row.number, row.body_sealed), parts):
            found.append(row.id)
            if len(found) == most:
                break
    return found


def ignored_in(words: str) -> list[str]:
    """Return those of some words that a search does not look for, because one character finds too much."""
    return [said for said, part in _divided(words) if len(part) < 2]


def _divided(words: str) -> list[tuple[str, str]]:
    """Return each word as it was typed and as it is compared."""
    return [(said, normalised(said)) for said in words.split()]


def versions_in_order(ids: Sequence[int]) -> list[ItemVersion]:
    """Return versions by their ids, in the same order."""
    rows: dict[int, ItemVersion] = {}
    for start in range(0, len(ids), 500):
        lot = select(ItemVersion).where(ItemVersion.id.in_(ids[start : start + 500]))
        rows |= {each.id: each for each in db.session.scalars(lot)}
    return [rows[each] for each in ids]


def marked_by(ids: Sequence[int], shown_at: datetime) -> list[tuple[str, str]]:
    """Return the codes of the items of versions, the oldest item first, each with the mark of its version.

    Args:
        ids: of the versions.
        shown_at: when the list was shown by which they are meant; what was written or handed in later stood
            not in it, and is marked as unread.
    """
    found: list[Any] = []
    wanted = select(
        Item.id, Item.code, ItemVersion.number, ItemVersion.created_at, ItemVersion.submitted_at
    ).join(ItemVersion)
    for start in range(0, len(ids), 500):
        found += db.session.execute(wanted.where(ItemVersion.id.in_(ids[start : start + 500])))
    return [
        (code, UNREAD if max(written, handed_in or written) > shown_at else str(number))
        for _id, code, number, written, handed_in in sorted(found, key=lambda row: row.id)
    ]


def _pieces(parts: Sequence[str]) -> list[str]:
    """Cut words into pieces of a few characters: neighbouring pairs mostly stand in the same items."""
    return [
        part[start : start + _PIECE + 1]
        for part in parts
        for start in range(0, max(1, len(part) - 1), _PIECE)
    ]


def _rarest(pieces: Sequence[Collection[int]]) -> list[int]:
    """Return the pairs of characters that few items hold, rarest first; none if one is nowhere.

    The rarest of each piece narrows most, for those of one piece go together; further ones fill up.
    """
    share = max(1, _WEIGHED // len(pieces))
    weighed = [sorted(piece)[:share] for piece in pieces[:_WEIGHED]]
    counts = [
        select(literal(each).label("hash"), func.count().label("number")).select_from(
            select(Gram.item_id).where(Gram.hash == each).limit(_COMMON).subquery()
        )
        for each in dict.fromkeys(gram for piece in weighed for gram in piece)
    ]
    numbers = {each: number for each, number in db.session.execute(union_all(*counts))}
    if 0 in numbers.values():
        return []

    def rarity(gram: int) -> int:
        return numbers[gram]

    best = sorted({min(piece, key=rarity) for piece in weighed}, key=rarity)[:_MOST_ASKED]
    others = sorted(numbers.keys() - set(best), key=rarity)
    return best + others[: max(0, _LEAST_ASKED - len(best))]


def _with_all(bank: Bank, rarest: Sequence[int], wanted: Filter, before: int | None) -> Iterator[Any]:
    """Yield the items that hold all of some pairs and pass a filter, newest first, read in growing lots."""
    lot = _FIRST_LOT
    statement = (
        select(Gram.item_id, Item.code, ItemVersion.id, ItemVersion.number, ItemVersion.body_sealed)
        .join(Item, Item.id == Gram.item_id)
        .join(ItemVersion, ItemVersion.item_id == Gram.item_id)
        .where(Gram.hash == rarest[0], *_conditions(bank, wanted, words_first=True))
        .order_by(Gram.item_id.desc())
    )
    for each in rarest[1:]:
        other = aliased(Gram)
        has = select(other.item_id).where(other.hash == each, other.item_id == Gram.item_id)
        statement = statement.where(has.exists())
    while True:
        after = statement if before is None else statement.where(Gram.item_id < before)
        rows = db.session.execute(after.limit(lot)).all()
        yield from rows
        if len(rows) < lot:
            return
        before, lot = rows[-1].item_id, min(2 * lot, _LARGEST_LOT)


def _holds(body: ItemBody, parts: Sequence[str]) -> bool:
    texts = [normalised(text) for text in searched_texts(body)]
    return all(any(part in text for text in texts) for part in parts)
