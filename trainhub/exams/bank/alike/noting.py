"""Noting what items say as they are written: their sketches, and the pairs of items that are alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from trainhub.exams.bank.alike.comparing import Likeness
from trainhub.exams.bank.alike.leaks import Text, compare_items
from trainhub.exams.bank.alike.neighbours import MOST_IN_BAND, Asked, Neighbourhood, around
from trainhub.exams.bank.alike.saying import said_by
from trainhub.exams.bank.alike.sketching import is_any_sketched, sketcher
from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.models import Item
from trainhub.exams.bank.models_alike import Band, Pair, PairState, Sketch
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.many import Rows, among

_BANDS = Rows("bank_band", {"hash": "bigint", "item_id": "integer"})
Found = Mapping[int, Mapping[int, Likeness]]
"""For each item those that are like it."""


def note_items(owner: int, written: Sequence[tuple[int, ItemBody]], *, anew: bool = False) -> Found:
    """Keep the sketches of items of a centre, find what is like them and keep the pairs.

    Args:
        owner: id of the centre; items are compared with those of all its banks.
        written: ids of items and what they say now.
        anew: whether they have said something else before.
    """
    if not written:
        return {}
    lock_pairs(owner)
    if anew:
        _forget([item_id for item_id, _body in written])
    said = {item_id: said_by(body) for item_id, body in written}
    maker = sketcher()
    places = {item_id: maker.sketch(each.tokens) for item_id, each in said.items()}
    bands = {item_id: maker.bands(each, owner) for item_id, each in places.items()}
    near = around({band for each in bands.values() for band in each})
    near.said.update(said)
    near.places.update(places)
    settled: list[dict[str, int]] = []
    asked = [Asked(said[each], places[each], _settle(each, bands[each], near, settled)) for each in said]
    found = dict(zip(said, near.like(asked), strict=True))
    _write(Sketch, [{"item_id": item_id, "places": each} for item_id, each in places.items()])
    _BANDS.insert(db.session.connection(), sorted(settled, key=itemgetter("hash")))
    _keep_pairs(found, anew=anew)
    compare_items([Text(each, said[each], places[each]) for each in said], anew=anew)
    return found


def _settle(
    item_id: int, bands: Sequence[int], near: Neighbourhood, settled: list[dict[str, int]]
) -> list[int]:
    """Return who stands under the bands of an item, and let it stand there too, where there is room."""
    found = near.candidates(bands)
    for band in set(bands):
        members = near.members.setdefault(band, [])
        if len(members) < MOST_IN_BAND:
            members.append(item_id)
            settled.append({"hash": band, "item_id": item_id})
    return found


def _write(table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert many rows of which nobody needs the objects."""
    if rows:
        db.session.connection().execute(insert(table.__table__), rows)


def _forget(item_ids: Sequence[int]) -> None:
    """Take back what is kept of items that say something else now; what people judged stays."""
    for kept in (Band, Sketch):
        db.session.execute(delete(kept).where(kept.item_id.in_(item_ids)))
    forget_open(item_ids)


def lock_pairs(owner: int) -> None:
    """Let deeds about the pairs of a centre's items wait for each other; before any of a single item."""
    lock("bank-alike", owner)


def forget_open(item_ids: Sequence[int]) -> None:
    """Ask nobody any more about the pairs of some items; the caller holds the lock of the centre's pairs."""
    either = or_(Pair.first_id.in_(item_ids), Pair.second_id.in_(item_ids))
    db.session.execute(delete(Pair).where(either, Pair.state == PairState.OPEN))


def _keep_pairs(found: Found, *, anew: bool) -> None:
    """Keep pairs that are new; one that was judged is asked about again if it is alike in another way now."""
    rows = {
        (min(one, other), max(one, other)): {"percent": each.percent, "difference": each.difference.value}
        for one, others in found.items()
        for other, each in others.items()
    }
    if anew:
        for pair in _judged(found):
            now: dict[str, Any] | None = rows.pop((pair.first_id, pair.second_id), None)
            if now and (pair.percent, pair.difference) != (now["percent"], now["difference"]):
                again = {"state": PairState.OPEN, "judged_by_id": None, "judged_at": None, **now}
                db.session.execute(update(Pair).where(Pair.id == pair.id).values(**again))
    banks = _banks_of({each for pair in rows for each in pair})
    kept = {"state": PairState.OPEN, "found_at": clock.now()}
    fresh = [
        kept
        | {"first_id": first, "second_id": second}
        | {"first_bank_id": banks[first], "second_bank_id": banks[second]}
        | values
        for (first, second), values in rows.items()
    ]
    _write(Pair, fresh)


def _banks_of(item_ids: Collection[int]) -> dict[int, int]:
    wanted = select(Item.id, Item.bank_id).where(among(Item.id, sorted(item_ids)))
    return {item_id: bank_id for item_id, bank_id in db.session.execute(wanted)}


def _judged(item_ids: Iterable[int]) -> list[Any]:
    ids = list(item_ids)
    either = or_(Pair.first_id.in_(ids), Pair.second_id.in_(ids))
    columns = (Pair.id, Pair.first_id, Pair.second_id, Pair.percent, Pair.difference)
    return list(db.session.execute(select(*columns).where(either)))


def resembling(owner: int, bodies: Sequence[ItemBody]) -> list[dict[int, Likeness]]:
    """Return for each of some texts the items of a centre that are like it; keeps nothing."""
    if not bodies or not is_any_sketched():
        return [{} for _each in bodies]
    maker = sketcher()
    said = [said_by(body) for body in bodies]
    places = [maker.sketch(each.tokens) for each in said]
    bands = [maker.bands(each, owner) for each in places]
    near = around({band for each in bands for band in each})
    asked = zip(said, places, bands, strict=True)
    return near.like([Asked(each, sketch, near.candidates(of_it)) for each, sketch, of_it in asked])
