"""Rows of what was noticed at machines: kept for the days of a figure, then deleted, some at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute

from trainhub import ledger, regulations
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.housekeeping import Chore

KEPT_DAYS = "exam.watch.keep_days"
AT_A_TIME = 5_000


def forgetting(name: str, table: Any, moment: InstrumentedAttribute[datetime], told: str) -> Chore:
    """Return the chore that deletes the rows of a table whose time is over; the ledger says how many.

    Args:
        name: of the chore.
        table: whose rows.
        moment: the column from which their time counts.
        told: the kind of the ledger's entry.
    """

    def over() -> Any:
        days = int(regulations.value(KEPT_DAYS, on=clock.today()))
        return select(table.id).where(moment < clock.now() - timedelta(days=days))

    def is_over() -> bool:
        return db.session.scalar(over().limit(1)) is not None

    def delete_what_is_over() -> int:
        # What another process deletes at this moment is its own to count.
        found = db.session.scalars(over().limit(AT_A_TIME).with_for_update(skip_locked=True)).all()
        if not found:
            return 0
        db.session.execute(delete(table).where(table.id.in_(found)))
        ledger.append(told, by=None, side="exam", number=len(found))
        return len(found)

    return Chore(name, is_over, delete_what_is_over)
