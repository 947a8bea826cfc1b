"""What counts for a person: the seconds of each film and text, and the day's sum under its cap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from trainhub import regulations
from trainhub.courses.hours import Watched
from trainhub.courses.viewing_models import LearningDay, WatchedRow
from trainhub.kernel import clock
from trainhub.kernel.db import db


def daily_cap_s(day: date) -> int:
    """Return how many seconds may count on a day (每日学时上限)."""
    of_an_hour = int(regulations.value("training.hour_minutes", on=day)) * 60
    return int(regulations.value("training.daily_cap_hours", on=day) * of_an_hour)


def _day(person_id: str, day: date) -> LearningDay | None:
    return db.session.get(LearningDay, (person_id, day))


def learnt_on(person_id: str, day: date) -> int:
    """Return how many seconds counted for a person on a day."""
    row = _day(person_id, day)
    return 0 if row is None else row.seconds


def left_of_day(person_id: str, now: datetime) -> int:
    """Return how many more seconds may count for a person today."""
    day = clock.local_day(now)
    return max(0, daily_cap_s(day) - learnt_on(person_id, day))


def add_to_day(person_id: str, day: date, gained: int) -> None:
    """Count seconds towards a person's day."""
    row = _day(person_id, day)
    if row is None:
        row = LearningDay(person_id=person_id, day=day, seconds=0)
        db.session.add(row)
    row.seconds += gained


def keep(person_id: str, subject: str, watched: Watched, total_s: int, now: datetime) -> None:
    """Keep what counts of a film or text for a person by now."""
    row = watched_row(person_id, subject)
    if row is None:
        row = WatchedRow(person_id=person_id, subject=subject, first_at=now)
        db.session.add(row)
    row.bits, row.seconds, row.last_at, row.total_s = watched.to_bytes(), len(watched), now, total_s
    if row.seconds >= total_s and row.completed_at is None:
        row.completed_at = now
    db.session.flush()


def watched_row(person_id: str, subject: str) -> WatchedRow | None:
    """Return the row that keeps what counts of a film or text for a person, if any does."""
    return db.session.get(WatchedRow, (person_id, subject))


def watched_of(person_id: str, subject: str) -> Watched:
    """Return which seconds of a film or text count for a person."""
    row = watched_row(person_id, subject)
    return Watched() if row is None else Watched(row.bits)


def watched_seconds(person_id: str, subject: str) -> int:
    """Return how many seconds of a film or text count for a person."""
    row = watched_row(person_id, subject)
    return 0 if row is None else row.seconds


def is_complete(person_id: str, subject: str) -> bool:
    """Tell whether a person has watched or read all of it."""
    row = watched_row(person_id, subject)
    return row is not None and row.completed_at is not None


def completed_by(subject: str) -> dict[str, datetime]:
    """Return who has watched or read all of it, and when they were through."""
    rows = select(WatchedRow.person_id, WatchedRow.completed_at).where(
        WatchedRow.subject == subject, WatchedRow.completed_at.is_not(None)
    )
    return {person_id: at for person_id, at in db.session.execute(rows) if at is not None}


def seconds_by_subject(person_ids: Iterable[str], subjects: Iterable[str]) -> dict[tuple[str, str], int]:
    """Return the seconds that count, by person and subject, in one query; what has none is left out."""
    rows = select(WatchedRow.person_id, WatchedRow.subject, WatchedRow.seconds).where(
        WatchedRow.person_id.in_(list(person_ids)), WatchedRow.subject.in_(list(subjects))
    )
    return {(person, subject): seconds for person, subject, seconds in db.session.execute(rows)}
