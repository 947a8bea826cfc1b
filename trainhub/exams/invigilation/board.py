"""The room as the desk sees it: every seat with who sits there and how they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from trainhub.exams.delivery import AttemptState, Halt, HaltKind
from trainhub.exams.delivery.board_reading import AttemptReader, SeatReading
from trainhub.exams.delivery.reading import OFFLINE_AFTER, QUIET_AFTER
from trainhub.exams.invigilation.models import Incident, IncidentState
from trainhub.exams.invigilation.seat_plan import PlannedRoom, PlannedSeat, SeatPlan, read_plan
from trainhub.exams.invigilation.standing import staff_mark
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import began_at, db
from trainhub.kernel.i18n import _, _l

PLAN_LASTS = timedelta(seconds=10)
"""Names and seats hardly change while a room is watched: they are read this seldom."""


class SeatState(StrEnum):
    """How a seat is."""

    ABSENT = "absent"
    CHECKED_IN = "checked_in"
    WORKING = "working"
    QUIET = "quiet"
    OFFLINE = "offline"
    PAUSED = "paused"
    FROZEN = "frozen"
    BROKEN_OFF = "broken_off"
    HANDED_IN = "handed_in"


ABSENT = SeatState.ABSENT

STATES: dict[str, tuple[str, Any]] = {
    SeatState.ABSENT: ("○", _l("not here")),
    SeatState.CHECKED_IN: ("◐", _l("checked in")),
    SeatState.WORKING: ("●", _l("working")),
    SeatState.QUIET: ("◆", _l("quiet")),
    SeatState.OFFLINE: ("▲", _l("offline")),
    SeatState.PAUSED: ("❚❚", _l("paused")),
    SeatState.FROZEN: ("✱", _l("frozen")),
    SeatState.BROKEN_OFF: ("▬", _l("broken off")),
    SeatState.HANDED_IN: ("■", _l("handed in")),
}
"""Shape and word of each state: nobody has to tell colours apart."""

STILL = {HaltKind.FREEZE.value: SeatState.FROZEN, HaltKind.SUSPENSION.value: SeatState.BROKEN_OFF}
"""How a seat is whose time stands still, by why it does; paused otherwise."""

MARKS: dict[str, tuple[str, Any]] = {
    "alarms": ("!", _l("open alarms")),
    "locked": ("⊠", _l("ticket locked after wrong entries")),
    "refused": ("⊘", _l("refused machine")),
    "late": ("↓", _l("late answers to decide")),
    "incidents": ("⚑", _l("incidents")),
}
"""What a seat may bear beside its state, the graver first: a sign and its word; beside it their number."""


def desk_words() -> dict[str, Any]:
    """Return signs and words of the board in the reader's language: the board itself is the same for all."""
    return {
        "states": {state: [shape, str(word)] for state, (shape, word) in STATES.items()},
        "marks": {name: [sign, str(word)] for name, (sign, word) in MARKS.items()},
        "spans": {
            "seconds": _("{seconds} s"),
            "both": _("{minutes} min {seconds} s"),
            "minutes": _("{minutes} min"),
        },
    }


SeatSource = Callable[[int], Mapping[int, Mapping[str, int]]]
seat_sources: list[SeatSource] = []
"""What other parts know of seats: (id of the sitting) -> {candidate id: {a name of MARKS: how many}}."""

