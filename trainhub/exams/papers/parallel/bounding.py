"""How good any forms of the whole bank can be: each cell filled by the easiest or hardest items it has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainhub.exams.papers.parallel.problem import Limits, Numbers, Problem


@dataclass(frozen=True)
class Reach:
    """Between what the mean sum of the forms lies, whatever is chosen; in units."""

    low: int
    high: int

    def misses(self, goal: Limits) -> bool:
        """Tell whether not every form can be within the tolerance."""
        return (goal.low is not None and self.high < goal.low) or (
            goal.high is not None and self.low > goal.high
        )

    def distance(self, goal: Limits) -> int:
        """Return how far from the target some form is at least."""
        return 0 if goal.target is None else max(0, self.low - goal.target, goal.target - self.high)


def reach(problem: Problem, values: Numbers) -> Reach:
    """Return the reach of a value of the items.

    The full-bank relaxation: an item may be in as many forms as its uses allow, and serve every cell it fits;
    enemies may meet and forms may share. What even so cannot be, cannot be.
    """
    by_cell: list[list[int]] = [[] for _cell in problem.blueprint.cells]
    for item, cells in enumerate(problem.cells):
        for cell in cells:
            by_cell[cell].append(item)
    low = high = 0
    for wanted, items in zip(problem.blueprint.cells, by_cell, strict=True):
        mine = np.array(items, dtype=np.int64)
        order = mine[np.argsort(values[mine], kind="stable")]
        places = problem.forms * wanted.count
        low += _taken(values, problem.uses, order, places)
        high += _taken(values, problem.uses, order[::-1], places)
    # Of whole sums with this mean one is at most the mean rounded down, one at least the mean rounded up.
    return Reach(-(-low // problem.forms), high // problem.forms)


def _taken(values: Numbers, uses: Numbers, order: Numbers, places: int) -> int:
    filled = np.cumsum(uses[order])
    taken = np.clip(places - (filled - uses[order]), 0, uses[order])
    return int((taken * values[order]).sum())


def bound(problem: Problem) -> int:
    """Return the least cost that any forms of the whole bank have, in units."""
    facility = reach(problem, problem.facility).distance(problem.facility_limits)
    return facility + reach(problem, problem.information).distance(problem.information_limits)
