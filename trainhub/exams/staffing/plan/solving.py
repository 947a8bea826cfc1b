"""The plan: as many places staffed as can be, the load shared fairly, short ways; by OR-Tools.

A flow of least cost gives the plan or, where sittings overlap in chains, its bound and CP-SAT a first try.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from ortools.sat.python import cp_model

from trainhub.exams.staffing.plan.flowing import (
    MISSING,
    Flow,
    Kept,
    bound_of,
    flow_of,
)
from trainhub.exams.staffing.plan.instance import NO_LIMIT, Instance, Sitting, Somebody
from trainhub.exams.staffing.plan.model import Model
from trainhub.exams.staffing.plan.offering import Offer, People, Place

WORKERS = 2

WHOLE = 600_000
"""Pairs of place and person up to which each place is offered everybody who could come."""
CHAINED, NEAR = 20_000, 12
"""Pairs up to which CP-SAT gets all; of more, as many near people by place besides those of the flow."""
FIRST_OFFER, WIDER = 48, 4
"""How many people a place of a larger instance is offered at first, and how many times more next."""


@dataclass(frozen=True, order=True)
class Assignment:
    """A person at a sitting for a duty (任务分配)."""

    sitting: str
    person: str
    duty: str


@dataclass(frozen=True)
class Plan:
    """What was found (编排方案).

    Args:
        status: optimal (proven, or within the gap that was asked for), feasible, or unknown.
        assignments: who goes where.
        missing: people missing by sitting and duty.
        objective: cost of the plan.
        bound: proven lower bound of the cost.
        seconds: of the search.
    """

    status: str
    assignments: tuple[Assignment, ...]
    missing: Mapping[tuple[str, str], int]
    objective: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """The relative distance of the cost from its proven bound."""
        return _gap(self.objective, self.bound)

    def load(self, people: Iterable[Somebody]) -> dict[str, int]:
        """Return the smallest and the largest number of sittings of a person who does any duty."""
        loads = {each.id: 0 for each in people if each.duties}
        for assignment in self.assignments:
            loads[assignment.person] += 1
        return {"min": min(loads.values(), default=0), "max": max(loads.values(), default=0)}


def solve(
    instance: Instance,
    previous: Iterable[Assignment] = (),
    progress: Callable[[str], object] | None = None,
) -> Plan:
    """Choose staff for all sittings; what cannot be staffed is left out and named.

    In a large instance few people are offered to each place at first, then more, as long as the plan is not
    within the gap of the bound of the whole instance and time is left.

    Args:
        instance: to be planned.
        previous: an earlier plan, of which as much as possible stays.
        progress: is told each better plan.

    Raises:
        RuntimeError: the time was too short for any plan.
    """
    begun = time.monotonic()
    until = begun + max(0.1, instance.settings.time_limit_s)
    people, kept = People(instance), kept_of(instance, previous)
    pairs = people.pairs()
    most = None if pairs <= WHOLE else FIRST_OFFER
    bound = None if most is None else bound_of(people, kept)
    best: Plan | None = None
    while True:
        offer = people.offer(most, kept)
        found = _attempt(people, kept, offer, bound, until)
        if found is not None and progress:
            progress(f"{time.monotonic() - begun:.1f} s: cost {found.objective:.0f}, bound {found.bound:.0f}")
        if found is not None and (best is None or found.objective < best.objective):
            best = found
        is_done = best is not None and best.status == "optimal"
        if most is None or is_done or _size(offer) == pairs or time.monotonic() > until:
            break
        most *= WIDER
    if best is None:
        raise RuntimeError(f"no plan was found in {instance.settings.time_limit_s} s")
    return replace(best, seconds=time.monotonic() - begun)


def _attempt(people: People, kept: Kept, offer: Offer, bound: int | None, until: float) -> Plan | None:
    """Return the best plan of an offer: the flow if it is one, else what CP-SAT finds near it.

    Args:
        bound: of the whole instance, if the offer is not all of it.
    """
    instance, flow = people.instance, flow_of(people, offer, kept)
    floor = flow.cost if bound is None else bound
    if _is_plan(instance, flow):
        return _plan(instance, flow.taken, flow.cost, floor)
    if _size(offer) <= CHAINED:
        return _search(instance, offer, kept, flow, bound, until)
    return _search(instance, people.offer(NEAR, _with(kept, flow)), kept, flow, floor, until)


def _size(offer: Offer) -> int:
    return sum(len(each) for each in offer.values())


def kept_of(instance: Instance, previous: Iterable[Assignment]) -> dict[Place, set[int]]:
    """Return an earlier plan by place, without people and sittings that are no more."""
    people = {each.id: number for number, each in enumerate(instance.people)}
    sittings = {each.id: number for number, each in enumerate(instance.sittings)}
    found: dict[Place, set[int]] = defaultdict(set)
    for each in previous:
        if each.person in people and each.sitting in sittings:
            found[sittings[each.sitting], each.duty].add(people[each.person])
    return found


def _with(kept: Kept, flow: Flow) -> dict[Place, set[int]]:
    """Return the people of an earlier plan and those of a flow, by place."""
    found = {place: set(who) for place, who in kept.items()}
    for place, who in flow.taken:
        found.setdefault(place, set()).add(who)
    return found


def _is_plan(instance: Instance, flow: Flow) -> bool:
    """Return whether a flow has nobody at two overlapping sittings."""
    there: dict[int, list[Sitting]] = defaultdict(list)
    for (number, _duty), who in flow.taken:
        there[who].append(instance.sittings[number])
    for mine in there.values():
        mine.sort(key=lambda each: each.starts_at)
    return not any(
        one.ends_at > following.starts_at for mine in there.values() for one, following in pairwise(mine)
    )


def _plan(instance: Instance, taken: Iterable[tuple[Place, int]], cost: float, bound: float) -> Plan:
    filled: dict[Place, int] = defaultdict(int)
    assignments = []
    for place, who in taken:
        filled[place] += 1
        assignments.append(Assignment(instance.sittings[place[0]].id, instance.people[who].id, place[1]))
    missing = {
        (sitting.id, duty): needed - filled[number, duty]
        for number, sitting in enumerate(instance.sittings)
        for duty, needed in sitting.needs.items()
        if needed > filled[number, duty]
    }
    bound = min(cost, bound)
    # A missing person weighs so much that the gap alone would hide that one more place could be filled.
    is_near = cost - bound < MISSING and _gap(cost, bound) <= instance.settings.gap
    status = "optimal" if is_near else "feasible"
    return Plan(status, tuple(sorted(assignments)), missing, float(cost), float(bound), 0.0)


def _search(
    instance: Instance,
    offer: Offer,
    kept: Kept,
    flow: Flow,
    bound: int | None,
    until: float,
) -> Plan | None:
    """Search the best plan of an offer with CP-SAT, beginning at a flow that is nearly one.

    Args:
        bound: of the whole instance, if the offer is not all of it.
    """
    model = Model(instance, offer)
    hinted = set(flow.taken)
    for pair, variable in model.taken.items():
        model.cp.add_hint(variable, pair in hinted)
    short = sum(model.short.values())
    # One search for both would drown the small costs in the large one, and its bound with them.
    model.cp.minimize(short)
    model.cp.add(short >= flow.missing)
    first = _solver(instance, until, 0.0)
    if first.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    missing, at_least = round(first.objective_value), max(0, round(first.best_objective_bound))
    model.cp.add(short <= missing)
    cost = model.cost(kept)
    model.cp.clear_hints()  # type: ignore[no-untyped-call]
    for variable in model.taken.values():
        model.cp.add_hint(variable, first.value(variable))
    model.cp.minimize(cost)
    model.cp.add(cost >= flow.cost - MISSING * missing)
    second = _solver(instance, until, instance.settings.gap)
    status = second.solve(model.cp)
    solver = second if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else first
    if bound is None:
        rest = max(0.0, second.best_objective_bound) if solver is second and at_least == missing else 0.0
        bound = max(flow.cost, round(MISSING * at_least + rest))
    taken = [pair for pair, variable in model.taken.items() if solver.boolean_value(variable)]
    return _plan(instance, taken, float(solver.value(cost)) + MISSING * missing, bound)


def _solver(instance: Instance, until: float, gap: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = instance.settings.seed
    solver.parameters.max_time_in_seconds = max(0.1, until - time.monotonic())
    solver.parameters.relative_gap_limit = gap
    return solver


def _gap(cost: float, bound: float) -> float:
    return 0.0 if cost <= bound else (cost - bound) / max(1.0, cost)


__all__ = ["NO_LIMIT", "Assignment", "Plan", "solve"]
