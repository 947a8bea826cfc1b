"""The plan: as many places staffed as can be, the load shared fairly, short ways; by OR-Tools CP-SAT."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from trainhub.exams.staffing.plan.instance import NO_LIMIT, Instance, Sitting, Somebody, obstacles

MISSING, CHANGED, UNFAIR = 1_000_000, 10_000, 100
"""What a place without staff costs, a change of an earlier plan, and each sitting above the fair load."""
WORKERS = 2

Place = tuple[int, str]
"""Number of a sitting in the instance, and a duty."""


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
        return (
            0.0 if self.objective <= self.bound else (self.objective - self.bound) / max(1.0, self.objective)
        )

    def load(self, people: Iterable[Somebody]) -> dict[str, int]:
        """Return the smallest and the largest number of sittings of a person who does any duty."""
        loads = {each.id: 0 for each in people if each.duties}
        for assignment in self.assignments:
            loads[assignment.person] += 1
        return {"min": min(loads.values(), default=0), "max": max(loads.values(), default=0)}


class Model:
    """The places, the people who can take them, and what binds them, as a CP-SAT model.

    Args:
        instance: to be planned.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.cp = cp_model.CpModel()
        self.taken: dict[tuple[Place, int], Any] = {}
        self.short: dict[Place, Any] = {}
        self._by_person: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        self._fill()
        self._one_place_at_a_time()

    def _fill(self) -> None:
        for number, sitting in enumerate(self.instance.sittings):
            for duty, needed in sitting.needs.items():
                able = []
                for place, person in enumerate(self.instance.people):
                    if obstacles(self.instance, person, sitting, duty) == frozenset():
                        variable = self.cp.new_bool_var("")
                        self.taken[(number, duty), place] = variable
                        self._by_person[place].append((number, variable))
                        able.append(variable)
                self.short[number, duty] = self.cp.new_int_var(0, needed, "")
                self.cp.add(sum(able) + self.short[number, duty] == needed)

    def _one_place_at_a_time(self) -> None:
        groups = cliques(self.instance.sittings)
        for place, mine in self._by_person.items():
            by_sitting = defaultdict(list)
            for number, variable in mine:
                by_sitting[number].append(variable)
            done: set[frozenset[int]] = set()
            for group in groups:
                here = frozenset(group & by_sitting.keys())
                variables = [each for number in here for each in by_sitting[number]]
                if len(variables) > 1 and here not in done:
                    done.add(here)
                    self.cp.add_at_most_one(variables)
            most = self.instance.people[place].max_sittings
            if most < len(mine):
                self.cp.add(sum(variable for _number, variable in mine) <= most)

    def cost(self, previous: frozenset[Assignment] = frozenset()) -> Any:
        """Return what is to be made small: missing people, changes, unfair load, long ways."""
        terms: list[Any] = [MISSING * each for each in self.short.values()]
        terms += self._unfair()
        for ((number, duty), place), variable in self.taken.items():
            sitting, person = self.instance.sittings[number], self.instance.people[place]
            way = _way(sitting, person)
            if way:
                terms.append(way * variable)
            if Assignment(sitting.id, person.id, duty) in previous:
                terms.append(CHANGED * (1 - variable))
        return sum(terms)

    def _unfair(self) -> list[Any]:
        """Return the cost of each sitting above the smallest load that could be everybody's."""
        needed = sum(number for sitting in self.instance.sittings for number in sitting.needs.values())
        able = max(1, len(self._by_person))
        fair = -(-needed // able)
        terms = []
        for mine in self._by_person.values():
            if len(mine) > fair:
                over = self.cp.new_int_var(0, len(mine) - fair, "")
                self.cp.add(over >= sum(variable for _number, variable in mine) - fair)
                terms.append(UNFAIR * over)
        return terms


def cliques(sittings: Sequence[Sitting]) -> list[frozenset[int]]:
    """Return the largest groups of sittings that all overlap: those that run when one begins."""
    groups = {
        frozenset(
            other for other, each in enumerate(sittings) if each.starts_at <= sitting.starts_at < each.ends_at
        )
        for sitting in sittings
    }
    return [group for group in groups if not any(group < other for other in groups)]


def _way(sitting: Sitting, person: Somebody) -> int:
    if person.site and person.site == sitting.site:
        return 0
    return 1 if person.district == sitting.district else 2


def solve(
    instance: Instance,
    previous: Iterable[Assignment] = (),
    progress: Callable[[str], object] | None = None,
) -> Plan:
    """Choose staff for all sittings; what cannot be staffed is left out and named.

    Args:
        instance: to be planned.
        previous: an earlier plan, of which as much as possible stays.
        progress: is told each better plan.

    Raises:
        RuntimeError: the time was too short for any plan.
    """
    begun = time.monotonic()
    model = Model(instance)
    kept = frozenset(previous)
    model.cp.minimize(model.cost(kept))
    for (place, person), variable in model.taken.items():
        if kept:
            sitting = instance.sittings[place[0]].id
            model.cp.add_hint(variable, Assignment(sitting, instance.people[person].id, place[1]) in kept)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = instance.settings.seed
    solver.parameters.max_time_in_seconds = max(0.1, instance.settings.time_limit_s)
    solver.parameters.relative_gap_limit = instance.settings.gap
    status = solver.solve(model.cp, _Telling(progress) if progress else None)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError(f"no plan was found in {instance.settings.time_limit_s} s")
    return Plan(
        "optimal" if status == cp_model.OPTIMAL else "feasible",
        tuple(sorted(_assignments(model, solver))),
        {
            (instance.sittings[number].id, duty): solver.value(variable)
            for (number, duty), variable in model.short.items()
            if solver.value(variable)
        },
        solver.objective_value,
        solver.best_objective_bound,
        time.monotonic() - begun,
    )


def _assignments(model: Model, solver: cp_model.CpSolver) -> Iterable[Assignment]:
    for ((number, duty), place), variable in model.taken.items():
        if solver.boolean_value(variable):
            sitting, person = model.instance.sittings[number], model.instance.people[place]
            yield Assignment(sitting.id, person.id, duty)


class _Telling(cp_model.CpSolverSolutionCallback):
    """Tells each better plan as it is found."""

    def __init__(self, progress: Callable[[str], object]) -> None:
        super().__init__()
        self._progress = progress

    def on_solution_callback(self) -> None:
        """Tell cost and bound."""
        self._progress(
            f"{self.wall_time:.1f} s: cost {self.objective_value:.0f}, bound {self.best_objective_bound:.0f}"
        )


__all__ = ["NO_LIMIT", "Assignment", "Model", "Plan", "solve"]
