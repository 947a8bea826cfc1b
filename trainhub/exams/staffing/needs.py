"""How many people a sitting needs, by the figures of its day, and how many it has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from trainhub import regulations
from trainhub.exams.sittings import (
    Obstacle,
    Part,
    Sitting,
    SittingState,
    number_of_candidates,
    opening_checks,
)
from trainhub.exams.staffing.appointing import appointments_of
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.jobs import path_to
from trainhub.separation.duties import Duty


@dataclass(frozen=True)
class Need:
    """What a sitting needs of a duty, and what it has (考务人员需求).

    Args:
        needed: number of people.
        present: number of people appointed.
    """

    needed: int
    present: int

    @property
    def missing(self) -> int:
        """How many are missing."""
        return max(0, self.needed - self.present)


def invigilators_needed(sitting: Sitting) -> int:
    """Return how many invigilators a sitting needs: so many a room, and one for so many candidates."""
    day = clock.local_day(sitting.starts_at)
    per_room = int(regulations.value("site.invigilators.per_room_minimum", on=day))
    per = int(regulations.value("site.invigilators.candidates_per", on=day))
    return max(len(sitting.rooms) * per_room, math.ceil(number_of_candidates(sitting) / per))


def assessors_needed(sitting: Sitting) -> int:
    """Return how many assessors a sitting needs: so many in each room of a practical examination."""
    if sitting.part != Part.PRACTICAL:
        return 0
    day = clock.local_day(sitting.starts_at)
    return len(sitting.rooms) * int(regulations.value("exam.practical.assessors_minimum", on=day))


def numbers_needed(sitting: Sitting) -> dict[Duty, int]:
    """Return how many people a sitting needs by duty; one inspector, though none is prescribed."""
    assessors = assessors_needed(sitting)
    return {
        Duty.INVIGILATE: invigilators_needed(sitting),
        **({Duty.ASSESS: assessors} if assessors else {}),
        Duty.INSPECT: 1,
    }


def needs_of(sitting: Sitting) -> dict[Duty, Need]:
    """Return the needs of a sitting by duty, and what it has."""
    duties = [row.duty for row in appointments_of(sitting)]
    return {duty: Need(number, duties.count(duty)) for duty, number in numbers_needed(sitting).items()}


def sittings_ahead(centres: Sequence[int]) -> list[Sitting]:
    """Return the sittings of some centres that are not over, by time."""
    statement = select(Sitting).where(
        Sitting.organisation_id.in_(centres),
        Sitting.state.in_((SittingState.PLANNED, SittingState.ARRANGED, SittingState.OPEN)),
    )
    return list(db.session.scalars(statement.order_by(Sitting.starts_at)))


def _enough(sitting: Sitting) -> Iterable[Obstacle]:
    needs, url = needs_of(sitting), path_to("staffing.show_sitting", code=sitting.code)
    need, assess = needs[Duty.INVIGILATE], needs.get(Duty.ASSESS)
    if need.missing:
        text = _("%(present)s of %(needed)s invigilators are appointed.", **vars(need))
        yield Obstacle(text, url)
    if assess is not None and assess.missing:
        text = _("%(present)s of %(needed)s assessors are appointed.", **vars(assess))
        yield Obstacle(text, url)


opening_checks.append(_enough)