# Asked once a second for each sitting: statements that stand are not put together each time.
_OF_SITTING: BindParameter[int] = bindparam("sitting_id")
_STATE = select(Sitting.state).where(Sitting.id == _OF_SITTING)
_HALTS = select(func.count()).where(
    Halt.sitting_id == _OF_SITTING, Halt.ended_at.is_(None), Halt.candidate_id.is_(None)
)
"""What stands still beyond single seats is only counted: the page tells more of it."""
_INCIDENTS = (
    select(Incident.candidate_id, func.count())
    .where(
        Incident.sitting_id == _OF_SITTING,
        Incident.candidate_id.is_not(None),
        Incident.state != IncidentState.WITHDRAWN,
    )
    .group_by(Incident.candidate_id)
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat of a room with what the desk shows of it."""

    plan: PlannedSeat
    state: SeatState
    reading: SeatReading | None
    marks: Mapping[str, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The seat's number."""
        return self.plan.number

    def facts(self) -> dict[str, Any]:
        """Return the seat as the desk's script reads it: times, never spans, so that nothing flickers."""
        reading = self.reading
        facts: dict[str, Any] = {"candidate": self.plan.candidate_code, "state": self.state}
        if reading is None:
            return facts | self._marks()
        if reading.questions:
            facts |= {"answered": reading.answered, "questions": reading.questions}
        if self.state is SeatState.OFFLINE:
            facts["unseen_since"] = milliseconds(reading.seen_at or reading.started_at)
        if reading.extra_seconds:
            facts["extra_minutes"] = reading.extra_seconds // 60
        return facts | self._marks()

    def _marks(self) -> dict[str, Any]:
        return {"marks": dict(self.marks)} if self.marks else {}


@dataclass(frozen=True, slots=True)
class RoomBoard:
    """A room with its seats in order."""

    room: PlannedRoom
    seats: Sequence[Seat]

    def counts(self) -> dict[str, int]:
        """Return how many seats are in each state."""
        counts = dict.fromkeys(STATES, 0)
        for seat in self.seats:
            counts[seat.state] += 1
        return counts

    def marks(self) -> dict[str, int]:
        """Return how many of each mark the room's seats bear."""
        found: dict[str, int] = {}
        for seat in self.seats:
            for name, number in seat.marks.items():
                found[name] = found.get(name, 0) + number
        return _in_order(found)

    def facts(self) -> dict[str, Any]:
        """Return the room as the desk's script reads it."""
        return {
            "room": self.room.id,
            "counts": self.counts(),
            "seats": [seat.facts() for seat in self.seats],
        }


@dataclass(frozen=True, slots=True)
class Board:
    """All rooms of a sitting at one moment.

    Args:
        state: of the sitting.
        halts: how many pauses of rooms and sitting are open.
        rooms: with their seats.
        read_at: when the look at the database began, by ``time.monotonic``.
        staff: the mark of who is appointed; passes hang on it, and nobody is told.
    """

    state: str
    halts: int
    rooms: Sequence[RoomBoard]
    read_at: float
    staff: str = ""

    def of(self, rooms: frozenset[int] | None) -> Board:
        """Return the same board with some rooms alone; None means all of them."""
        if rooms is None:
            return self
        own = [each for each in self.rooms if each.room.id in rooms]
        return Board(self.state, self.halts, own, self.read_at)

    def facts(self, rooms: frozenset[int] | None = None) -> dict[str, Any]:
        """Return the board as the desk's script reads it, with some rooms alone; None means all of them."""
        shown = [room.facts() for room in self.of(rooms).rooms]
        return {"state": self.state, "halts": str(self.halts), "rooms": shown}


class BoardBuilder:
    """Builds the board of one sitting again and again, each time by the same few queries."""

    def __init__(self, sitting_id: int) -> None:
        self._sitting_id = sitting_id
        self._attempts = AttemptReader(sitting_id)
        self._plan: SeatPlan | None = None
        self._planned_at: datetime | None = None

    def build(self) -> Board:
        """Return the board as the tables of the present transaction have it."""
        now = clock.now()
        own = {"sitting_id": self._sitting_id}
        state = db.session.execute(_STATE, own).scalar_one()
        readings = {each.candidate_id: each for each in self._attempts.read()}
        marks = _marks_of(self._sitting_id)
        rooms = []
        for room in self._plan_at(now).rooms:
            seats = [_seat(each, readings.get(each.candidate_id), marks, now) for each in room.seats]
            rooms.append(RoomBoard(room, seats))
        halts = db.session.scalar(_HALTS, own) or 0
        return Board(state, halts, rooms, began_at(), staff_mark(self._sitting_id))

    def _plan_at(self, now: datetime) -> SeatPlan:
        if self._plan is None or self._planned_at is None or abs(now - self._planned_at) > PLAN_LASTS:
            self._plan, self._planned_at = read_plan(self._sitting_id), now
        return self._plan


def _marks_of(sitting_id: int) -> dict[int, dict[str, int]]:
    marks: dict[int, dict[str, int]] = {}
    for source in (_incidents, *seat_sources):
        for candidate_id, found in source(sitting_id).items():
            own = marks.setdefault(candidate_id, {})
            own.update({name: number for name, number in found.items() if number and name in MARKS})
    return marks


def _incidents(sitting_id: int) -> dict[int, dict[str, int]]:
    found = db.session.execute(_INCIDENTS, {"sitting_id": sitting_id})
    return {candidate_id: {"incidents": number} for candidate_id, number in found if candidate_id}


def _seat(
    plan: PlannedSeat, reading: SeatReading | None, marks: Mapping[int, Mapping[str, int]], now: datetime
) -> Seat:
    own = dict(marks.get(plan.candidate_id, {}))
    if reading is not None and reading.waits_late:
        own["late"] = 1
    if reading is not None and reading.wrong_entries:
        own["locked"] = 1
    return Seat(plan, _state(reading, now), reading, _in_order(own))


def _in_order(marks: Mapping[str, int]) -> dict[str, int]:
    """Return marks with the graver first, on every seat and room alike."""
    return {name: marks[name] for name in MARKS if name in marks}


def _state(reading: SeatReading | None, now: datetime) -> SeatState:
    if reading is None:
        return SeatState.ABSENT
    if reading.state == AttemptState.HANDED_IN:
        return SeatState.HANDED_IN
    if reading.state == AttemptState.PAUSED:
        return STILL.get(reading.halt_kind or "", SeatState.PAUSED)
    if reading.state == AttemptState.ADMITTED:
        return SeatState.CHECKED_IN
    if reading.seen_at is None or now - reading.seen_at > OFFLINE_AFTER:
        return SeatState.OFFLINE
    last = reading.answered_at or reading.started_at or now
    return SeatState.QUIET if now - last > QUIET_AFTER else SeatState.WORKING


def milliseconds(moment: datetime | None) -> int | None:
    """Return a moment as milliseconds since 1970: what the desk's clock reckons with."""
    return None if moment is None else round(moment.timestamp() * 1000)
