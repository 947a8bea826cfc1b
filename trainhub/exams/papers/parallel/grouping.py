"""The first forms: items alike are one class, CP-SAT chooses how many of each class, a seeded draw which.

Every form gets the same number of each class, so forms are alike in their whole distribution and not only in
the mean. The model has one variable for a class and cell, however large the bank is.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from trainhub.exams.papers.parallel.bounding import bound
from trainhub.exams.papers.parallel.judging import Shared
from trainhub.exams.papers.parallel.modelling import distance_from
from trainhub.exams.papers.parallel.problem import Form, Limits, Numbers, Problem, narrowed

PARTS = 8
"""Into how many parts by facility the items of a cell are cut, if there are enough of them."""
SPARE, FEWEST = 6, 100
"""How many times the items that a cell needs are looked at first, and how many at least."""
EMPTY = 10**9
"""What an empty place costs: more than any distance."""


@dataclass(frozen=True)
class Group:
    """Items alike: they fit the same cells and are of about the same facility.

    Args:
        cells: that they fit.
        items: their numbers.
    """

    cells: tuple[int, ...]
    items: Sequence[int]


def working_set(problem: Problem, chance: Random) -> Problem:
    """Return the problem with no more items than are needed to do as well as the whole bank could.

    The least exposed items of each cell stay, among equals by chance; more of them as long as those that stay
    could not reach what the whole bank can.
    """
    goal, spare = bound(problem), SPARE
    alike = _by_cells(problem)
    shuffled = list(range(len(problem.items)))
    chance.shuffle(shuffled)
    rank = {item: place for place, item in enumerate(shuffled)}
    for items in alike.values():
        items.sort(key=lambda item: (problem.items[item].exposure, rank[item]))
    while True:
        chosen: list[int] = []
        for cells, items in alike.items():
            needed = sum(problem.blueprint.cells[cell].count for cell in cells) * problem.forms
            chosen += items[: max(FEWEST, spare * needed)]
        if len(chosen) == len(problem.items):
            return problem
        fewer = narrowed(problem, sorted(chosen))
        if bound(fewer) <= goal:
            return fewer
        spare *= 4


def _by_cells(problem: Problem) -> dict[tuple[int, ...], list[int]]:
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for item, cells in enumerate(problem.cells):
        alike[cells].append(item)
    return alike


def first_forms(problem: Problem, chance: Random) -> list[Form]:
    """Return forms that fill the cells and are near the targets; places may be empty and limits broken."""
    best: tuple[int, list[Group], list[dict[int, int]]] | None = None
    reuse = 1
    while True:
        uses = np.minimum(problem.uses, reuse)
        groups = _groups(problem, uses)
        cost, pattern = _pattern(problem, groups, uses)
        # Using an item once more is worth it only for a place filled, or a target that was out of reach.
        if best is None or cost < best[0] // 2:
            best = cost, groups, pattern
        if best[0] <= problem.blueprint.questions or reuse >= min(problem.forms, int(problem.uses.max())):
            return _draw(problem, best[1], best[2], chance)
        reuse = max(reuse + 1, reuse * 3 // 2)


def _groups(problem: Problem, uses: Numbers) -> list[Group]:
    found = []
    for cells, items in _by_cells(problem).items():
        order = sorted(items, key=lambda item: (problem.facility[item], item))
        filled = np.cumsum(uses[order])
        enough = int(filled[-1]) // problem.forms
        # Each part is enough for the same number of items in every form.
        step = problem.forms * max(1, -(-enough // PARTS))
        part = np.minimum((filled - 1) // step, max(0, enough * problem.forms // step - 1))
        cuts = np.flatnonzero(np.diff(part)) + 1
        found += [Group(cells, each.tolist()) for each in np.split(np.array(order, dtype=np.int64), cuts)]
    return found


def _pattern(problem: Problem, groups: Sequence[Group], uses: Numbers) -> tuple[int, list[dict[int, int]]]:
    """Return the cost of the best pattern, and by group how many of its items go to which cell of a form."""
    model = cp_model.CpModel()
    chosen: list[dict[int, Any]] = []
    filling: dict[int, list[Any]] = defaultdict(list)
    for group in groups:
        most = min(len(group.items), int(uses[group.items].sum()) // problem.forms)
        mine = {cell: model.new_int_var(0, most, "") for cell in group.cells}
        model.add(sum(mine.values()) <= most)
        for cell, variable in mine.items():
            filling[cell].append(variable)
        chosen.append(mine)
    terms = []
    for number, wanted in enumerate(problem.blueprint.cells):
        empty = model.new_int_var(0, wanted.count, "")
        model.add(sum(filling[number]) + empty == wanted.count)
        terms.append(EMPTY * empty)
    for values, goal in (
        (problem.facility, problem.facility_limits),
        (problem.information, problem.information_limits),
    ):
        terms += _distance(model, problem, values, goal, groups, chosen)
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = problem.blueprint.seed
    solver.parameters.max_deterministic_time = 1.0
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return EMPTY * EMPTY, [{} for _group in groups]
    return round(solver.objective_value), [
        {cell: solver.value(variable) for cell, variable in mine.items()} for mine in chosen
    ]


def _distance(
    model: cp_model.CpModel,
    problem: Problem,
    values: Numbers,
    goal: Limits,
    groups: Sequence[Group],
    chosen: Sequence[dict[int, Any]],
) -> list[Any]:
    if goal.target is None:
        return []
    total = sum(
        int(round(values[group.items].mean())) * variable
        for group, mine in zip(groups, chosen, strict=True)
        for variable in mine.values()
    )
    return [distance_from(model, total, goal.target, problem.blueprint.questions * int(values.max()))]


def _draw(
    problem: Problem, groups: Sequence[Group], pattern: Sequence[dict[int, int]], chance: Random
) -> list[Form]:
    """Draw the items of each form from the groups: those least used and least exposed first."""
    forms: list[Form] = [{} for _form in range(problem.forms)]
    met: list[Counter[int]] = [Counter() for _form in range(problem.forms)]
    shared = Shared(problem)
    for group, wanted in zip(groups, pattern, strict=True):
        queue = _Queue(problem, group, chance)
        places = [cell for cell, count in wanted.items() for _each in range(count)]
        for number in range(problem.forms):
            for item, cell in zip(queue.take(number, len(places), met[number], shared), places, strict=False):
                forms[number][item] = cell
    return forms


class _Queue:
    """The items of a group, those least used in front, then those least exposed, then by chance."""

    def __init__(self, problem: Problem, group: Group, chance: Random) -> None:
        self._problem, self._chance = problem, chance
        self._heap = [(0, problem.items[item].exposure, chance.random(), item) for item in group.items]
        heapq.heapify(self._heap)

    def take(self, number: int, count: int, met: Counter[int], shared: Shared) -> list[int]:
        """Take items for a form: none whose enemies it holds, none that it would share with too many."""
        passed: list[tuple[int, float, float, int]] = []
        found: list[int] = []
        while self._heap and len(found) < count:
            uses, exposure, order, item = heapq.heappop(self._heap)
            groups = self._problem.groups[item]
            if all(met[each] < self._problem.cap(each) for each in groups) and shared.admits(number, item):
                found.append(item)
                met.update(groups)
                shared.add(number, [item])
                # Used once, an item comes back at a place of its own, or forms would share whole rows.
                uses, exposure, order = uses + 1, 0, self._chance.random()
            passed.append((uses, exposure, order, item))
        for each in passed:
            if each[0] < self._problem.uses[each[-1]]:
                heapq.heappush(self._heap, each)
        return found
