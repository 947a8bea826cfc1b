"""Background work whose process was killed: found by the lock that went with it or by the queue
that has it no more, and queued anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from flask import current_app
from sqlalchemy import select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _l, as_kept
from trainhub.kernel.jobs import Job, JobState, held, queue_after_commit, taken_up_again
from trainhub.kernel.logs import log

End = TypeVar("End", bound=Callable[..., object])
Found = tuple[str, str]
"""A job with the state in which it was found."""

MOST_BROKEN_OFF = 3
"""Work that ends its process each time is not begun for ever."""

LOST_AFTER = timedelta(minutes=1)
"""What was asked for since then may be on its way into the queue."""

_ends: dict[str, Callable[..., object]] = {}


def when_given_up(kind: str) -> Callable[[End], End]:
    """Register what is done with the arguments of work of a kind in the deed that gives it up.

    So that whatever was waiting for it does not wait for ever.
    """

    def register(end: End) -> End:
        _ends[kind] = end
        return end

    return register


def broken_off() -> list[Found]:
    """Return the work that is taken up again and that no process has, though its row says that it is to be.

    It runs with nobody, or it is queued and in no queue: its process was killed before it could say that it
    runs, or before it had put into the queue what it had committed.
    """
    mine = taken_up_again(current_app.config["SETTINGS"].side)
    running = select(Job.id, Job.state).where(Job.state == JobState.RUNNING, Job.kind.in_(mine))
    found = [*((job_id, state) for job_id, state in db.session.execute(running)), *_in_no_queue(mine)]
    left = []
    for job_id, state in found:
        with held(job_id) as is_mine:
            if is_mine:
                left.append((job_id, state))
    return left


def _in_no_queue(kinds: Sequence[str]) -> list[Found]:
    asked = Job.created_at < clock.now() - LOST_AFTER
    queued = select(Job.id, Job.state).where(Job.state == JobState.QUEUED, Job.kind.in_(kinds), asked)
    found = db.session.execute(queued).all()
    waiting = {task.args[0] for task in current_app.extensions["jobs"].pending()} if found else set()
    return [(job_id, state) for job_id, state in found if job_id not in waiting]


def take_up_again(found: Sequence[Found]) -> int:
    """Queue anew what was broken off, unless it was so again and again; returns how many there were."""
    for job_id, state in found:
        row = db.session.get_one(Job, job_id, with_for_update=True)
        if row.state == state:
            _take_up(row)
            log().warning("work was broken off", job=row.id, kind=row.kind, times=row.broken_off)
    return len(found)


def _take_up(row: Job) -> None:
    row.broken_off += 1
    if row.arguments is None:
        # Queued before arguments were kept: nobody knows any more what it was to be done with.
        _fail(row, _l("This was broken off and cannot go on. Begin it once more."))
    elif row.broken_off > MOST_BROKEN_OFF:
        _fail(row, _l("This was broken off several times and is not begun again."))
        if row.kind in _ends:
            _ends[row.kind](**row.arguments)
    else:
        row.state = JobState.QUEUED
        queue_after_commit(row.id, row.kind, row.arguments)


def _fail(row: Job, why: object) -> None:
    row.state, row.ended_at, row.message = JobState.FAILED, clock.now(), as_kept(why)


TAKING_UP = Chore("work broken off", lambda: bool(broken_off()), take_up_again, prepare=broken_off)
