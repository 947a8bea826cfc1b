"""All rooms of all sittings of a day, for their exam centre: numbers, and what needs a look first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from trainhub.exams.invigilation.board import RoomBoard, SeatState
from trainhub.exams.invigilation.live import FRESH_S, Live, live, live_board
from trainhub.exams.sites import Site
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import began_at, db

UNDER_WAY = (SittingState.ARRANGED, SittingState.OPEN)
FRESH_OF_PARTS_S = FRESH_S / 2
"""A centre's board is kept too: its parts are younger, so that it need not be made anew for each who asks."""
PRESSING: tuple[tuple[str, int], ...] = (
    ("alarms", 1000),
    ("late", 100),
    ("refused", 50),
    ("locked", 5),
)
"""What of a room needs a look first: marks by their weight, then states by theirs."""

WAITING: tuple[tuple[SeatState, int], ...] = (
    (SeatState.FROZEN, 20),
    (SeatState.BROKEN_OFF, 20),
    (SeatState.OFFLINE, 10),
    (SeatState.PAUSED, 2),
    (SeatState.QUIET, 1),
)


@dataclass(frozen=True, slots=True)
class WatchedRoom:
    """A room as the centre sees it (考场总览): numbers alone."""

    sitting_code: str
    state: str
    site: str
    starts_at: Any
    room: RoomBoard

    @property
    def key(self) -> str:
        """Its name on the page."""
        return f"{self.sitting_code}-{self.room.room.id}"

    def pressing(self) -> int:
        """Return how much it needs a look: alarms before late answers before seats that stand still."""
        counts, marks = self.room.counts(), self.room.marks()
        weight = sum(factor * marks.get(name, 0) for name, factor in PRESSING)
        return weight + sum(factor * counts[state] for state, factor in WAITING)

    def facts(self) -> dict[str, Any]:
        """Return the room as the page's script reads it."""
        marks: Mapping[str, int] = self.room.marks()
        return {
            "room": self.key,
            "state": self.state,
            "counts": self.room.counts(),
            "marks": dict(marks),
            "pressing": self.pressing(),
        }


@dataclass(frozen=True, slots=True)
class CentreBoard:
    """The rooms of a day, what needs a look first at the top; as old as the oldest of their boards."""

    rooms: Sequence[WatchedRoom]
    read_at: float

    def facts(self, rooms: frozenset[int] | None = None) -> dict[str, Any]:
        """Return the board as the page's script reads it."""
        return {"rooms": [room.facts() for room in self.rooms]}


class CentreBuilder:
    """Builds the board of some exam centres from the live boards of their sittings."""

    def __init__(self, centres: frozenset[int]) -> None:
        self._centres = centres

    def build(self) -> CentreBoard:
        """Return the rooms of today, and of whatever is still open from before."""
        rooms, oldest = [], began_at()
        for row in db.session.execute(self._sittings()):
            moment = live_board(row.id).moment(nullcontext, FRESH_OF_PARTS_S)
            board: Any = moment.shown
            oldest = min(oldest, moment.read_at)
            rooms += [WatchedRoom(row.code, row.state, row.name, row.starts_at, each) for each in board.rooms]
        rooms.sort(key=lambda room: (-room.pressing(), room.starts_at, room.key))
        return CentreBoard(rooms, oldest)

    def _sittings(self) -> Any:
        midnight = clock.from_local(clock.local(clock.now()).replace(tzinfo=None, hour=0, minute=0, second=0))
        today = (Sitting.starts_at >= midnight) & (Sitting.starts_at < midnight + timedelta(days=1))
        return (
            select(Sitting.id, Sitting.code, Sitting.state, Sitting.starts_at, Site.name)
            .join(Site, Site.id == Sitting.site_id)
            .where(
                Sitting.organisation_id.in_(self._centres),
                or_(
                    today & (Sitting.state != SittingState.PLANNED),
                    Sitting.state == SittingState.OPEN,
                ),
            )
        )


def live_centre(centres: frozenset[int]) -> Live:
    """Return the present process's live board of some exam centres."""
    return live(("centres", centres), lambda: CentreBuilder(centres))
