"""Measures for one candidate during the exam: more time, another machine; each with a reason."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams import delivery
from trainhub.exams.delivery import Attempt, attempt_of
from trainhub.exams.invigilation.models import Measure, MeasureKind
from trainhub.exams.sittings import Candidate
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person


def give_extra_time(candidate: Candidate, minutes: int, reason: str, *, by: Person) -> None:
    """Give one candidate more time."""
    delivery.extend(_attempt(candidate), minutes, reason, by=by)
    _note(candidate, MeasureKind.EXTRA_TIME, minutes, reason, by)


def move_to_another_machine(candidate: Candidate, reason: str, *, by: Person) -> None:
    """Let one candidate sign in at another machine; the old one can write no more."""
    delivery.move(_attempt(candidate), reason, by=by)
    _note(candidate, MeasureKind.MOVE, None, reason, by)


def measures_of(candidate: Candidate) -> list[Measure]:
    """Return what was done for a candidate, oldest first."""
    wanted = select(Measure).where(Measure.candidate_id == candidate.id).order_by(Measure.id)
    return list(db.session.scalars(wanted))


def _attempt(candidate: Candidate) -> Attempt:
    attempt = attempt_of(candidate)
    if attempt is None:
        raise Conflict(_l("This candidate has not been checked in."))
    return attempt


def _note(candidate: Candidate, kind: MeasureKind, minutes: int | None, reason: str, by: Person) -> None:
    row = Measure(candidate_id=candidate.id, kind=kind, minutes=minutes, reason=reason.strip(), by_id=by.id)
    db.session.add(row)
