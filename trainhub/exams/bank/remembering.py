"""What items asked before they were written anew is remembered: a file that has it brings nothing new."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.bank.content import ItemBody, ItemType, same_question, same_question_exactly
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_earlier import EarlierQuestion
from trainhub.exams.bank.vault import keyed_prints, seal
from trainhub.kernel.db import db
from trainhub.kernel.identifiers import random_id


def remember(item: Item, before: ItemBody, now: ItemBody) -> None:
    """Keep what an item asked, sealed, if it asks something else now, be it another by a sign alone."""
    kind, bank = ItemType(item.type), item.bank
    for say in (same_question, same_question_exactly):
        asked = say(kind, before)
        if asked == say(kind, now):
            continue
        code = random_id()
        db.session.add(
            EarlierQuestion(
                id=code,
                bank=bank,
                item=item,
                print=question_prints(bank, asked)[0],
                question_sealed=seal(bank, asked.encode(), f"earlier:{code}"),
            )
        )


def question_prints(bank: Bank, asked: str) -> list[str]:
    """Return the keyed hashes by which a question is known, also while a key is rotated."""
    return keyed_prints(bank, "question", asked)


def asked_before(bank: Bank) -> dict[str, str]:
    """Return the codes of items by the keyed hashes of what they asked before."""
    statement = (
        select(EarlierQuestion.print, Item.code)
        .join(Item, Item.id == EarlierQuestion.item_id)
        .where(EarlierQuestion.bank_id == bank.id)
    )
    return {print_: code for print_, code in db.session.execute(statement)}
