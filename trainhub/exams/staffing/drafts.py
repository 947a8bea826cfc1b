"""The draft of a plan: places that sittings still have, people of registers, what keeps who from where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.barring import Pair
from trainhub.exams.staffing.models import Appointment, StaffMember
from trainhub.kernel import clock
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

if TYPE_CHECKING:
    from trainhub.exams.staffing.plan.instance import Instance


Period = tuple[datetime, datetime]


WORDS = {Duty.INVIGILATE: "invigilator", Duty.ASSESS: "assessor", Duty.INSPECT: "inspector"}
"""What the solver calls the duties."""


@dataclass(frozen=True)
class Place:
    """What a sitting needs of one duty, and who stands for it already (岗位).

    The solver gets each duty of a sitting as a sitting of its own at the same time, so that a rule that keeps
    a person from one duty does not keep them from another.

    Args:
        sitting: of which.
        duty: which.
        needed: number of people.
        standing: appointments that stand and against which no rule speaks.
    """

    sitting: Sitting
    duty: Duty
    needed: int
    standing: tuple[Appointment, ...]

    @property
    def id(self) -> str:
        """What the solver calls the place."""
        return f"{self.sitting.code} {WORDS[self.duty]}"

    @property
    def day(self) -> date:
        """The day whose register counts."""
        return clock.local_day(self.sitting.starts_at)

    @property
    def missing(self) -> int:
        """How many people are still needed."""
        return max(0, self.needed - len(self.standing))


@dataclass(frozen=True)
class Colleague:
    """Somebody of a register, with what they may do until when (名册人员).

    Args:
        person: who.
        members: their rows of the registers.
    """

    person: Person
    members: tuple[StaffMember, ...]

    @property
    def duties(self) -> frozenset[str]:
        """The duties for which the person stands in a register."""
        return frozenset(member.duty for member in self.members)

    def stands_for(self, place: Place, lent_to: frozenset[int] = frozenset()) -> bool:
        """Tell whether the person stands in the register that counts for a place on its day."""
        centre = place.sitting.organisation_id
        return any(
            member.duty == place.duty
            and member.qualified_from <= place.day <= member.qualified_until
            and (member.centre_id == centre or centre in lent_to)
            for member in self.members
        )

    @property
    def home(self) -> StaffMember:
        """The row that says where the person belongs: as an inspector, if they are one."""
        return min(self.members, key=lambda member: (member.duty != Duty.INSPECT, member.id))


@dataclass(frozen=True)
class Draft:
    """Everything that a plan of a period is made from, before the solver saw it (编排草案).

    Args:
        first: day.
        last: day.
        places: of all sittings of the period.
        colleagues: of the registers, by random id.
        barred: what keeps a person from a place: rules, or the register.
        away: when persons cannot come.
        on_duty: when persons are on duty already and nobody may send them elsewhere.
    """

    first: date
    last: date
    places: tuple[Place, ...]
    colleagues: Mapping[str, Colleague]
    barred: Mapping[Pair, frozenset[str]]
    away: Mapping[str, Sequence[Period]] = field(default_factory=dict)
    on_duty: Mapping[str, Sequence[Period]] = field(default_factory=dict)

    def without(self, pairs: Iterable[Pair], rule: str) -> Draft:
        """Return the draft with further pairs forbidden by a rule."""
        more = {pair: self.barred.get(pair, frozenset()) | {rule} for pair in pairs}
        return replace(self, barred={**self.barred, **more})

    def instance(self, seconds: float, needs: Mapping[str, int] | None = None) -> Instance:
        """Return what the solver is given: the places that are open, or as many of each as ``needs`` says."""
        from trainhub.exams.staffing.plan import read_instance

        return read_instance(self.written(seconds, needs))

    def written(self, seconds: float, needs: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Return the same as ``trainhub staffing solve`` reads it: random ids, no names, no reasons."""
        wanted = {place.id: place.missing for place in self.places} if needs is None else needs
        sites = {place.sitting.site.organisation_id: place.sitting.site.code for place in self.places}
        open_places = [place for place in self.places if wanted.get(place.id)]
        known = {place.id for place in open_places}
        return {
            "sittings": [_sitting(place, wanted[place.id]) for place in open_places],
            "people": [
                {
                    "id": person_id,
                    "duties": sorted(WORDS[Duty(duty)] for duty in each.duties),
                    "qualifications": sorted({place.sitting.qualification for place in open_places}),
                    "district": each.home.district,
                    "site": sites.get(each.home.organisation_id, ""),
                    "unavailable": _periods(self.away.get(person_id, ())),
                    "on_duty": _periods(self.on_duty.get(person_id, ())),
                }
                for person_id, each in self.colleagues.items()
            ],
            "forbidden": [
                {"person": person, "sitting": place, "rule": rule}
                for (person, place), rules in sorted(self.barred.items())
                for rule in sorted(rules)
                if place in known
            ],
            "settings": {"time_limit_s": seconds},
        }


def _sitting(place: Place, number: int) -> dict[str, Any]:
    sitting = place.sitting
    return {
        "id": place.id,
        "starts_at": sitting.starts_at.isoformat(),
        "ends_at": sitting.ends_at.isoformat(),
        "site": sitting.site.code,
        "district": sitting.site.district,
        "qualification": sitting.qualification,
        "needs": {WORDS[place.duty]: number},
    }


def _periods(periods: Sequence[Period]) -> list[list[str]]:
    return [[begin.isoformat(), end.isoformat()] for begin, end in periods]
