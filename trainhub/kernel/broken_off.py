"""Background work whose process was killed: found by the lock that went with it, and queued anew."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _l, as_kept
from trainhub.kernel.jobs import Job, JobState, held, queue_after_commit, taken_up_again
from trainhub.kernel.logs import log

MOST_BROKEN_OFF = 3
"""Work that ends its process each time is not begun for ever."""


def broken_off() -> list[Job]:
    """Return the work that says that it runs while no process has it, of those that are taken up again."""
    mine = taken_up_again(current_app.config["SETTINGS"].side)
    found = db.session.scalars(select(Job).where(Job.state == JobState.RUNNING, Job.kind.in_(mine))).all()
    left = []
    for row in found:
        with held(row.id) as is_mine:
            if is_mine:
                left.append(row)
    return left


def take_up_again(found: Sequence[Job]) -> int:
    """Queue anew what was broken off, unless it was so again and again; returns how many there were."""
    for row in (db.session.get_one(Job, each.id, with_for_update=True) for each in found):
        if row.state != JobState.RUNNING:
            continue
        row.broken_off += 1
        if row.broken_off > MOST_BROKEN_OFF:
            row.state, row.ended_at = JobState.FAILED, clock.now()
            row.message = as_kept(_l("This was broken off several times and is not begun again."))
        else:
            row.state = JobState.QUEUED
            queue_after_commit(row.id, row.kind, row.arguments)
        log().warning("work was broken off", job=row.id, kind=row.kind, times=row.broken_off)
    return len(found)


TAKING_UP = Chore("work broken off", lambda: bool(broken_off()), take_up_again, prepare=broken_off)
