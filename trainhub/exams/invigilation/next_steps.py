"""What can be done about a sitting that is broken off, for the exam centre (考试中止后的处理)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from trainhub.exams import delivery
from trainhub.exams.delivery import Halt, HaltKind
from trainhub.exams.delivery.reserve import same_form_until
from trainhub.exams.invigilation.halting import ShownHalt, shown_halts
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db


@dataclass(frozen=True)
class BrokenOff:
    """What is broken off, and how it can go on.

    Args:
        halt: what stands still, since when and why.
        same_form_until: until when it may go on with the same form.
    """

    halt: ShownHalt
    same_form_until: datetime

    @property
    def same_form_is_fair(self) -> bool:
        """Whether it may go on with the same form still."""
        return clock.now() <= self.same_form_until


def broken_off(sitting: Sitting) -> list[BrokenOff]:
    """Return what of a sitting is broken off now: all of it, or some of its rooms."""
    if sitting.state != SittingState.OPEN:
        return []
    stopped = [each for each in delivery.open_halts(sitting) if each.kind == HaltKind.SUSPENSION]
    return [BrokenOff(each, same_form_until(each.halt, sitting)) for each in shown_halts(sitting, stopped)]


def broken_off_among(sittings: Sequence[Sitting]) -> frozenset[int]:
    """Return the ids of those sittings of a list that are broken off now."""
    wanted = select(Halt.sitting_id).where(
        Halt.sitting_id.in_([each.id for each in sittings if each.state == SittingState.OPEN]),
        Halt.kind == HaltKind.SUSPENSION,
        Halt.ended_at.is_(None),
    )
    return frozenset(db.session.scalars(wanted))
