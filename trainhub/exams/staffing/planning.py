"""From the database to the solver: the places that sittings ahead still have, and who may take them.

The forbidden pairs come from the rules of separation, asked about every pair at once; what the solver returns
is numbers and loads. Who goes where is drawn by lot, never read off a plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub import separation
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.absences import away_periods
from trainhub.exams.staffing.appointing import BEFORE_THE_END, appointments_of
from trainhub.exams.staffing.barring import Pair, barred_by_rules
from trainhub.exams.staffing.drafts import Colleague, Draft, Period, Place
from trainhub.exams.staffing.models import Appointment, AppointmentState, StaffMember
from trainhub.exams.staffing.needs import numbers_needed, sittings_ahead
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.separation.duties import Duty
from trainhub.separation.identity import standing_for
from trainhub.separation.models import SamePerson

if TYPE_CHECKING:
    pass

PAIRS_FOR_A_PAGE = 6_000
"""Persons and places of which a request asks the rules; they take some four seconds."""
NOT_IN_REGISTER = "register"
"""Stands in the register for the duty, but not on the day, or not in this centre's."""
INSPECTOR_FROM_OUTSIDE, ONE_PLACE_AT_A_TIME = "S-10", "S-19"


class TooLarge(Invalid):
    """So many persons and places that a request cannot ask the rules about all of them."""


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
