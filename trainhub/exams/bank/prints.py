"""Keyed prints of questions: by one a copy is known again, by the other what only looks like a copy."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub.exams.bank.content import ItemBody, ItemType, same_answer, same_question, same_question_exactly
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.vault import body_of, keyed_prints
from trainhub.kernel.db import db


def fingerprints(bank: Bank, kind: ItemType, body: ItemBody) -> tuple[str, ...]:
    """Return the keyed hashes under which the same question may be known, also while a key is rotated.

    They are coarse: two questions that differ in a sign alone share them (``1:10``, ``110``).
    """
    return tuple(keyed_prints(bank, "question", same_question(kind, body)))


def exact_prints(bank: Bank, kind: ItemType, body: ItemBody) -> tuple[str, ...]:
    """Return the keyed hashes of a question with the signs that count in it, also while a key is rotated."""
    return tuple(keyed_prints(bank, "question", same_question_exactly(kind, body)))


def answer_print(bank: Bank, kind: ItemType, body: ItemBody) -> str:
    """Return the keyed hash of question and key, by which two keys of one question contradict each other.

    It is kept in memory alone, in place of what the question says.
    """
    return keyed_prints(bank, "answer", same_answer(kind, body))[0]


def print_of(bank: Bank, kind: ItemType, body: ItemBody, item: Item) -> str:
    """Return the print that an item bears from now on: the exact one if the coarse one is another item's.

    Args:
        bank: of the item, locked.
        kind: its type.
        body: what it says.
        item: the item.
    """
    coarse = fingerprints(bank, kind, body)
    return exact_prints(bank, kind, body)[0] if _bearer(bank, coarse, item.id) else coarse[0]


def prints_of_new(bank: Bank, written: Sequence[tuple[ItemType, ItemBody]]) -> list[str]:
    """Return the prints that new items of a bank bear, each of them another one, as ``print_of`` does."""
    coarse = [fingerprints(bank, kind, body) for kind, body in written]
    asked = [print_ for each in coarse for print_ in each]
    taken: set[str] = set()
    for start in range(0, len(asked), 500):
        borne = Item.fingerprint.in_(asked[start : start + 500])
        taken.update(db.session.scalars(select(Item.fingerprint).where(Item.bank_id == bank.id, borne)))
    found = []
    for (kind, body), own in zip(written, coarse, strict=True):
        found.append(own[0] if taken.isdisjoint(own) else exact_prints(bank, kind, body)[0])
        taken.update(own)
    return found


def same_in_bank(bank: Bank, kind: ItemType, body: ItemBody, besides: int | None) -> Item | None:
    """Return the item of a bank, other than one, that asks what a body asks; None if there is none."""
    found = _bearer(bank, exact_prints(bank, kind, body), besides)
    if found is not None:
        return found
    near = _bearer(bank, fingerprints(bank, kind, body), besides)
    return near if near is not None and asks_the_same(near, kind, body) else None


def asks_the_same(item: Item, kind: ItemType, body: ItemBody) -> bool:
    """Tell whether the newest version of an item asks exactly what a body asks."""
    newest = body_of(item.versions[-1])
    return same_question_exactly(ItemType(item.type), newest) == same_question_exactly(kind, body)


def _bearer(bank: Bank, prints: Sequence[str], besides: int | None) -> Item | None:
    found = select(Item).where(Item.bank_id == bank.id, Item.fingerprint.in_(prints))
    if besides is not None:
        found = found.where(Item.id != besides)
    return db.session.scalar(found)
