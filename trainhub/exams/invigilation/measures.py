"""Measures for one candidate during the exam: more time, another machine, a pause; each with a reason."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams import delivery
from trainhub.exams.delivery import Attempt, AttemptState, attempt_of
from trainhub.exams.invigilation.models import Measure, MeasureKind
from trainhub.exams.sittings import Candidate, Sitting, SittingRoom, SittingState, hold_sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l, as_kept, for_any_reader
from trainhub.people.models import Person


def give_extra_time(candidate: Candidate, minutes: int, reason: str, *, by: Person) -> None:
    """Give one candidate more time."""
    delivery.extend(attempt_to_change(candidate), minutes, reason, by=by)
    note_measure(candidate, MeasureKind.EXTRA_TIME, reason, minutes=minutes, by=by)


def give_all_extra_time(
    sitting: Sitting, room: SittingRoom | None, minutes: int, reason: str, *, by: Person
) -> int:
    """Give a room, or the whole sitting, more time for a fault; returns for how many.

    Whoever is checked in and has not handed in gets it. The ledger has it once, with the room and whose time
    it was; each candidate's page has it too.

    Args:
        sitting: that is open.
        room: only this room; None: the whole sitting.
        minutes: how many.
        reason: why.
        by: who gives it.

    Raises:
        Invalid: no whole minutes between 1 and 240, or no reason.
        Conflict: the sitting is not open, or nobody there can use it.
    """
    hold_sitting(sitting)
    if sitting.state != SittingState.OPEN:
        raise Conflict(_l("The sitting is not open."))
    given = delivery.extend_many(sitting, minutes, reason, room=room, by=by)
    if not given:
        raise Conflict(_l("Nobody there is checked in and has not handed in."))
    with for_any_reader():
        where = _("The whole sitting") if room is None else room.name
        words = _("%(reason)s: %(words)s", reason=where, words=reason.strip())
    for attempt in given:
        note_measure(attempt.candidate, MeasureKind.EXTRA_TIME, words, minutes=minutes, by=by)
    return len(given)


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
    counted = as_kept(_l("after %(count)s wrong entries", count=wrong))
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
