"""Have we enough different people? What the solver found, in numbers and in the words of the rules."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trainhub import separation
from trainhub.exams.staffing.barring import too_often_together
from trainhub.exams.staffing.drafts import WORDS, Draft, Place
from trainhub.exams.staffing.planning import INSPECTOR_FROM_OUTSIDE, NOT_IN_REGISTER
from trainhub.kernel.i18n import _l

if TYPE_CHECKING:
    from trainhub.exams.staffing.plan import Assignment, Instance, Plan

SECONDS = 5.0
"""What a request may search at most."""
_ROUNDS = 4
_SHORTAGES: dict[str, Any] = {
    "unavailable": _l("entered as absent then"),
    "qualification": _l("does not assess this qualification"),
    "max_sittings": _l("would be on duty more often than allowed"),
    "people": _l("no rule stands in the way: more people are needed"),
    NOT_IN_REGISTER: _l("in the register for this duty, but not on that day"),
}


class Budget:
    """The time that is left of what a request may search.

    Args:
        seconds: altogether.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._until = time.monotonic() + (SECONDS if seconds is None else seconds)

    @property
    def left(self) -> float:
        """Seconds left; never nothing, so that the solver begins at all."""
        return max(0.2, self._until - time.monotonic())

    @property
    def is_spent(self) -> bool:
        """Whether nothing more should be begun."""
        return time.monotonic() >= self._until


@dataclass(frozen=True)
class Why:
    """One reason for which a place stays empty; lifting all of them fills it (缺员原因).

    Args:
        rule: that keeps people away; None for what is no rule.
        text: title of the rule, or the shortage in words.
        names: who could come if it were lifted.
        missing: how many more people are needed, if nothing else helps.
    """

    rule: str
    text: Any
    names: tuple[str, ...] = ()
    missing: int = 0


@dataclass(frozen=True)
class PlaceOutlook:
    """How one place of a sitting can be filled (岗位配备情况).

    Args:
        place: which.
        possible: people against whom nothing speaks, wherever else they may be needed.
        to_draw: how many the plan fixes to be drawn.
        short: how many nobody is found for.
        reasons: why.
    """

    place: Place
    possible: int
    to_draw: int
    short: int
    reasons: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """Whether everything can be staffed, how the load is shared, and what keeps places empty (配备测算结果).

    Args:
        status: optimal, feasible, or unknown (no plan in time).
        rows: each place by time.
        gap: distance of the best found from the proven bound, as a share.
        seconds: searched.
        least: smallest number of sittings of a person in the period, those they have included.
        most: largest.
        fair: the smallest load that could be everybody's.
        people: how many in the registers could be sent anywhere.
        unsettled: people whom the plan would still send to one site too often in a row.
        plan: what was found; for other computations, never for appointing.
    """

    status: str
    rows: tuple[PlaceOutlook, ...]
    gap: float = 0.0
    seconds: float = 0.0
    least: int = 0
    most: int = 0
    fair: int = 0
    people: int = 0
    unsettled: int = 0
    plan: Plan | None = None

    @property
    def is_known(self) -> bool:
        """Whether a plan was found."""
        return self.plan is not None or not self.to_fill

    @property
    def to_fill(self) -> int:
        """How many people are still needed."""
        return sum(row.place.missing for row in self.rows)

    @property
    def short(self) -> int:
        """For how many of them nobody is found."""
        return sum(row.short for row in self.rows)

    @property
    def reasons(self) -> tuple[Why, ...]:
        """The reasons of all places, each once."""
        return tuple(dict.fromkeys(why for row in self.rows for why in row.reasons))


