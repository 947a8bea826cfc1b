"""Looking through a centre's banks for items that were written before likeness was noted."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from trainhub import ledger
from trainhub.exams.bank.alike.noting import note_items
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.models_alike import Sketch
from trainhub.exams.bank.vault import body_in
from trainhub.kernel import jobs
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import Forbidden
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.kernel.many import among
from trainhub.people.models import Person

LOT = 100
"""Items compared in one transaction, a tenth of a second: nobody waits for a large bank."""
Tell = Callable[[int, int], object]


def number_unsketched(bank: Bank) -> int:
    """Return how many items of a bank have never been compared with others."""
    sketched = select(Sketch.item_id).where(Sketch.item_id == Item.id).exists()
    statement = select(func.count(Item.id)).where(Item.bank_id == bank.id, ~sketched)
    return db.session.scalar(statement) or 0


def look_through(bank_id: int, tell: Tell = lambda _done, _total: None) -> int:
    """Compare every item of a bank that was never compared, in short transactions; can be broken off.

    Returns:
        How many items were looked at.
    """
    with reading():
        owner = db.session.get_one(Bank, bank_id).organisation_id
        sketched = select(Sketch.item_id).where(Sketch.item_id == Item.id).exists()
        statement = select(Item.id).where(Item.bank_id == bank_id, ~sketched).order_by(Item.id)
        ids = list(db.session.scalars(statement))
    for start in range(0, len(ids), LOT):
        with transaction():
            _widen_cache()
            note_items(owner, _bodies(db.session.get_one(Bank, bank_id), ids[start : start + LOT]))
        tell(min(start + LOT, len(ids)), len(ids))
    return len(ids)


def _widen_cache() -> None:
    """Let SQLite keep the bands in memory, for they are written in no order."""
    if db.engine.dialect.name == "sqlite":
        db.session.connection().exec_driver_sql("PRAGMA cache_size=-200000")


def _bodies(bank: Bank, ids: list[int]) -> list[tuple[int, ItemBody]]:
    sketched = select(Sketch.item_id).where(Sketch.item_id == Item.id).exists()
    statement = (
        select(Item.id, Item.code, ItemVersion.number, ItemVersion.body_sealed)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(among(Item.id, ids), ItemVersion.newest, ~sketched)
        .order_by(Item.id)
    )
    return [
        (item_id, body_in(bank, code, number, sealed))
        for item_id, code, number, sealed in db.session.execute(statement)
    ]


def start_looking(bank: Bank, *, by: Person, language: str) -> Job:
    """Queue the look through a bank.

    Raises:
        Forbidden: the person does not work on the bank.
    """
    if bank.organisation_id not in organisations_of(by):
        raise Forbidden(_l("You do not work on this bank."))
    ledger.append("items.compared", by=by, side="exam", bank=bank.code)
    title = _l("Looking for like items in %(bank)s", bank=bank.name)
    return jobs.start("bank.alike", title, by=by, language=language, bank_id=bank.id)


@job("bank.alike", again=True)
def run_looking(progress: Progress, bank_id: int) -> str:
    """Look through a bank in the background."""
    look_through(bank_id, lambda done, total: progress.tell(done, total, _("Comparing items")))
    with reading():
        code = db.session.get_one(Bank, bank_id).code
    return path_to("bank.list_pairs", code=code)
