"""The room as the desk sees it: every seat with who sits there and how they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainhub.exams.delivery import Presence, Progress, progress_of
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.sittings import Candidate, Sitting, SittingRoom, candidates_of
from trainhub.kernel.i18n import _l

ABSENT = "absent"

STATES: dict[str, tuple[str, Any]] = {
    ABSENT: ("○", _l("not here")),
    Presence.CHECKED_IN: ("◐", _l("checked in")),
    Presence.WORKING: ("●", _l("working")),
    Presence.QUIET: ("◆", _l("quiet")),
    Presence.OFFLINE: ("▲", _l("offline")),
    Presence.HANDED_IN: ("■", _l("handed in")),
}
"""Shape and word of each state: nobody has to tell colours apart."""


@dataclass(frozen=True)
class Seat:
    """One seat of a room with what the desk shows of it."""

    number: int
    candidate: Candidate
    state: str
    progress: Progress | None
    incidents: int

    def facts(self) -> dict[str, Any]:
        """Return the seat as the desk's script reads it."""
        progress = self.progress
        unseen = progress.unseen_for if progress else None
        shape, word = STATES[self.state]
        return {
            "seat": self.number,
            "candidate": self.candidate.code,
            "name": self.candidate.person.name,
            "state": self.state,
            "shape": shape,
            "word": str(word),
            "answered": progress.answered if progress else 0,
            "questions": progress.questions if progress else 0,
            # Rounded, so that a board on which nothing happens stays the same board.
            "unseen_minutes": int(unseen.total_seconds() // 60) if unseen is not None else None,
            "extra_minutes": progress.attempt.extra_seconds // 60 if progress else 0,
            "incidents": self.incidents,
        }


@dataclass(frozen=True)
class RoomBoard:
    """A room with its seats in order."""

    room: SittingRoom
    seats: list[Seat]

    def counts(self) -> dict[str, int]:
        """Return how many seats are in each state."""
        return {state: sum(seat.state == state for seat in self.seats) for state in STATES}


def boards_of(sitting: Sitting) -> list[RoomBoard]:
    """Return a sitting's rooms as they are now."""
    progress = {each.attempt.candidate_id: each for each in progress_of(sitting)}
    incidents: dict[int | None, int] = {}
    for incident in incidents_of(sitting):
        incidents[incident.candidate_id] = incidents.get(incident.candidate_id, 0) + 1
    seated = [each for each in candidates_of(sitting) if each.seat_number is not None]
    boards = []
    for room in sitting.rooms:
        here = [each for each in seated if each.sitting_room_id == room.id]
        here.sort(key=lambda each: each.seat_number or 0)
        boards.append(
            RoomBoard(room, [_seat(each, progress.get(each.id), incidents.get(each.id, 0)) for each in here])
        )
    return boards


def _seat(candidate: Candidate, progress: Progress | None, incidents: int) -> Seat:
    state = ABSENT if progress is None else progress.presence.value
    return Seat(candidate.seat_number or 0, candidate, state, progress, incidents)
