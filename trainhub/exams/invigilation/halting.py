"""Pausing and suspending from the desk: a room or the whole sitting stands still, and goes on later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trainhub.exams import delivery
from trainhub.exams.delivery import Halt, HaltKind
from trainhub.exams.delivery.reserve import same_form_until
from trainhub.exams.invigilation.measures import note_measure
from trainhub.exams.invigilation.models import MeasureKind
from trainhub.exams.invigilation.wording import seat_of
from trainhub.exams.sittings import Candidate, Sitting, SittingRoom
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.people.persons import get_person

KINDS: dict[str, Any] = {
    HaltKind.PAUSE: _l("Paused"),
    HaltKind.FREEZE: _l("Frozen"),
    HaltKind.SUSPENSION: _l("Suspended"),
}

SEAT_IS_FROZEN = _l("This seat is frozen: look at the alarm first.")


@dataclass(frozen=True)
class ShownHalt:
    """A time that stands or stood still, as the pages show it."""

    halt: Halt
    title: str
    by: str
    ended_by: str
    reserve_is_known: bool = False
    same_form_is_over: bool = False
    candidate_code: str = ""

    @property
    def code(self) -> str:
        """The code of the halt."""
        return self.halt.code

    @property
    def reason(self) -> str:
        """Why time stood still."""
        return self.halt.reason

    @property
    def resumes_at(self) -> datetime | None:
        """When it is to go on, if that was said."""
        return self.halt.resumes_at

    @property
    def is_freeze(self) -> bool:
        """Whether it is a frozen seat, which goes on where its alarm is looked at."""
        return self.halt.kind == HaltKind.FREEZE

    @property
    def is_of_all(self) -> bool:
        """Whether it is the whole sitting that stands still."""
        return self.halt.sitting_room_id is None and self.halt.candidate_id is None

    @property
    def may_take_the_reserve(self) -> bool:
        """Whether it can go on with the reserve form: a suspended sitting can."""
        return self.halt.kind == HaltKind.SUSPENSION

    @property
    def began_at(self) -> datetime:
        """Since when."""
        return self.halt.began_at


def stand_still(
    sitting: Sitting,
    kind: HaltKind,
    reason: str,
    *,
    room: SittingRoom | None = None,
    resumes_at: datetime | None = None,
    by: Person,
) -> Halt:
    """Let time stand still for a room, or for the whole sitting.

    Raises:
        Conflict: the sitting is not open, or the same room or sitting stands still already.
        Invalid: no reason, it would go on before now, or a seat is to be frozen here.
    """
    if resumes_at is not None and resumes_at <= clock.now():
        raise Invalid(_l("The time to go on is over already."))
    return delivery.halt(sitting, kind, reason, room=room, resumes_at=resumes_at, by=by)


def go_on(halt: Halt, *, reserve: bool = False, by: Person) -> int:
    """End a halt; returns how many candidates go on. That of one seat is noted with its candidate.

    Raises:
        Conflict: it has ended already, the same form is no longer fair, there is no reserve form, or a seat
            is frozen: it goes on where its alarm is looked at.
    """
    if halt.kind == HaltKind.FREEZE:
        raise Conflict(SEAT_IS_FROZEN)
    count = delivery.resume(halt, by=by, reserve=reserve)
    if halt.candidate_id is not None:
        candidate = db.session.get_one(Candidate, halt.candidate_id)
        note_measure(candidate, MeasureKind.RESUME, halt.reason, by=by)
    return count


def open_halt_of(candidate: Candidate) -> Halt | None:
    """Return the open halt of one candidate alone, or None."""
    return delivery.open_halt_of_seat(candidate)


def standing_halts(sitting: Sitting) -> list[ShownHalt]:
    """Return what stands still now of rooms and the whole sitting; a seat alone is told at the seat."""
    standing = [each for each in delivery.open_halts(sitting) if each.candidate_id is None]
    return shown_halts(sitting, standing)


def shown_halts(sitting: Sitting, halts: Sequence[Halt]) -> list[ShownHalt]:
    """Return halts as the pages show them, the newest first."""
    rooms = {room.id: room.name for room in sitting.rooms}
    return [
        ShownHalt(
            halt,
            _title(halt, rooms),
            name_of(halt.by_id),
            name_of(halt.ended_by_id) if halt.ended_by_id else "",
            delivery.is_reserve_known(halt, sitting),
            halt.kind == HaltKind.SUSPENSION and clock.now() > same_form_until(halt, sitting),
            db.session.get_one(Candidate, halt.candidate_id).code if halt.candidate_id else "",
        )
        for halt in sorted(halts, key=lambda each: each.began_at, reverse=True)
    ]


def _title(halt: Halt, rooms: dict[int, str]) -> str:
    kind = KINDS[halt.kind]
    if halt.candidate_id is not None:
        seat = seat_of(db.session.get_one(Candidate, halt.candidate_id))
        return _("%(kind)s: %(room)s", kind=kind, room=seat)
    if halt.sitting_room_id is not None:
        return _("%(kind)s: %(room)s", kind=kind, room=rooms.get(halt.sitting_room_id, ""))
    return _("%(kind)s: the whole sitting", kind=kind)


def name_of(person_id: str) -> str:
    """Return somebody's name."""
    return get_person(person_id).name
