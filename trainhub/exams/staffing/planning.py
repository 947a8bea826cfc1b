"""From the database to the solver: the places that sittings ahead still have, and who may take them.

The forbidden pairs come from the rules of separation, asked about every pair at once; what the solver returns
is numbers and loads. Who goes where is drawn by lot, never read off a plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub import separation
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.absences import away_periods
from trainhub.exams.staffing.appointing import BEFORE_THE_END, appointments_of
from trainhub.exams.staffing.barring import Pair, barred_by_rules
from trainhub.exams.staffing.models import Appointment, AppointmentState, StaffMember
from trainhub.exams.staffing.needs import numbers_needed, sittings_ahead
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import standing_for
from trainhub.separation.models import SamePerson

if TYPE_CHECKING:
    from trainhub.exams.staffing.plan.instance import Instance

Period = tuple[datetime, datetime]
WORDS = {Duty.INVIGILATE: "invigilator", Duty.ASSESS: "assessor", Duty.INSPECT: "inspector"}
"""What the solver calls the duties."""
PAIRS_FOR_A_PAGE = 6_000
"""Persons and places of which a request asks the rules; they take some four seconds."""
NOT_IN_REGISTER = "register"
"""Stands in the register for the duty, but not on the day, or not in this centre's."""
INSPECTOR_FROM_OUTSIDE, ONE_PLACE_AT_A_TIME = "S-10", "S-19"


class TooLarge(Invalid):
    """So many persons and places that a request cannot ask the rules about all of them."""


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


def draft(
    centres: Sequence[int],
    first: date,
    last: date,
    *,
    lenders: Sequence[int] = (),
    redrawn: bool = False,
    most: int = PAIRS_FOR_A_PAGE,
) -> Draft:
    """Return the places of the sittings ahead in a period, and who may take them.

    Args:
        centres: ids of the exam centres whose sittings are planned.
        first: day of the period.
        last: day of the period.
        lenders: ids of further centres: their sittings are planned too, and their people may be lent.
        redrawn: whether everybody appointed may also be sent elsewhere, at the price of a change.
        most: pairs of persons and places about which the rules are asked.

    Raises:
        TooLarge: there are more pairs than that.
    """
    everybody = [*centres, *lenders]
    sittings = [
        each for each in sittings_ahead(everybody) if first <= clock.local_day(each.starts_at) <= last
    ]
    in_conflict = (
        {(each.person, each.object) for each in separation.planned_conflicts()} if sittings else set()
    )
    places = tuple(place for sitting in sittings for place in _places_of(sitting, in_conflict))
    colleagues = _colleagues(everybody, first, last)
    barred, asked = _by_register(places, colleagues, frozenset(centres if lenders else ()), redrawn)
    if len(asked) > most:
        raise TooLarge(_("This is too much to work out at once. Choose fewer days."))
    barred |= _by_rules(asked, colleagues)
    bound = _on_duty(colleagues, free={sitting.id for sitting in sittings} if redrawn else set())
    return Draft(first, last, places, colleagues, barred, away_periods(colleagues), bound)


def _places_of(sitting: Sitting, in_conflict: set[tuple[str, str]]) -> Iterable[Place]:
    rows = appointments_of(sitting)
    for duty, needed in numbers_needed(sitting).items():
        sound = [row for row in rows if row.duty == duty and (row.person_id, sitting.code) not in in_conflict]
        yield Place(sitting, duty, needed, tuple(sound))


def _colleagues(centres: Sequence[int], first: date, last: date) -> dict[str, Colleague]:
    statement = (
        select(StaffMember)
        .options(joinedload(StaffMember.person))
        .where(
            StaffMember.centre_id.in_(centres),
            StaffMember.qualified_from <= last,
            StaffMember.qualified_until >= first,
        )
        .order_by(StaffMember.id)
    )
    rows: dict[str, list[StaffMember]] = defaultdict(list)
    for member in db.session.scalars(statement):
        rows[member.person_id].append(member)
    joined = standing_for(rows, SamePerson)
    return {
        person_id: Colleague(members[0].person, tuple(members))
        for person_id, members in rows.items()
        if person_id not in joined
    }


def _by_register(
    places: Sequence[Place], colleagues: Mapping[str, Colleague], lent_to: frozenset[int], redrawn: bool
) -> tuple[dict[Pair, frozenset[str]], list[tuple[str, Place]]]:
    """Return whom the register keeps from a place, and about whom the rules are to be asked."""
    found: dict[Pair, frozenset[str]] = {}
    asked: list[tuple[str, Place]] = []
    for place in places:
        if place.missing or redrawn:
            standing = {row.person_id for row in place.standing}
            for person_id, colleague in colleagues.items():
                if place.duty not in colleague.duties or person_id in standing:
                    continue
                if colleague.stands_for(place, lent_to):
                    asked.append((person_id, place))
                else:
                    found[person_id, place.id] = frozenset({NOT_IN_REGISTER})
    return found, asked


def _by_rules(
    asked: Sequence[tuple[str, Place]], colleagues: Mapping[str, Colleague]
) -> dict[Pair, frozenset[str]]:
    found = {
        (person_id, place.id): _said_once(rules, colleagues[person_id], place)
        for (person_id, place), rules in barred_by_rules(asked).items()
    }
    return {pair: rules for pair, rules in found.items() if rules}


def _said_once(rules: frozenset[str], colleague: Colleague, place: Place) -> frozenset[str]:
    """Leave out what the solver sees for itself: an inspector's own district or site, two places at once."""
    site, home = place.sitting.site, colleague.home
    at_home = home.district == site.district or home.organisation_id == site.organisation_id
    seen = {INSPECTOR_FROM_OUTSIDE} if place.duty is Duty.INSPECT and at_home else set()
    return rules - seen - {ONE_PLACE_AT_A_TIME}


def _on_duty(colleagues: Mapping[str, Colleague], free: set[int]) -> dict[str, list[Period]]:
    """Return when persons are on duty, leaving out sittings from which they may be sent elsewhere."""
    found: dict[str, list[Period]] = defaultdict(list)
    statement = (
        select(Appointment)
        .join(Appointment.sitting)
        .where(Appointment.state == AppointmentState.APPOINTED, Sitting.state.in_(BEFORE_THE_END))
    )
    for row in db.session.scalars(statement):
        if row.person_id in colleagues and row.sitting_id not in free:
            found[row.person_id].append((row.sitting.starts_at, row.sitting.ends_at))
    return found