def outlook(drafted: Draft, budget: Budget | None = None) -> Outlook:
    """Return whether the places of a draft can be filled, by the solver; five seconds at most."""
    budget = budget or Budget()
    instance = drafted.instance(budget.left)
    possible = possible_people(instance)
    if not instance.sittings:
        return _shared(drafted, Outlook("optimal", _rows(drafted, possible, {}, {}, {})))
    found, drafted, unsettled = planned(drafted, budget)
    if found is None:
        return Outlook("unknown", _rows(drafted, possible, {}, {}, {}), seconds=SECONDS)
    reasons: Mapping[tuple[str, str], Any] = {}
    if found.missing and budget.left > SECONDS / 2:
        from trainhub.exams.staffing.plan.blaming import blame

        reasons = blame(drafted.instance(budget.left), found.missing, found.assignments)
    drawn = Counter(each.sitting for each in found.assignments)
    rows = _rows(drafted, possible, drawn, dict(found.missing), reasons)
    told = Outlook(
        found.status,
        rows,
        found.gap,
        found.seconds,
        unsettled=unsettled,
        plan=found,
        people=len(_able(instance)),
    )
    return _shared(drafted, told)


def planned(
    drafted: Draft, budget: Budget, previous: Iterable[Assignment] = ()
) -> tuple[Plan | None, Draft, int]:
    """Return a plan in which nobody is sent to one site too often, and the draft with what that forbade.

    The rules that count see a plan as a whole only: what it breaks is forbidden, and the solver asked again.
    """
    from trainhub.exams.staffing.plan import solve

    by_id, before = {place.id: place for place in drafted.places}, tuple(previous)
    for _round in range(_ROUNDS):
        try:
            found = solve(drafted.instance(budget.left), before)
        except RuntimeError:
            return None, drafted, 0
        taken = [(each.person, by_id[each.sitting]) for each in found.assignments]
        broken = too_often_together(taken)
        if not broken:
            return found, drafted, 0
        if budget.is_spent:
            break
        for (person_id, place), rule in broken.items():
            drafted = drafted.without([(person_id, place.id)], rule)
    return found, drafted, len({person_id for person_id, _place in broken})


def possible_people(instance: Instance) -> dict[str, int]:
    """Return for each place how many people there are against whom nothing speaks."""
    from trainhub.exams.staffing.plan.instance import obstacles

    return {
        sitting.id: sum(
            obstacles(instance, person, sitting, duty) == frozenset()
            for person in instance.people
            for duty in sitting.needs
        )
        for sitting in instance.sittings
    }


def _able(instance: Instance) -> set[str]:
    from trainhub.exams.staffing.plan.instance import obstacles

    return {
        person.id
        for person in instance.people
        if any(
            obstacles(instance, person, sitting, duty) == frozenset()
            for sitting in instance.sittings
            for duty in sitting.needs
        )
    }


def _rows(
    drafted: Draft,
    possible: Mapping[str, int],
    drawn: Mapping[str, int],
    missing: Mapping[tuple[str, str], int],
    reasons: Mapping[tuple[str, str], Iterable[Any]],
) -> tuple[PlaceOutlook, ...]:
    def row(place: Place) -> PlaceOutlook:
        key = place.id, WORDS[place.duty]
        whys = tuple(in_words(drafted, each) for each in reasons.get(key, ()))
        return PlaceOutlook(
            place, possible.get(place.id, 0), drawn.get(place.id, 0), missing.get(key, 0), whys
        )

    return tuple(row(place) for place in drafted.places)


def in_words(drafted: Draft, reason: Any) -> Why:
    """Return a reason of the solver in the words of the rules, with the names of whom it keeps away."""
    people = (drafted.colleagues.get(each) for each in reason.people)
    names = tuple(sorted(each.person.name for each in people if each is not None))
    code = INSPECTOR_FROM_OUTSIDE if reason.reason in ("district", "site") else reason.reason
    if code in _SHORTAGES:
        return Why("", _SHORTAGES[code], names, reason.missing)
    return Why(code, separation.rule_by_id(code).title, names)


def _shared(drafted: Draft, told: Outlook) -> Outlook:
    """Count for each person the sittings they have and those the plan would add."""
    assignments: Iterable[Assignment] = told.plan.assignments if told.plan else ()
    loads = Counter({person_id: 0 for person_id in drafted.colleagues})
    loads.update(
        row.person_id for place in drafted.places for row in place.standing if row.person_id in loads
    )
    loads.update(each.person for each in assignments)
    able = max(1, len(loads))
    return replace(
        told,
        least=min(loads.values(), default=0),
        most=max(loads.values(), default=0),
        fair=-(-sum(loads.values()) // able),
    )
