"""Practice questions of the training side that resemble items (疑似泄题): told here, and nowhere else.

The training side hands its questions over and is told nothing: they are compared later, by a chore of the
examination side, and whatever comes of it stands in this side's tables, messages and ledger alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from trainhub import handover
from trainhub.exams.bank.alike.comparing import Likeness, compare, compare_stems
from trainhub.exams.bank.alike.neighbours import Asked, around, said_of
from trainhub.exams.bank.alike.saying import Said, said_in
from trainhub.exams.bank.alike.sketching import shares, sketcher
from trainhub.exams.bank.content import bigrams
from trainhub.exams.bank.models import Bank, Gram
from trainhub.exams.bank.models_alike import Leak, Practice
from trainhub.exams.bank.vault import all_keyed_grams
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock

LOT = 20
_LEAST_SHARE, _MOST_COMPARED = 0.35, 20
_GRAMS, _LEAST_GRAMS = 14, 0.6


@dataclass(frozen=True)
class Text:
    """A text with its sketch; ``id`` is that of its item."""

    id: int
    said: Said
    places: bytes


def is_any_uncompared() -> bool:
    """Tell whether a practice question was handed over that was not compared yet."""
    return bool(handover.practice_questions_besides(select(Practice.record_code), 1))


def compare_practice(limit: int = LOT) -> int:
    """Compare practice questions that are new with the items of every bank.

    Returns:
        How many resemblances were found.
    """
    lock("bank", "practice")
    fresh = handover.practice_questions_besides(select(Practice.record_code), limit)
    found: dict[tuple[int, str], Likeness] = {}
    maker = sketcher()
    for code, text in fresh:
        said = said_in(text or "")
        places = maker.sketch(said.tokens)
        db.session.add(Practice(record_code=code, places=places, compared_at=clock.now()))
        if text is not None:
            found.update({(item_id, code): each for item_id, each in _items_like(said, places).items()})
    db.session.flush()
    _keep(found)
    return len(found)


def _items_like(said: Said, places: bytes) -> dict[int, Likeness]:
    """Return the items that a practice question resembles, as a whole or by what it asks."""
    found: dict[int, Likeness] = {}
    for owner in db.session.scalars(select(Bank.organisation_id).distinct()):
        bands = sketcher().bands(places, owner)
        near = around(set(bands))
        found.update(near.like([Asked(said, places, near.candidates(bands))])[0])
    if not said.options:
        for bank in db.session.scalars(select(Bank)):
            found = _items_asking(bank, said) | found
    return found


def _items_asking(bank: Bank, said: Said) -> dict[int, Likeness]:
    """Return the items that ask what a text asks, whatever they offer beside."""
    pairs = sorted(bigrams([said.stem.text]))
    chosen = pairs[:: max(1, len(pairs) // _GRAMS)][:_GRAMS]
    counts: Counter[int] = Counter()
    for hashes in all_keyed_grams(bank, chosen):
        number = func.count()
        statement = (
            select(Gram.item_id, number)
            .where(Gram.hash.in_(hashes))
            .group_by(Gram.item_id)
            .having(number >= max(2, round(_LEAST_GRAMS * len(hashes))))
            .order_by(number.desc())
            .limit(_MOST_COMPARED)
        )
        counts.update({item_id: count for item_id, count in db.session.execute(statement)})
    others = said_of(sorted(counts))
    likes = {item_id: compare_stems(said, other) for item_id, other in others.items()}
    return {item_id: each for item_id, each in likes.items() if each is not None}


def compare_items(written: Sequence[Text], *, anew: bool) -> None:
    """Compare items as they are written with the practice questions that are known."""
    if anew:
        ids = [each.id for each in written]
        db.session.execute(delete(Leak).where(Leak.item_id.in_(ids), Leak.seen_at.is_(None)))
    known = db.session.execute(select(Practice.record_code, Practice.places)).all()
    if not known:
        return
    codes, places = [code for code, _each in known], [each for _code, each in known]
    near = {each.id: _near(each, codes, places) for each in written}
    texts = handover.practice_texts({code for each in near.values() for code in each})
    told = {code: said_in(record.text) for code, record in texts.items()}
    found = {
        (each.id, code): likeness
        for each in written
        for code in near[each.id]
        if code in told and (likeness := _likeness(told[code], each.said)) is not None
    }
    if anew:
        seen = select(Leak.item_id, Leak.record_code).where(Leak.item_id.in_(near))
        found = {key: found[key] for key in found.keys() - {(a, b) for a, b in db.session.execute(seen)}}
    _keep(found)


def _near(written: Text, codes: Sequence[str], others: Sequence[bytes]) -> dict[str, None]:
    """Return the practice questions that may be like an item, as a whole or by what it asks.

    The sketch of a practice question without options is that of what it asks.
    """
    near = _nearest(written.places, codes, others)
    if written.said.options:
        near += _nearest(sketcher().sketch(Said(written.said.stem).tokens), codes, others)
    return dict.fromkeys(near)


def _likeness(told: Said, said: Said) -> Likeness | None:
    """Compare a practice question with an item; one without options by what both ask, if need be."""
    found = compare(told, said)
    return compare_stems(told, said) if found is None and not told.options else found


def _nearest(places: bytes, codes: Sequence[str], others: Sequence[bytes]) -> list[str]:
    share = shares(places, others)
    order = share.argsort()[::-1][:_MOST_COMPARED]
    return [codes[place] for place in order if share[place] >= _LEAST_SHARE]


def _keep(found: Mapping[tuple[int, str], Likeness]) -> None:
    """Keep resemblances; the report of the day tells them (``telling``)."""
    if not found:
        return
    rows = [
        {
            "item_id": item_id,
            "record_code": code,
            "percent": each.percent,
            "difference": each.difference.value,
            "found_at": clock.now(),
        }
        for (item_id, code), each in found.items()
    ]
    db.session.execute(insert(Leak), rows)
