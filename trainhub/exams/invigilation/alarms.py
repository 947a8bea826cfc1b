"""Alarms at the desk: who has one, and what a person does about it; nothing here happens by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select

from trainhub.exams import delivery
from trainhub.exams.delivery import Attempt, Halt, HaltKind, attempt_of
from trainhub.exams.delivery.evidence import keep_evidence
from trainhub.exams.delivery.models import Circumstance, Response
from trainhub.exams.delivery.models_watch import Alarm, Evidence, WatchEvent
from trainhub.exams.delivery.noticing import EventKind
from trainhub.exams.delivery.watching import NOT_DECIDED, alarms_in, alarms_of, note_frozen
from trainhub.exams.invigilation.board import seat_sources
from trainhub.exams.invigilation.halting import open_halt_of
from trainhub.exams.invigilation.measures import note_measure
from trainhub.exams.invigilation.models import MeasureKind
from trainhub.exams.sittings import Candidate, Sitting, hold_sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person

NOTHING_TO_LOOK_AT = (EventKind.MACHINE, EventKind.ASSISTED, EventKind.WINDOWED, EventKind.FULL_SCREEN)
TOLD_TO_THE_DESK = tuple(kind.value for kind in EventKind if kind not in NOTHING_TO_LOOK_AT)
"""Events that the desk counts: how the page was opened, or assistive technology, is nothing to look at."""


def open_alarms(sitting: Sitting) -> dict[int, list[Alarm]]:
    """Return the alarms that nobody has decided yet, by the id of the candidate."""
    found: dict[int, list[Alarm]] = {}
    wanted = (
        select(Alarm, Attempt.candidate_id)
        .join(Attempt, Attempt.id == Alarm.attempt_id)
        .where(Attempt.sitting_id == sitting.id, Alarm.state.in_(NOT_DECIDED))
        .order_by(Alarm.id)
    )
    for alarm, candidate_id in db.session.execute(wanted):
        found.setdefault(candidate_id, []).append(alarm)
    return found


_COUNTED = (
    select(Attempt.candidate_id, func.count())
    .join(Alarm, Alarm.attempt_id == Attempt.id)
    .where(Attempt.sitting_id == bindparam("sitting_id"), Alarm.state.in_(NOT_DECIDED))
    .group_by(Attempt.candidate_id)
)


def alarm_marks(sitting_id: int) -> dict[int, dict[str, int]]:
    """Return how many undecided alarms each seat bears on the board, by the id of the candidate."""
    found = db.session.execute(_COUNTED, {"sitting_id": sitting_id})
    return {candidate_id: {"alarms": number} for candidate_id, number in found}


seat_sources.append(alarm_marks)


def alarms_with_candidates(sitting: Sitting) -> list[tuple[Alarm, Candidate]]:
    """Return a sitting's alarms with whom they are about, undecided ones first."""
    return [(alarm, alarm.attempt.candidate) for alarm in alarms_in(sitting)]


def events_counted(sitting: Sitting) -> dict[int, int]:
    """Return how much the pages of a sitting noticed, by the id of the candidate."""
    counted = (
        select(Attempt.candidate_id, func.count())
        .join(WatchEvent, WatchEvent.attempt_id == Attempt.id)
        .where(Attempt.sitting_id == sitting.id, WatchEvent.kind.in_(TOLD_TO_THE_DESK))
        .group_by(Attempt.candidate_id)
    )
    return {candidate_id: count for candidate_id, count in db.session.execute(counted)}


def freeze_seat(candidate: Candidate, reason: str, *, by: Person) -> Evidence:
    """Freeze one seat and keep the evidence: time stands still there, and nothing that is known is lost.

    A pause of this seat alone ends with it, and its time is given back.

    Args:
        candidate: whose seat.
        reason: what was seen; alarms of this seat that nobody has decided are decided by it.
        by: who freezes it.

    Raises:
        Conflict: not checked in, handed in, or frozen already.
        Invalid: no reason is given.
    """
    attempt = attempt_of(candidate)
    if attempt is None:
        raise Conflict(_l("This candidate has not been checked in."))
    paused = open_halt_of(candidate)
    if paused is not None and paused.kind == HaltKind.PAUSE:
        delivery.resume(paused, by=by)
    halt = delivery.halt(candidate.sitting, HaltKind.FREEZE, reason, candidate=candidate, by=by)
    for alarm in alarms_of(attempt):
        if alarm.state in NOT_DECIDED:
            note_frozen(alarm, reason, by=by)
    note_measure(candidate, MeasureKind.FREEZE, reason, by=by)
    db.session.flush()
    return keep_evidence(attempt, halt.code, by=by)


def freeze_of(candidate: Candidate) -> Halt | None:
    """Return what froze a candidate's seat, or None."""
    for halt in delivery.open_halts(candidate.sitting):
        if halt.candidate_id == candidate.id and halt.kind == HaltKind.FREEZE:
            return halt
    return None


def answers_since(halt: Halt) -> tuple[int, datetime | None]:
    """Return how many answers a frozen seat sent since, and when the last of them came.

    What was on its way is kept, as in every pause; what comes later comes from a covered page, or from a
    machine that had no network.
    """
    if halt.candidate_id is None:
        return 0, None
    counted = (
        select(func.count(), func.max(Response.received_at))
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.candidate_id == halt.candidate_id, Response.circumstance == Circumstance.PAUSED)
        .where(Response.received_at >= halt.began_at)
    )
    count, last = db.session.execute(counted).one()
    return count, last


def release_seat(candidate: Candidate, *, by: Person) -> None:
    """Let a frozen seat go on; the time that it stood still is given back, the evidence stays.

    Raises:
        Conflict: it is not frozen.
    """
    hold_sitting(candidate.sitting)
    halt = freeze_of(candidate)
    if halt is None:
        raise Conflict(_l("This seat is not frozen."))
    delivery.resume(halt, by=by)
    note_measure(candidate, MeasureKind.RELEASE, halt.reason, by=by)


def get_evidence(sitting: Sitting, code: str) -> Evidence:
    """Return evidence of a sitting.

    Raises:
        NotFound: there is none here.
    """
    wanted = select(Evidence).join(Attempt, Attempt.id == Evidence.attempt_id)
    found = db.session.scalar(wanted.where(Attempt.sitting_id == sitting.id, Evidence.code == code))
    if found is None:
        raise NotFound(_l("There is no such evidence in this sitting."))
    return found
