"""Pairs of items that may say the same: shown to people, judged by a reviewer, never merged by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from trainhub import ledger
from trainhub.exams.bank.alike.comparing import TURNS_THE_ANSWER
from trainhub.exams.bank.alike.noting import lock_pairs, resembling
from trainhub.exams.bank.alike.wording import DIFFERENCES
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.models_alike import Pair, PairState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

CHUNK = 500


def _in_use(column: Any) -> ColumnElement[bool]:
    """Return the condition that an item is not retired."""
    retired = ItemVersion.newest, ItemVersion.state == VersionState.RETIRED
    return ~select(ItemVersion.id).where(ItemVersion.item_id == column, *retired).exists()


def pairs_in(bank: Bank) -> Select[Any]:
    """Return a select of a bank's pairs that nobody has judged, the likest and newest first.

    The other item of a pair may belong to another bank of the same centre.
    """
    return (
        select(Pair)
        .where(
            or_(Pair.first_bank_id == bank.id, Pair.second_bank_id == bank.id), Pair.state == PairState.OPEN
        )
        # As the index stands, read from its end.
        .order_by(Pair.percent.desc(), Pair.id.desc())
    )


def number_open(bank: Bank) -> int:
    """Return how many pairs of a bank nobody has judged."""
    return _number(pairs_in(bank))


def number_urgent(bank: Bank) -> int:
    """Return how many of them no figure and no negation tells apart."""
    return _number(pairs_in(bank).where(Pair.difference.not_in(TURNS_THE_ANSWER)))


def _number(pairs: Select[Any]) -> int:
    return db.session.scalar(pairs.with_only_columns(func.count(Pair.id)).order_by(None)) or 0


def get_pair(pair_id: int, *, by: Person) -> Pair:
    """Return a pair of a centre for which a person works on a bank.

    Raises:
        NotFound: there is none.
    """
    statement = (
        select(Pair)
        .join(Item, Item.id == Pair.first_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(Pair.id == pair_id, Bank.organisation_id.in_(organisations_of(by)))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such pair of items."))
    return found


def judge(pair: Pair, state: PairState, *, by: Person) -> None:
    """Remember what a reviewer says of two like items; neither is changed by it.

    Raises:
        Conflict: somebody has judged the pair already, or one of its items was written anew or retired.
        Forbidden: the person does not review items for the centre.
    """
    owner = pair.first.bank.organisation_id
    if owner not in organisations_of(by, Duty.REVIEW_ITEMS):
        raise Forbidden(_l("You do not review items for this organisation."))
    lock_pairs(owner)
    state_now = db.session.scalar(select(Pair.state).where(Pair.id == pair.id))
    if state_now is None:
        raise Conflict(_("One of these items was written anew or retired meanwhile."))
    if state_now != PairState.OPEN:
        raise Conflict(_("This pair has been judged already."))
    pair.state, pair.judged_by_id, pair.judged_at = state, by.id, clock.now()
    ledger.append(
        f"items.judged_{state.value}",
        by=by,
        side="exam",
        items=[pair.first.code, pair.second.code],
        difference=pair.difference,
    )


def likes_of(items: Iterable[Item]) -> dict[int, list[Pair]]:
    """Return the pairs of some items that are open or were judged the same, the likest first."""
    ids = {item.id for item in items}
    found: dict[int, list[Pair]] = defaultdict(list)
    if not ids:
        return found
    statement = select(Pair).where(
        or_(Pair.first_id.in_(ids), Pair.second_id.in_(ids)),
        Pair.state != PairState.DIFFERENT,
        _in_use(Pair.first_id),
        _in_use(Pair.second_id),
    )
    for pair in db.session.scalars(statement.order_by(Pair.percent.desc(), Pair.id)):
        for each in {pair.first_id, pair.second_id} & ids:
            found[each].append(pair)
    return found


def other_of(pair: Pair, item: Item) -> Item:
    """Return the item of a pair that is not a given one."""
    return pair.second if pair.first_id == item.id else pair.first


def warning(code: str, percent: int, difference: str) -> str:
    """Return what an import says of a row that resembles an item."""
    return _(
        "Resembles %(code)s by %(percent)s %%: %(how)s.",
        code=code,
        percent=percent,
        how=DIFFERENCES[difference][0],
    )


def enemies_of(item_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return for each of some items those that should not meet it in one paper.

    They were judged the same, or nobody has said yet that they are different; a pair that a figure or a
    negation tells apart counts only if it was judged.
    """
    found: dict[int, set[int]] = defaultdict(set)
    ids = sorted(item_ids)
    unjudged = (Pair.state == PairState.OPEN) & Pair.difference.not_in(TURNS_THE_ANSWER)
    for start in range(0, len(ids), CHUNK):
        statement = select(Pair.first_id, Pair.second_id).where(
            Pair.first_id.in_(ids[start : start + CHUNK]), or_(Pair.state == PairState.SAME, unjudged)
        )
        for first, second in db.session.execute(statement):
            found[first].add(second)
            found[second].add(first)
    return {each: frozenset(others) for each, others in found.items()}


def warnings_for(taken_in: Iterable[tuple[str, Item]]) -> list[dict[str, str]]:
    """Return what a report says of rows that were taken in and resemble an item: one line for each row."""
    rows = list(taken_in)
    pairs = likes_of(item for _where, item in rows)
    return [
        {"where": where, "text": warning(other_of(best, item).code, best.percent, best.difference)}
        for where, item in rows
        for best in pairs.get(item.id, [])[:1]
    ]


def warnings_if_taken_in(bank: Bank, rows: Sequence[tuple[str, ItemBody]]) -> list[dict[str, str]]:
    """Return what a report would say of rows that are only checked, as far as items are there already."""
    found = []
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        likes = resembling(bank.organisation_id, [body for _where, body in part])
        for (where, _body), each in zip(part, likes, strict=True):
            for item_id, likeness in list(each.items())[:1]:
                code = db.session.get_one(Item, item_id).code
                text = warning(code, likeness.percent, likeness.difference)
                found.append({"where": where, "text": text})
    return found
