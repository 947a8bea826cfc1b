"""The end of a sitting: closing it, reconciling the numbers of each room, two signatures (考场记录)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.delivery import Attempt, AttemptState, attempts_of, close_all
from trainhub.exams.invigilation.board import ABSENT
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.live import boards_of
from trainhub.exams.invigilation.models import IncidentKind, IncidentState, RoomRecord
from trainhub.exams.sittings import Sitting, SittingRoom, SittingState, close_sitting, hold_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _l, ngettext
from trainhub.kernel.pages import local_time
from trainhub.people.models import Person
from trainhub.separation import identity


@dataclass(frozen=True)
class Numbers:
    """The numbers of a room: expected (应考), present (实考), absent (缺考), misconduct (违纪)."""

    expected: int
    present: int
    absent: int
    misconduct: int


def close_desk(
    sitting: Sitting, *, abandoned: bool = False, of_rooms: frozenset[int] | None = None, by: Person
) -> int:
    """Close a sitting whose time is over, sealing what is still open; returns how many attempts that were.

    Args:
        sitting: which.
        abandoned: whether those whose time stands still do not go on at all.
        of_rooms: for which rooms that is said; None: for all.
        by: who closes it.

    Raises:
        Conflict: somebody still has time, time stands still for somebody, or a record of an incident waits
            for its second person.
    """
    hold_sitting(sitting)
    now = clock.now()
    unfinished = [each for each in attempts_of(sitting) if each.state != AttemptState.HANDED_IN]
    paused = [attempt for attempt in unfinished if attempt.state == AttemptState.PAUSED]
    if paused and not abandoned:
        raise Conflict(
            ngettext(
                "Time stands still for %(num)s candidate: let them go on first.",
                "Time stands still for %(num)s candidates: let them go on first.",
                len(paused),
            )
        )
    if of_rooms is not None and any(each.candidate.sitting_room_id not in of_rooms for each in paused):
        raise Conflict(_l("Time stands still in another room: whoever is in charge of it says who goes on."))
    ends = [_end_of(attempt, sitting) for attempt in unfinished if attempt not in paused]
    still = [end for end in ends if end > now]
    if still:
        last = local_time(max(still))
        text = ngettext(
            "%(num)s candidate still has time, until %(last)s.",
            "%(num)s candidates still have time, until %(last)s.",
            len(still),
            last=last,
        )
        raise Conflict(text)
    if any(incident.state == IncidentState.RECORDED for incident in incidents_of(sitting)):
        raise Conflict(_l("A record of an incident waits for its second person."))
    sealed = close_all(sitting, by=by)
    db.session.flush()
    close_sitting(sitting, by=by)
    return sealed


def _end_of(attempt: Attempt, sitting: Sitting) -> datetime:
    """Return when a candidate's time is over.

    Where no clock was begun, on paper or not at all, it is that of the sitting with what was added to it; on
    the reserve form, perhaps on another day, it is counted from when they were let begin.
    """
    if attempt.deadline is not None:
        return attempt.deadline
    added = timedelta(seconds=attempt.extra_seconds + attempt.halted_seconds)
    own = attempt.admitted_at + timedelta(minutes=sitting.minutes) if attempt.round > 1 else sitting.ends_at
    return max(own, sitting.ends_at) + added


def numbers_of(sitting: Sitting) -> dict[int, Numbers]:
    """Return each room's numbers, by the id of the sitting's room."""
    ended = {
        incident.candidate_id
        for incident in incidents_of(sitting)
        if incident.kind == IncidentKind.MISCONDUCT and incident.state == IncidentState.CONFIRMED
    }
    numbers = {}
    for board in boards_of(sitting):
        absent = sum(seat.state == ABSENT for seat in board.seats)
        misconduct = sum(seat.plan.candidate_id in ended for seat in board.seats)
        numbers[board.room.id] = Numbers(len(board.seats), len(board.seats) - absent, absent, misconduct)
    return numbers


def records_of(sitting: Sitting) -> dict[int, RoomRecord]:
    """Return the signed records, by the id of the sitting's room."""
    wanted = select(RoomRecord).where(RoomRecord.sitting_room_id.in_([room.id for room in sitting.rooms]))
    return {record.sitting_room_id: record for record in db.session.scalars(wanted)}


def room_of(sitting: Sitting, room_code: str) -> SittingRoom:
    """Return a room of this sitting by the code of the exam room.

    Raises:
        NotFound: the sitting does not use it.
    """
    for room in sitting.rooms:
        if room.exam_room.code == room_code:
            return room
    raise NotFound(_l("There is no such room in this sitting."))


def sign_room_record(sitting: Sitting, room: SittingRoom, remarks: str = "", *, by: Person) -> RoomRecord:
    """Sign a room's record: the first signature writes the numbers, a second person's completes it.

    Raises:
        Conflict: the sitting is not closed, the record is complete, or the same person would sign twice.
    """
    lock("room-record", room.id)
    db.session.refresh(sitting)
    if sitting.state not in (SittingState.CLOSED, SittingState.MARKED, SittingState.PUBLISHED):
        raise Conflict(_l("The record is signed after the sitting is closed."))
    record = records_of(sitting).get(room.id)
    if record is None:
        return _first_signature(sitting, room, remarks, by)
    db.session.refresh(record)
    if record.second_by_id is not None:
        raise Conflict(_l("This record bears both signatures."))
    if record.first_by_id in identity.records_of(by.id):
        raise Conflict(_l("A second person signs, not the same one."))
    record.second_by_id = by.id
    record.second_at = clock.now()
    _append("room.record.completed", sitting, room, record, by)
    return record


def _first_signature(sitting: Sitting, room: SittingRoom, remarks: str, by: Person) -> RoomRecord:
    numbers = numbers_of(sitting)[room.id]
    record = RoomRecord(
        sitting_room_id=room.id,
        expected=numbers.expected,
        present=numbers.present,
        absent=numbers.absent,
        misconduct=numbers.misconduct,
        remarks=remarks.strip(),
        first_by_id=by.id,
    )
    db.session.add(record)
    db.session.flush()
    _append("room.record.signed", sitting, room, record, by)
    return record


def _append(kind: str, sitting: Sitting, room: SittingRoom, record: RoomRecord, by: Person) -> None:
    ledger.append(
        kind,
        by=by,
        side="exam",
        sitting=sitting.code,
        room=room.exam_room.code,
        expected=record.expected,
        present=record.present,
        absent=record.absent,
        misconduct=record.misconduct,
    )
