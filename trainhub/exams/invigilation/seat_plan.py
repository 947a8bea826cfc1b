"""Who sits where in a sitting, read in two queries: what a board stands on and hardly ever changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from trainhub.exams.sites import ExamRoom
from trainhub.exams.sittings import Candidate, CandidateState, SittingRoom
from trainhub.kernel.db import db
from trainhub.people.models import Person


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """A seat that somebody was given (座位安排)."""

    number: int
    candidate_id: int
    candidate_code: str
    name: str


@dataclass(frozen=True, slots=True)
class PlannedRoom:
    """A room of a sitting with the seats that were given in it, by number."""

    id: int
    code: str
    name: str
    seats_per_row: int
    seats: Sequence[PlannedSeat]


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """The rooms of a sitting with whoever sits in them."""

    rooms: Sequence[PlannedRoom]


def read_plan(sitting_id: int) -> SeatPlan:
    """Return who sits where; withdrawn registrations sit nowhere."""
    seats: dict[int, list[PlannedSeat]] = {}
    seated = (
        select(Candidate.sitting_room_id, Candidate.seat_number, Candidate.id, Candidate.code, Person.name)
        .join(Person, Person.id == Candidate.person_id)
        .where(
            Candidate.sitting_id == sitting_id,
            Candidate.seat_number.is_not(None),
            Candidate.state == CandidateState.REGISTERED,
        )
        .order_by(Candidate.seat_number)
    )
    for room_id, number, candidate_id, code, name in db.session.execute(seated):
        if room_id is not None and number is not None:
            seats.setdefault(room_id, []).append(PlannedSeat(number, candidate_id, code, name))
    rooms = (
        select(SittingRoom.id, ExamRoom.code, ExamRoom.name, ExamRoom.seats_per_row)
        .join(ExamRoom, ExamRoom.id == SittingRoom.exam_room_id)
        .where(SittingRoom.sitting_id == sitting_id)
        .order_by(SittingRoom.id)
    )
    return SeatPlan([PlannedRoom(*room, seats.get(room[0], ())) for room in db.session.execute(rooms)])
