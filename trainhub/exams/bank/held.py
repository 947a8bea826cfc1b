"""Doubtful rows of files: a person takes one in as it should be, or leaves it out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.content import ItemBody, Medium, read_body
from trainhub.exams.bank.items import Draft, require_author, write_item
from trainhub.exams.bank.media import media_of
from trainhub.exams.bank.media.needed import let_go
from trainhub.exams.bank.models import Bank, HeldRow, HeldState, Item
from trainhub.exams.bank.vault import unseal
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def held_rows(bank: Bank) -> list[HeldRow]:
    """Return the rows of a bank that wait for a decision, in the order of their files."""
    statement = select(HeldRow).where(HeldRow.bank_id == bank.id, HeldRow.state == HeldState.OPEN)
    rows = list(db.session.scalars(statement))
    return sorted(rows, key=lambda row: (row.import_id, row.place.rpartition("!")[0], _row_number(row.place)))


def _row_number(place: str) -> int:
    number = place.rpartition("!")[2]
    return int(number) if number.isdecimal() else 0


def get_held(held_id: str, *, by: Person) -> HeldRow:
    """Return a held row of a bank for which a person writes items.

    Raises:
        NotFound: there is none.
    """
    statement = (
        select(HeldRow)
        .join(Bank, Bank.id == HeldRow.bank_id)
        .where(HeldRow.id == held_id, Bank.organisation_id.in_(organisations_of(by, Duty.AUTHOR_ITEMS)))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such held row."))
    return found


def content_of(held: HeldRow, bank: Bank) -> dict[str, Any]:
    """Return what a held row says: its cells, the reason, a proposal or None."""
    content: dict[str, Any] = json.loads(unseal(bank, held.row_sealed, f"held:{held.id}"))
    return content


def proposed_body(content: Mapping[str, Any]) -> ItemBody | None:
    """Return the question as which a held row is proposed, with its layout; None if there is none."""
    written = content.get("body")
    return None if written is None else read_body(written.encode())


def files_with(content: Mapping[str, Any]) -> list[Medium]:
    """Return the files that came with a held row: those of the proposal, and those that it does not show."""
    body = proposed_body(content)
    shown = [] if body is None else list(media_of(body))
    beside = [Medium(*each) for each in content.get("media", ())]
    digests = {each.digest for each in shown}
    return [*shown, *(each for each in beside if each.digest not in digests)]


def take_in(held: HeldRow, bank: Bank, draft: Draft, *, by: Person) -> Item:
    """Take a held row in as a person says it should read; it becomes a draft of that person.

    Raises:
        Invalid: the body is no sound question.
        Conflict: the row is decided, or the bank has this question.
    """
    _require_open(held)
    item = write_item(bank, draft, by=by)
    _decide(held, bank, HeldState.TAKEN_IN, by)
    held.item_id = item.id
    return item


def leave_out(held: HeldRow, bank: Bank, *, by: Person) -> None:
    """Leave a held row out for good.

    Raises:
        Conflict: the row is decided.
    """
    require_author(bank, by)
    _require_open(held)
    _decide(held, bank, HeldState.LEFT_OUT, by)
    ledger.append("items.row_left_out", by=by, side="exam", bank=bank.code, row=held.id)


def _require_open(held: HeldRow) -> None:
    lock("held", held.id)
    db.session.refresh(held)
    if held.state != HeldState.OPEN:
        raise Conflict(_("This row has been decided already."))


def _decide(held: HeldRow, bank: Bank, state: HeldState, by: Person) -> None:
    """Decide on a row; its files go, unless an item shows them now."""
    let_go(bank, held.id, by=by)
    held.state = state
    held.decided_by_id, held.decided_at = by.id, clock.now()
