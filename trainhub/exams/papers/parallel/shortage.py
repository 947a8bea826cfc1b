"""Which cell is short by how many, by the simplest demand that the bank cannot meet.

Demands are added one by one: each cell alone, cells that share items, enemies, what the last papers hold,
several forms at once, little overlap between them. The first at which places stay empty is told. Items that
are alike are counted together: totals over all forms decide, because what is enough in total can be dealt out
to the forms (a flow of whole numbers), save for the overlap, of which the totals say the least there is on
average.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from trainhub.exams.papers.parallel.problem import Problem

ALONE = "the bank has too few items for the cell"
SHARED = "other cells need the same items"
ENEMIES = "enemies must not meet in one form"
DISTANCE = "forms would hold too much of the last papers"
FORMS = "items cannot be used in so many forms"
OVERLAP = "forms would share more items than they may"
EVERYTHING = "all demands together"

_ALL_STEPS = 500
"""Groups of alike items up to which the overlap is counted at every number of uses."""


@dataclass(frozen=True)
class Shortage:
    """A cell that cannot be filled (缺题).

    Args:
        cell: number of the cell.
        needed: places of the cell in as many forms as the reason speaks of.
        available: how many of them can be filled.
        reason: the simplest demand that leaves places empty.
    """

    cell: int
    needed: int
    available: int
    reason: str


def shortages(problem: Problem) -> list[Shortage]:
    """Return the cells that are short; empty if totals show no shortage."""
    everything = {"enemies": True, "distance": True}
    if not any(_totals(problem, problem.forms, **everything, overlap=True)):
        return []
    alone = _alone(problem)
    if alone:
        return alone
    ladder: Sequence[tuple[str, int, Mapping[str, bool]]] = (
        (SHARED, 1, {}),
        (ENEMIES, 1, {"enemies": True}),
        (DISTANCE, 1, everything),
        (FORMS, problem.forms, everything),
        (OVERLAP, problem.forms, everything | {"overlap": True}),
    )
    for reason, forms, demands in ladder:
        empty = _totals(problem, forms, **demands)
        if any(empty):
            return told(problem, forms, empty, reason)
    return []


def told(problem: Problem, forms: int, empty: Sequence[int], reason: str) -> list[Shortage]:
    """Return the cells with empty places as shortages."""
    return [
        Shortage(number, forms * cell.count, forms * cell.count - missing, reason)
        for number, (cell, missing) in enumerate(zip(problem.blueprint.cells, empty, strict=True))
        if missing
    ]


def _alone(problem: Problem) -> list[Shortage]:
    fitting = Counter(cell for cells in problem.cells for cell in cells)
    return [
        Shortage(number, cell.count, fitting[number], ALONE)
        for number, cell in enumerate(problem.blueprint.cells)
        if fitting[number] < cell.count
    ]


def weights(problem: Problem) -> list[int]:
    """Return what an empty place of each cell costs: one more is worse than any, a narrow cell's worse.

    Of equally wide cells it is worse in the one that asks for less, which is not the one that is short.
    """
    fitting = Counter(cell for cells in problem.cells for cell in cells)
    asked = [cell.count for cell in problem.blueprint.cells]
    count = len(asked)
    order = sorted(range(count), key=lambda each: (-fitting[each], -asked[each]))
    rank = {cell: place for place, cell in enumerate(order)}
    base = 1 + count * problem.forms * problem.blueprint.questions
    return [base + rank[cell] for cell in range(count)]


Kind = tuple[tuple[int, ...], int, tuple[int, ...]]
"""Items alike: the cells they fit, in how many forms each may be, their groups of enemies."""


def _kinds(problem: Problem, forms: int, *, enemies: bool, distance: bool) -> Counter[Kind]:
    """Count items alike; groups that do not count now make no difference."""

    def counted(groups: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(each for each in groups if (distance if each in problem.caps else enemies))

    return Counter(
        (cells, min(forms, int(most)), counted(groups))
        for cells, most, groups in zip(problem.cells, problem.uses, problem.groups, strict=True)
    )


def _totals(
    problem: Problem, forms: int, *, enemies: bool = False, distance: bool = False, overlap: bool = False
) -> list[int]:
    """Return by cell how many places stay empty at least, in so many forms together."""
    kinds = _kinds(problem, forms, enemies=enemies, distance=distance)
    model = cp_model.CpModel()
    filling: list[list[Any]] = [[] for _cell in problem.blueprint.cells]
    by_group: dict[int, list[Any]] = {}
    used: list[tuple[Any, int, int]] = []
    for (cells, most, groups), count in kinds.items():
        mine = [model.new_int_var(0, count * most, "") for _cell in cells]
        for cell, variable in zip(cells, mine, strict=True):
            filling[cell].append(variable)
        model.add(sum(mine) <= count * most)
        used.append((sum(mine), count, most))
        for group in groups:
            by_group.setdefault(group, []).extend(mine)
    for group, members in by_group.items():
        model.add(sum(members) <= forms * problem.cap(group))
    empty = []
    for wanted, mine in zip(problem.blueprint.cells, filling, strict=True):
        empty.append(model.new_int_var(0, forms * wanted.count, ""))
        model.add(sum(mine) + empty[-1] == forms * wanted.count)
    if overlap and problem.blueprint.most_common is not None:
        _little_overlap(model, used, problem.blueprint.most_common * forms * (forms - 1) // 2)
    model.minimize(sum(cost * each for cost, each in zip(weights(problem), empty, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = problem.blueprint.seed
    solver.parameters.max_deterministic_time = 20
    if solver.solve(model) != cp_model.OPTIMAL:
        return [0] * len(empty)
    return [solver.value(each) for each in empty]


def _little_overlap(model: cp_model.CpModel, used: Sequence[tuple[Any, int, int]], most: int) -> None:
    """Bind the pairs of forms that share an item, summed over all items, to what all pairs may share."""
    shared = []
    for total, count, uses in used:
        steps = range(1, uses) if len(used) <= _ALL_STEPS else [each for each in (1, 2, 4, 8) if each < uses]
        if not steps:
            continue
        pairs = model.new_int_var(0, count * uses * (uses - 1) // 2, "")
        for step in steps:
            # Items used evenly, `step` times or once more, make the fewest pairs; others make more.
            model.add(pairs >= step * total - count * step * (step + 1) // 2)
        shared.append(pairs)
    if shared:
        model.add(sum(shared) <= most)
