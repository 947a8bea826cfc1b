"""A small problem solved whole, item by item: any forms at all, the best of them, or what keeps them away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from trainhub.exams.papers.parallel.judging import aim, sums_of, worth
from trainhub.exams.papers.parallel.modelling import Model
from trainhub.exams.papers.parallel.numbering import uses_of
from trainhub.exams.papers.parallel.problem import Form, Goal, Limits, Numbers, Problem
from trainhub.exams.papers.parallel.shortage import EVERYTHING, Shortage, told

WHOLE = 5_000
"""Pairs of item and form up to which a problem is solved whole."""
FIRST, MANY_WAYS, NEARER, QUICK, HARD, LIFTED = 2.0, 6.0, 1.0, 1.0, 10.0, 1.0
"""Deterministic time: about seconds, but the same everywhere."""
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)

Solver = Callable[[float], cp_model.CpSolver]
"""Makes a solver that ends after so much deterministic time."""


@dataclass(frozen=True)
class Obstacle:
    """What keeps forms away (组卷障碍).

    Args:
        short: cells that stay empty by all demands together.
        because: what is out of reach, if no cell is short.
        helps: demands of which each, lifted alone, lets forms be found.
    """

    short: Sequence[Shortage]
    because: str
    helps: Sequence[str]


def is_small(problem: Problem) -> bool:
    """Tell whether a problem is solved whole."""
    return len(problem.items) * problem.forms <= WHOLE


def any_forms(problem: Problem, solver: Solver, near: Sequence[Form]) -> tuple[Any, list[Form]]:
    """Look for forms that keep every demand, and bring them a little nearer to the targets.

    Args:
        problem: the whole of it.
        solver: makes solvers.
        near: forms to begin at, which may break something.

    Returns:
        How the search ended, and the forms.
    """
    model = _model(problem)
    model.begin_at(dict(enumerate(near)))
    status: Any = cp_model.UNKNOWN
    for each in (solver(FIRST), _in_many_ways(solver(MANY_WAYS))):
        status = each.solve(model.cp)
        if status in FOUND:
            return status, _nearer(problem, solver(NEARER), list(model.found(each).values()))
        if status == cp_model.INFEASIBLE:
            break
    return status, []


def _nearer(problem: Problem, solver: cp_model.CpSolver, forms: list[Form]) -> list[Form]:
    model = _model(problem)
    model.come_near([(values, aim(sums_of(values, forms), goal)) for values, goal in _goals(problem)])
    model.begin_at(dict(enumerate(forms)))
    return list(model.found(solver).values()) if solver.solve(model.cp) in FOUND else forms


def _in_many_ways(solver: cp_model.CpSolver) -> cp_model.CpSolver:
    """Let a solver take its strategies in turn, on one thread and in the same order everywhere."""
    solver.parameters.num_workers = 8
    solver.parameters.interleave_search = True
    return solver


def _model(problem: Problem, *, may_break: bool = False) -> Model:
    everything = list(range(len(problem.items)))
    model = Model(problem, {number: everything for number in range(problem.forms)}, may_break=may_break)
    if not may_break:
        for values, goal in _goals(problem):
            model.keep_within(values, goal)
    return model


def _goals(problem: Problem) -> list[tuple[Numbers, Limits]]:
    return [
        (problem.facility, problem.facility_limits),
        (problem.information, problem.information_limits),
    ]


def best_forms(
    problem: Problem, solver: cp_model.CpSolver, forms: list[Form], bound: int
) -> tuple[Any, list[Form], int]:
    """Look for the best forms.

    Returns:
        How the search ended, the better forms, and the bound of their cost.
    """
    model = _model(problem)
    model.be_alike(_goals(problem), bound)
    model.order_forms(problem.facility)
    ordered = sorted(forms, key=lambda form: int(problem.facility[list(form)].sum()))
    model.begin_at(dict(enumerate(ordered)))
    status = solver.solve(model.cp)
    if status not in FOUND:
        return status, forms, bound
    found = list(model.found(solver).values())
    bound = max(bound, round(solver.best_objective_bound))
    return status, (found if worth(problem, found) < worth(problem, forms) else forms), bound


def obstacle(problem: Problem, solver: Solver) -> Obstacle:
    """Say why a problem has no forms: cells that stay empty, or a tolerance; and what would help."""
    model = _model(problem, may_break=True)
    empty = model.leave_few_empty()
    search = solver(HARD)
    short: list[Shortage] = []
    if search.solve(model.cp) in FOUND:
        short = told(problem, problem.forms, [search.value(each) for each in empty], EVERYTHING)
    why = "" if short else "the cells can be filled, but not so that every form is within the tolerance"
    return Obstacle(short, why, would_help(problem, solver))


def would_help(problem: Problem, solver: Solver) -> list[str]:
    """Return the demands of which each, lifted alone while all others stay, lets forms be found."""
    return [
        name
        for name, without in _LIFTED.items()
        if (lifted := without(problem)) is not None and _has_forms(lifted, solver)
    ]


def _has_forms(problem: Problem, solver: Solver) -> bool:
    return solver(LIFTED).solve(_model(problem).cp) in FOUND


def _without_groups(problem: Problem, *, enemies: bool) -> Problem | None:
    left = [tuple(each for each in groups if (each in problem.caps) == enemies) for groups in problem.groups]
    return None if left == list(problem.groups) else replace(problem, groups=left)


def _without_limit(problem: Problem, **limit: Any) -> Problem | None:
    blueprint = replace(problem.blueprint, **limit)
    if blueprint == problem.blueprint:
        return None
    uses = [max(1, uses_of(blueprint, item)[1]) for item in problem.items]
    return replace(problem, blueprint=blueprint, uses=np.array(uses, dtype=np.int64))


def _without_tolerance(problem: Problem, name: str) -> Problem | None:
    goal: Goal = getattr(problem.blueprint, name)
    if goal.tolerance is None:
        return None
    lifted: dict[str, Any] = {name: replace(goal, tolerance=None)}
    return replace(problem, blueprint=replace(problem.blueprint, **lifted))


_LIFTED: dict[str, Callable[[Problem], Problem | None]] = {
    "facility": lambda problem: _without_tolerance(problem, "facility"),
    "information": lambda problem: _without_tolerance(problem, "information"),
    "max_overlap": lambda problem: _without_limit(problem, max_overlap=None),
    "max_exposure": lambda problem: _without_limit(problem, max_exposure=None),
    "min_distance": lambda problem: _without_groups(problem, enemies=False),
    "enemies": lambda problem: _without_groups(problem, enemies=True),
}
"""Demands by name, and what makes a problem without each of them; None where it asks nothing."""
