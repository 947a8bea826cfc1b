"""Time that stands still: a fault in a room, a frozen seat, a power cut; and how it goes on.

Whoever is covered gets the time back. A sitting that was broken off goes on with the same form while that is
fair, else with the reserve form: papers handed in before count, all others begin anew (regulations,
``exam.suspension.…``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from trainhub import ledger
from trainhub.exams.delivery.holding import SHORTEST_REASON, held
from trainhub.exams.delivery.models import Attempt, AttemptState, Halt, HaltKind
from trainhub.exams.delivery.reserve import begin_anew, require_fair
from trainhub.exams.delivery.working import unfinished
from trainhub.exams.sittings import Candidate, Sitting, SittingRoom, SittingState, hold_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person


def halt(
    sitting: Sitting,
    kind: HaltKind,
    reason: str,
    *,
    room: SittingRoom | None = None,
    candidate: Candidate | None = None,
    resumes_at: datetime | None = None,
    by: Person,
) -> Halt:
    """Let time stand still for a sitting, one of its rooms, or one candidate.

    Args:
        sitting: that is open.
        kind: a fault, a frozen seat, or a suspension, which also cuts all machines off.
        reason: why; it goes into the ledger.
        room: only this room.
        candidate: only this candidate.
        resumes_at: when it is to go on, if that is known.
        by: who says so.

    Raises:
        Invalid: no reason, a seat is frozen without saying whose, or a suspension is to be of one candidate.
        Conflict: the sitting is not open, it stands still already, or the candidate has handed in.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    if (kind is HaltKind.FREEZE) != (candidate is not None) and kind is not HaltKind.PAUSE:
        raise Invalid(_l("A seat is frozen, a sitting is suspended."))
    _require_running(sitting, room, candidate)
    row = Halt(
        sitting_id=sitting.id,
        sitting_room_id=None if room is None else room.id,
        candidate_id=None if candidate is None else candidate.id,
        kind=kind,
        reason=reason.strip(),
        resumes_at=resumes_at,
        began_at=clock.now(),
        by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    covered = _covered(sitting, room, candidate)
    if candidate is not None and not covered:
        raise Conflict(_l("The paper has been handed in."))
    given = {attempt.code: _stop(attempt, row) for attempt in covered}
    _record("halt.begun", row, sitting, covered, given, by)
    return row


def _require_running(sitting: Sitting, room: SittingRoom | None, candidate: Candidate | None) -> None:
    hold_sitting(sitting)
    if sitting.state != SittingState.OPEN:
        raise Conflict(_l("The sitting is not open."))
    if _same_place(sitting, room, candidate):
        raise Conflict(_l("Time stands still here already."))


def resume(row: Halt, *, by: Person, reserve: bool = False) -> int:
    """Let time run again; returns how many attempts go on.

    Args:
        row: what had been halted.
        by: who says so.
        reserve: whether those who had not handed in begin anew on the reserve form.

    Raises:
        Conflict: it runs again already, there is no reserve form, or too long has passed for the same form.
    """
    sitting = db.session.get_one(Sitting, row.sitting_id)
    hold_sitting(sitting)
    db.session.refresh(row)
    if row.ended_at is not None:
        raise Conflict(_l("Time runs again already."))
    if sitting.state != SittingState.OPEN:
        raise Conflict(_l("The sitting is not open."))
    require_fair(row, sitting, reserve)
    row.ended_at, row.ended_by_id = clock.now(), by.id
    given: dict[str, timedelta] = {}
    if reserve:
        row.reserve_paper_code = sitting.reserve_paper_code
        covered = begin_anew(row, sitting, by)
    else:
        covered = _held(row)
        given = {attempt.code: _go_on(attempt) for attempt in covered}
    db.session.flush()
    for attempt in covered:
        _stand_under_another(attempt)
    _record("halt.ended", row, sitting, covered, given, by)
    return len(covered)


def open_halts(sitting: Sitting) -> list[Halt]:
    """Return what stands still in a sitting now, oldest first."""
    return list(db.session.scalars(_standing(sitting.id).order_by(Halt.id)))


def open_halt_of_seat(candidate: Candidate) -> Halt | None:
    """Return what stands still for a candidate alone, None where nothing does."""
    own = _standing(candidate.sitting_id).where(Halt.candidate_id == candidate.id)
    return db.session.scalars(own.order_by(Halt.id)).first()


def _standing(sitting_id: int) -> Select[Halt]:
    return select(Halt).where(Halt.sitting_id == sitting_id, Halt.ended_at.is_(None))


def _covering(candidate: Candidate) -> list[Halt]:
    """Return what covers one candidate now, oldest first; of a room of paused seats not each."""
    whom = or_(Halt.candidate_id.is_(None), Halt.candidate_id == candidate.id)
    where = or_(Halt.sitting_room_id.is_(None), Halt.sitting_room_id == candidate.sitting_room_id)
    return list(db.session.scalars(_standing(candidate.sitting_id).where(whom, where).order_by(Halt.id)))


def halts_of(sitting: Sitting) -> list[Halt]:
    """Return every time that stood still in a sitting, oldest first."""
    return list(db.session.scalars(select(Halt).where(Halt.sitting_id == sitting.id).order_by(Halt.id)))


def get_halt(sitting: Sitting, code: str) -> Halt:
    """Return a halt of a sitting.

    Raises:
        NotFound: there is none here.
    """
    found = db.session.scalar(select(Halt).where(Halt.sitting_id == sitting.id, Halt.code == code))
    if found is None:
        raise NotFound(_l("There is no such pause in this sitting."))
    return found


def _same_place(sitting: Sitting, room: SittingRoom | None, candidate: Candidate | None) -> bool:
    """Tell whether time stands still at this very place."""
    here = _standing(sitting.id).where(
        Halt.sitting_room_id.is_(None) if room is None else Halt.sitting_room_id == room.id,
        Halt.candidate_id.is_(None) if candidate is None else Halt.candidate_id == candidate.id,
    )
    return db.session.scalar(here.with_only_columns(Halt.id).limit(1)) is not None


def _covered(sitting: Sitting, room: SittingRoom | None, candidate: Candidate | None) -> Sequence[Attempt]:
    return held(unfinished(sitting, room, None if candidate is None else [candidate]))


def _held(row: Halt) -> list[Attempt]:
    return held(select(Attempt).where(Attempt.halt_id == row.id, Attempt.state == AttemptState.PAUSED))


def _stop(attempt: Attempt, row: Halt) -> timedelta:
    """Stop an attempt's time; one that stands still already changes over only to what is graver.

    Whoever is over their time by now is not brought back by a pause; what their machine holds comes late.

    Returns:
        The time that it stood still before and is given back.
    """
    now, given = clock.now(), timedelta(0)
    is_paused = attempt.state == AttemptState.PAUSED
    if not is_paused and attempt.deadline is not None and attempt.deadline < now:
        return given
    if row.kind == HaltKind.SUSPENSION:
        attempt.token_hash = None
    if is_paused:
        if row.kind == HaltKind.PAUSE or (attempt.halt and attempt.halt.kind == HaltKind.FREEZE):
            return given
        given = _give_back(attempt, now)
    attempt.state, attempt.halt_id, attempt.paused_at = AttemptState.PAUSED, row.id, now
    return given


def _go_on(attempt: Attempt) -> timedelta:
    given = _give_back(attempt, clock.now())
    attempt.state = AttemptState.WORKING if attempt.started_at else AttemptState.ADMITTED
    attempt.halt_id = attempt.paused_at = None
    return given


def _give_back(attempt: Attempt, now: datetime) -> timedelta:
    """Give an attempt the time back during which it stood still; returns how long that was."""
    if attempt.paused_at is None:
        return timedelta(0)
    stood = now - attempt.paused_at
    attempt.halted_seconds += round(stood.total_seconds())
    if attempt.deadline is not None:
        attempt.deadline += stood
    return stood


def _stand_under_another(attempt: Attempt) -> None:
    """Let an attempt stand still on where something else still covers it."""
    for row in _covering(attempt.candidate):
        _stop(attempt, row)


def stands_still(candidate: Candidate) -> Halt | None:
    """Return what covers a candidate now, so that who is let in meanwhile stands still as well."""
    return next(iter(_covering(candidate)), None)


def is_suspended(attempt_code: str) -> bool:
    """Tell whether an attempt stands still because it was broken off, for which its machine was cut off."""
    wanted = select(Attempt.id).join(Halt, Halt.id == Attempt.halt_id)
    found = wanted.where(
        Attempt.code == attempt_code, Halt.kind == HaltKind.SUSPENSION, Halt.ended_at.is_(None)
    )
    return db.session.scalar(found.limit(1)) is not None


def stood_still_for(sitting: Sitting, room_id: int | None = None) -> timedelta:
    """Return how long a room of a sitting has stood still so far: entry to it is open that much longer.

    Args:
        sitting: whose halts count, with those of the room; what covered both at once counts once.
        room_id: the room; None: only what covered the whole sitting.
    """
    now = clock.now()
    covering = [row for row in halts_of(sitting) if row.candidate_id is None]
    stood, until = timedelta(0), None
    for row in sorted(covering, key=lambda row: row.began_at):
        if row.sitting_room_id not in (None, room_id):
            continue
        since = row.began_at if until is None else max(row.began_at, until)
        ended = row.ended_at or now
        if ended > since:
            stood, until = stood + (ended - since), ended
    return stood


def _record(
    kind: str,
    row: Halt,
    sitting: Sitting,
    attempts: Sequence[Attempt],
    given: Mapping[str, timedelta],
    by: Person,
) -> None:
    ledger.append(
        kind,
        by=by,
        side="exam",
        halt=row.code,
        halt_kind=row.kind,
        sitting=sitting.code,
        room=row.sitting_room_id,
        reason=row.reason,
        attempts=len(attempts),
        reserve=row.reserve_paper_code is not None,
        # What each attempt was given back: its time can be computed from the ledger alone.
        given_us={code: stood // timedelta(microseconds=1) for code, stood in given.items() if stood},
    )
