"""Giving seats (考场编排): by chance, spread over the rooms, neighbours of different employers."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import select, update

from trainhub import ledger
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import (
    Candidate,
    CandidateState,
    Eligibility,
    Sitting,
    SittingRoom,
    SittingState,
)
from trainhub.exams.sittings.plan import candidates_of
from trainhub.exams.sittings.relations import state_plan, state_seats
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _
from trainhub.people.models import Person

T = TypeVar("T")


@dataclass(frozen=True)
class Place(Generic[T]):
    """A seat of a room and who sits there.

    Args:
        room: index of the room.
        seat: number, from 1.
        occupant: who.
    """

    room: int
    seat: int
    occupant: T


def spread(total: int, seats: Sequence[int]) -> list[int]:
    """Return how many sit in each room: no room much fuller than another, no room over its seats."""
    filled = [0] * len(seats)
    for _each in range(total):
        open_rooms = [index for index, most in enumerate(seats) if filled[index] < most]
        emptiest = min(open_rooms, key=lambda index: (filled[index] / seats[index], index))
        filled[emptiest] += 1
    return filled


def place_by_chance(
    people: Sequence[T], group_of: Callable[[T], str], rooms: Sequence[tuple[int, int]]
) -> list[Place[T]]:
    """Give everybody a seat by chance; those beside and in front are of another group where possible.

    Args:
        people: who.
        group_of: names the group of one, such as the employer.
        rooms: (seats, seats per row) of each room.
    """
    best: list[Place[T]] = []
    fewest = len(people) + 1
    for _try in range(_TRIES):
        places, together = _one_try(people, group_of, rooms)
        if together < fewest:
            best, fewest = places, together
        if not fewest:
            break
    return best


_TRIES = 25
"""How many arrangements are drawn to find one without neighbours of one group; the best is taken."""


def _one_try(
    people: Sequence[T], group_of: Callable[[T], str], rooms: Sequence[tuple[int, int]]
) -> tuple[list[Place[T]], int]:
    """Draw one arrangement; returns it with the number of people who sit near one of their own group."""
    groups: dict[str, list[T]] = defaultdict(list)
    for each in people:
        groups[group_of(each)].append(each)
    for members in groups.values():
        secrets.SystemRandom().shuffle(members)
    places: list[Place[T]] = []
    together = 0
    for room, count in enumerate(spread(len(people), [seats for seats, _row in rooms])):
        per_row = rooms[room][1]
        seated: list[str] = []
        for seat in range(1, count + 1):
            near = {seated[-1]} if seated and (seat - 1) % per_row else set()
            near |= {seated[seat - 1 - per_row]} if seat > per_row else set()
            group = _next_group(groups, near)
            together += group in near
            seated.append(group)
            places.append(Place(room, seat, groups[group].pop()))
            if not groups[group]:
                del groups[group]
    return places, together


def _next_group(groups: dict[str, list[T]], near: set[str]) -> str:
    """Choose the group of the next seat: not one that is near, the larger the likelier."""
    left = sum(len(members) for members in groups.values())
    others = sorted(group for group in groups if group not in near) or sorted(groups)
    largest = max(others, key=lambda group: len(groups[group]))
    if 3 * len(groups[largest]) >= left:
        return largest
    return secrets.SystemRandom().choices(others, [len(groups[group]) for group in others])[0]


@dataclass(frozen=True)
class Drawn:
    """Seats that were drawn and not given yet (抽定座位).

    Args:
        drawn_for: the candidates with their employers, and the rooms, for whom they were drawn.
        seats: by candidate the room of the sitting and the seat.
    """

    drawn_for: Any
    seats: Mapping[int, tuple[int, int]]


def draw_seats(sitting: Sitting) -> Drawn:
    """Draw a seat for every eligible candidate of a sitting; of a large one that takes a while.

    Raises:
        Conflict: the sitting was opened, nobody is eligible, or there are too few seats.
    """
    _require_before_opening(sitting)
    people, rooms = _who_and_where(sitting)
    if not people:
        raise Conflict(_("Nobody is registered and eligible yet."))
    if sum(seats for _id, seats, _per_row in rooms) < len(people):
        raise Conflict(_("There are fewer seats than candidates."))
    places = place_by_chance(people, lambda each: each[1], [room[1:] for room in rooms])
    seats = {place.occupant[0]: (rooms[place.room][0], place.seat) for place in places}
    return Drawn((people, rooms), seats)


def _require_before_opening(sitting: Sitting) -> None:
    if sitting.state not in (SittingState.PLANNED, SittingState.ARRANGED):
        raise Conflict(_("The sitting has been opened; seats are given one by one now."))


def _who_and_where(sitting: Sitting) -> tuple[list[tuple[int, str]], list[tuple[int, int, int]]]:
    wanted = select(Candidate.id, Candidate.employer_name).where(
        Candidate.sitting_id == sitting.id,
        Candidate.state == CandidateState.REGISTERED,
        Candidate.eligibility != Eligibility.PENDING,
    )
    people = [(each, employer) for each, employer in db.session.execute(wanted.order_by(Candidate.id))]
    return people, [(room.id, room.seats, room.exam_room.seats_per_row) for room in sitting.rooms]


def arrange(sitting: Sitting, drawn: Drawn | None = None, *, by: Person) -> int:
    """Give every eligible candidate of a sitting a seat; a new arrangement replaces an older one.

    Args:
        sitting: which.
        drawn: seats drawn before this deed; drawn anew if somebody came, went or was settled since.
        by: who arranges.

    Returns:
        The number of seats given.

    Raises:
        Conflict: the sitting was opened, nobody is eligible, or there are too few seats.
    """
    hold_sitting(sitting)
    _require_before_opening(sitting)
    if drawn is None or drawn.drawn_for != _who_and_where(sitting):
        drawn = draw_seats(sitting)
    _give_all(sitting, drawn)
    sitting.state = SittingState.ARRANGED
    db.session.flush()
    state_plan(sitting, by=by)
    state_seats(sitting, _taken(sitting), by=by)
    count = len(drawn.seats)
    note_change(sitting, "arranged", by=by, count=count)
    ledger.append("sitting.arranged", by=by, side="exam", sitting=sitting.code, candidates=count)
    return count


def _give_all(sitting: Sitting, drawn: Drawn) -> None:
    """Free all seats and give those that were drawn, in two statements; nobody else has one meanwhile."""
    free = update(Candidate).where(Candidate.sitting_id == sitting.id)
    db.session.execute(free.values(sitting_room_id=None, seat_number=None))
    rows = [
        {"id": candidate, "sitting_room_id": room, "seat_number": seat}
        for candidate, (room, seat) in drawn.seats.items()
    ]
    db.session.execute(update(Candidate), rows)
    db.session.expire_all()


def _taken(sitting: Sitting) -> Counter[int | None]:
    there = Candidate.sitting_id == sitting.id, Candidate.state == CandidateState.REGISTERED
    return Counter(db.session.scalars(select(Candidate.sitting_room_id).where(*there)))


def free_seats(sitting: Sitting) -> list[tuple[SittingRoom, int]]:
    """Return the seats of a sitting that nobody has."""
    taken = {(candidate.sitting_room_id, candidate.seat_number) for candidate in candidates_of(sitting)}
    return [
        (room, seat)
        for room in sitting.rooms
        for seat in range(1, room.seats + 1)
        if (room.id, seat) not in taken
    ]


def give_seat(candidate: Candidate, room: SittingRoom, seat: int, reason: str, *, by: Person) -> None:
    """Give one candidate a free seat, such as a late registration or a broken machine.

    Raises:
        Conflict: the seat is taken or does not exist, the candidate is not eligible, or the sitting is over.
    """
    sitting = candidate.sitting
    hold_sitting(sitting)
    if sitting.state not in (SittingState.ARRANGED, SittingState.OPEN):
        raise Conflict(_("Seats are given one by one between arrangement and close."))
    if not candidate.is_eligible:
        raise Conflict(_("The candidate's eligibility is still open."))
    if (room.id, seat) not in {(each.id, number) for each, number in free_seats(sitting)}:
        raise Conflict(_("This seat is taken or does not exist."))
    candidate.sitting_room_id, candidate.seat_number = room.id, seat
    db.session.flush()
    state_seats(sitting, _taken(sitting), by=by)
    note_change(
        sitting,
        "seat_changed",
        by=by,
        candidate=candidate,
        reason=reason,
        room=room.exam_room.code,
        seat=seat,
    )
    ledger.append(
        "candidate.seated",
        by=by,
        side="exam",
        sitting=sitting.code,
        person=candidate.person_id,
        room=room.exam_room.code,
        seat=seat,
    )
