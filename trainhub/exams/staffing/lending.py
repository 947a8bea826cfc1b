"""What a neighbouring centre could lend: numbers only, and only while its own sittings stay staffed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from trainhub.exams.staffing.drafts import Draft, Period, Place
from trainhub.exams.staffing.models import StaffMember
from trainhub.exams.staffing.outlook import Budget, Outlook, outlook, planned, possible_people
from trainhub.exams.staffing.planning import draft
from trainhub.kernel.db import db
from trainhub.people.models import Organisation

if TYPE_CHECKING:
    from trainhub.exams.staffing.plan import Plan


@dataclass(frozen=True)
class Offer:
    """What one neighbour could lend for one place (可支援人数); no names: they are not ours to read.

    Args:
        place: which place lacks people.
        short: how many it lacks.
        possible: the neighbour's people against whom nothing speaks.
        spared: how many of them can come while the neighbour's own plan stays as whole as it is.
    """

    place: Place
    short: int
    possible: int
    spared: int


@dataclass(frozen=True)
class Neighbour:
    """Another exam centre of the house, and what it could lend.

    Args:
        centre: which.
        offers: by place that lacks people.
        is_known: whether the time was enough to find out.
    """

    centre: Organisation
    offers: tuple[Offer, ...]
    is_known: bool = True

    @property
    def spared(self) -> int:
        """How many places it could fill altogether."""
        return sum(offer.spared for offer in self.offers)


def neighbours(centres: Sequence[int], first: date, last: date) -> tuple[Outlook, list[Neighbour]]:
    """Return what own places lack, and what each other centre could lend; most first."""
    budget = Budget()
    own = outlook(draft(centres, first, last), Budget(budget.left / 2))
    if not own.short or own.plan is None:
        return own, []
    found = [_neighbour(centre, centres, own, (first, last), budget) for centre in _other_centres(centres)]
    return own, sorted(found, key=lambda each: (-each.spared, each.centre.name))


def _other_centres(centres: Sequence[int]) -> list[Organisation]:
    registers = select(StaffMember.centre_id).where(StaffMember.centre_id.not_in(centres))
    wanted = select(Organisation).where(Organisation.id.in_(registers)).order_by(Organisation.name)
    return list(db.session.scalars(wanted))


def _neighbour(
    centre: Organisation, centres: Sequence[int], own: Outlook, period: tuple[date, date], budget: Budget
) -> Neighbour:
    if budget.is_spent:
        return Neighbour(centre, (), is_known=False)
    short = [row for row in own.rows if row.short]
    both = draft(centres, *period, lenders=[centre.id])
    alone = planned(draft([centre.id], *period), budget)[0]
    left = None if alone is None else _left_empty(both, own, alone, centre.id, budget)
    if left is None:
        return Neighbour(centre, (), is_known=False)
    possible = _possible(both, centres, {row.place.id: row.short for row in short})
    offers = (
        Offer(
            row.place,
            row.short,
            possible.get(row.place.id, 0),
            min(row.short, max(0, row.short - left.get(row.place.id, 0))),
        )
        for row in short
    )
    return Neighbour(centre, tuple(offers))


def _possible(both: Draft, centres: Sequence[int], needs: dict[str, int]) -> dict[str, int]:
    """Return how many people of the neighbour's register, and not of ours, nothing speaks against."""
    instance = both.instance(1.0, needs)
    theirs = [
        person
        for person in instance.people
        if not any(member.centre_id in centres for member in both.colleagues[person.id].members)
    ]
    return possible_people(replace(instance, people=tuple(theirs)))


def _left_empty(both: Draft, own: Outlook, alone: Plan, lender: int, budget: Budget) -> dict[str, int] | None:
    """Return what stays empty in a plan of both centres that leaves the neighbour's own as whole as it is.

    If the best plan of both would rob the neighbour, the neighbour's own plan is kept as it is, and only who
    is free beside it can be lent.
    """
    before = (*(own.plan.assignments if own.plan else ()), *alone.assignments)
    found = planned(both, budget, before)[0]
    if found is None:
        return None
    theirs = {place.id for place in both.places if place.sitting.organisation_id == lender}
    empty = _missing(found)
    allowed = _missing(alone)
    if any(empty.get(place_id, 0) > allowed.get(place_id, 0) for place_id in theirs):
        found = planned(_bound(both, alone, theirs), budget, before)[0]
        empty = {} if found is None else _missing(found)
    return None if found is None else empty


def _missing(found: Plan) -> dict[str, int]:
    return {place_id: number for (place_id, _duty), number in found.missing.items()}


def _bound(both: Draft, alone: Plan, theirs: set[str]) -> Draft:
    """Return the draft without the neighbour's places, its people busy where its own plan has them."""
    times = {place.id: (place.sitting.starts_at, place.sitting.ends_at) for place in both.places}
    bound: dict[str, list[Period]] = defaultdict(list)
    for person_id, periods in both.on_duty.items():
        bound[person_id] = list(periods)
    for each in alone.assignments:
        bound[each.person].append(times[each.sitting])
    own = tuple(place for place in both.places if place.id not in theirs)
    return replace(both, places=own, on_duty=bound)
