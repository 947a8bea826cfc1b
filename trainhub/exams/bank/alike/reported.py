"""Resemblances to practice questions as the bank's reviewers see them: listed until somebody has looked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_alike import Leak
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def leaks_in(bank: Bank) -> Select[Any]:
    """Return a select of a bank's resemblances that nobody has looked at, the likest first."""
    return (
        select(Leak)
        .join(Item, Item.id == Leak.item_id)
        .where(Item.bank_id == bank.id, Leak.seen_at.is_(None))
        .order_by(Leak.percent.desc(), Leak.id)
    )


def number_unseen(bank: Bank) -> int:
    """Return how many resemblances of a bank nobody has looked at."""
    statement = select(func.count()).select_from(leaks_in(bank).order_by(None).subquery())
    return db.session.scalar(statement) or 0


def get_leak(leak_id: int, *, by: Person) -> Leak:
    """Return a resemblance of a bank whose items a person reviews.

    Raises:
        NotFound: there is none.
    """
    statement = (
        select(Leak)
        .join(Item, Item.id == Leak.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(Leak.id == leak_id, Bank.organisation_id.in_(organisations_of(by, Duty.REVIEW_ITEMS)))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such resemblance."))
    return found


def note_seen(leak: Leak, *, by: Person) -> None:
    """Note that a reviewer has looked at a resemblance.

    Raises:
        Conflict: somebody has looked already.
    """
    lock("bank-leak", leak.id)
    db.session.refresh(leak)
    if leak.seen_at is not None:
        raise Conflict(_("Somebody has looked at this already."))
    leak.seen_by_id, leak.seen_at = by.id, clock.now()
    ledger.append("items.leak_seen", by=by, side="exam", item=leak.item.code, record=leak.record_code)
