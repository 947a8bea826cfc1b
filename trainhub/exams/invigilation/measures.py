"""Measures for one candidate during the exam: more time, another machine, a pause; each with a reason."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams import delivery
from trainhub.exams.delivery import Attempt, AttemptState, attempt_of
from trainhub.exams.invigilation.models import Measure, MeasureKind
from trainhub.exams.sittings import Candidate
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person


def give_extra_time(candidate: Candidate, minutes: int, reason: str, *, by: Person) -> None:
    """Give one candidate more time."""
    delivery.extend(attempt_to_change(candidate), minutes, reason, by=by)
    note_measure(candidate, MeasureKind.EXTRA_TIME, reason, minutes=minutes, by=by)


def move_to_another_machine(candidate: Candidate, reason: str, *, by: Person) -> None:
    """Let one candidate sign in at another machine; the old one can write no more.

    Raises:
        Conflict: they are not here, have handed in, or sit on paper.
    """
    attempt = attempt_to_change(candidate)
    if attempt.on_paper:
        raise Conflict(_l("This candidate sits on paper: no machine signs in for them."))
    delivery.move(attempt, reason, by=by)
    note_measure(candidate, MeasureKind.MOVE, reason, by=by)


def unlock_ticket(candidate: Candidate, words: str = "", *, by: Person) -> None:
    """Let one candidate sign in again after wrong entries locked their ticket; who made them is not known.

    Raises:
        Conflict: they are not here, have handed in, or the ticket is not locked.
    """
    wrong = delivery.unlock(attempt_to_change(candidate), by=by)
    counted = _("after %(count)s wrong entries", count=wrong)
    note_measure(
        candidate, MeasureKind.UNLOCK, f"{counted} · {words.strip()}" if words.strip() else counted, by=by
    )


def measures_of(candidate: Candidate) -> list[Measure]:
    """Return what was done for a candidate, oldest first."""
    wanted = select(Measure).where(Measure.candidate_id == candidate.id).order_by(Measure.id)
    return list(db.session.scalars(wanted))


def attempt_to_change(candidate: Candidate) -> Attempt:
    """Return a candidate's attempt, if something can still be done for it.

    Raises:
        Conflict: the candidate is not here, or has handed in.
    """
    attempt = attempt_of(candidate)
    if attempt is None:
        raise Conflict(_l("This candidate has not been checked in."))
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    return attempt


def note_measure(
    candidate: Candidate, kind: MeasureKind, reason: str, *, minutes: int | None = None, by: Person
) -> None:
    """Keep on the candidate's page what was done for them."""
    row = Measure(candidate_id=candidate.id, kind=kind, minutes=minutes, reason=reason.strip(), by_id=by.id)
    db.session.add(row)
