"""Counting a step of a viewing: what is new, was fetched, and fits into the day."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from trainhub.courses import hours
from trainhub.courses.films import index_of
from trainhub.courses.hours import Reason, Watched
from trainhub.courses.viewing_models import Fetch, Viewing
from trainhub.courses.watched import (
    add_to_day,
    keep,
    left_of_day,
    watched_of,
)
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.identifiers import readable_code

CONFIRM_EARLIEST_S, CONFIRM_LATEST_S = 180, 480


def count_step(viewing: Viewing, step: hours.Step, now: datetime) -> tuple[int, Reason]:
    """Count a step's seconds as far as they are new, were fetched, and fit into the day."""
    watched = watched_of(viewing.person_id, viewing.subject)
    if viewing.film_id is None:
        first = watched.first_missing(viewing.total_s)
        claimed: Sequence[int] = range(first, first + len(step.seconds))
    else:
        claimed = step.seconds
    new = watched.new(claimed, viewing.total_s)
    if not new:
        complete = len(watched) >= viewing.total_s
        return 0, Reason.COMPLETE if complete else _why_nothing(step, claimed)
    there = _fetched_seconds(viewing, new)
    fetched = [second for second in new if second in there]
    if not fetched:
        return 0, Reason.NOT_FETCHED
    fitting = fetched[: _left_today(viewing, now)]
    if not fitting:
        return 0, Reason.DAY_FULL
    watched.add(fitting)
    _keep(viewing, watched, len(fitting), now)
    _maybe_ask(viewing)
    if len(watched) >= viewing.total_s:
        return len(fitting), Reason.COMPLETE
    return len(fitting), Reason.CONFIRM if viewing.confirm_code else Reason.COUNTED


def _why_nothing(step: hours.Step, claimed: Sequence[int]) -> Reason:
    return Reason.NOTHING_NEW if claimed else step.reason


def _fetched_seconds(viewing: Viewing, seconds: Sequence[int]) -> set[int]:
    """Return those of some seconds whose parts were all handed out in this viewing; a text has no parts."""
    if viewing.film is None:
        return set(seconds)
    index = index_of(viewing.film)
    rows = db.session.execute(select(Fetch.first_byte, Fetch.last_byte).where(Fetch.viewing_id == viewing.id))
    missing = {part.number for part in index.parts} - index.parts_within([(row[0], row[1]) for row in rows])
    gaps = [(part.starts_s, part.ends_s) for part in index.parts if part.number in missing]
    return {s for s in seconds if not any(starts < s + 1 and s < ends for starts, ends in gaps)}


def _left_today(viewing: Viewing, now: datetime) -> int:
    return left_of_day(viewing.person_id, now) if viewing.counts_hours else viewing.total_s


def _keep(viewing: Viewing, watched: Watched, gained: int, now: datetime) -> None:
    keep(viewing.person_id, viewing.subject, watched, viewing.total_s, now)
    viewing.gained_s += gained
    if viewing.counts_hours:
        add_to_day(viewing.person_id, clock.local_day(now), gained)


def _maybe_ask(viewing: Viewing) -> None:
    if viewing.confirm_at_s is not None and viewing.gained_s >= viewing.confirm_at_s:
        viewing.confirm_code = readable_code(6)


def next_confirmation(gained_s: int) -> int:
    """Return the second of gained time at which the person is asked next; nobody can foresee it."""
    span = CONFIRM_LATEST_S - CONFIRM_EARLIEST_S
    return gained_s + CONFIRM_EARLIEST_S + secrets.randbelow(span + 1)
