"""What is to be assembled: cells, items and limits, in whole numbers as the solver counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

UNIT = 10_000
"""Facility and information are counted in 1/10,000, so that sums are exact."""

Numbers = NDArray[np.int64]
Form = dict[int, int]
"""A form while it is made: number of the item, and of the cell that it fills."""


@dataclass(frozen=True)
class Cell:
    """A cell of a blueprint (双向细目表的一格); what is None may be anything.

    Args:
        type: of the questions.
        knowledge_point: which they are about.
        level: cognitive level.
        count: how many questions.
        marks: for each of them.
    """

    type: str | None
    knowledge_point: str | None
    level: str | None
    count: int
    marks: float | None = None


@dataclass(frozen=True)
class Goal:
    """What a form should reach: a target, and how far from it a form may be; None: anything.

    Args:
        target: mean of a form (facility) or its sum (information).
        tolerance: the largest distance from the target; None: as small as can be.
    """

    target: float | None = None
    tolerance: float | None = None


@dataclass(frozen=True)
class Blueprint:
    """What forms are assembled by.

    Args:
        cells: counts by type, knowledge point and level.
        facility: the mean facility of a form.
        information: the information of a form.
        forms: how many.
        max_overlap: most items that two forms share, below one as a share of the questions; None: no limit.
        max_exposure: most uses of an item, those of these forms among them; below one: a share.
        min_distance: an item of the last so many papers is not set again.
        seed: of what is chosen by chance; the same gives the same forms.
        time_limit_s: seconds to search at most.
        gap: relative distance from the proven bound at which the search may stop.
        warnings: what of its file was not read.
    """

    cells: Sequence[Cell]
    facility: Goal = Goal()
    information: Goal = Goal()
    forms: int = 1
    max_overlap: float | None = None
    max_exposure: float | None = None
    min_distance: int = 0
    seed: int = 1
    time_limit_s: float = 60.0
    gap: float = 0.0
    warnings: Sequence[str] = ()

    @property
    def questions(self) -> int:
        """The number of questions of a form."""
        return sum(cell.count for cell in self.cells)

    @property
    def most_common(self) -> int | None:
        """The most items that two forms may share."""
        if self.max_overlap is None:
            return None
        share = self.max_overlap * self.questions if self.max_overlap < 1 else self.max_overlap
        return math.floor(share + 1e-9)


@dataclass(frozen=True)
class Item:
    """An item as the solver sees it.

    Args:
        id: of the item.
        type: of question.
        knowledge_point: which it is about.
        level: cognitive level.
        facility: share of right answers; None: unknown, taken to be the target.
        discrimination: how well it tells strong from weak candidates; None: unknown, adds no information.
        marks: that it is worth; None: whatever the blueprint gives.
        exposure: how often it has been used, or by which share of candidates it was seen.
        enemies: names of groups of which a form holds one item at most.
        papers_ago: how many papers ago it was last used; None: never.
    """

    id: str
    type: str = ""
    knowledge_point: str = ""
    level: str = ""
    facility: float | None = None
    discrimination: float | None = None
    marks: float | None = None
    exposure: float = 0
    enemies: tuple[str, ...] = ()
    papers_ago: int | None = None

    @property
    def information(self) -> float:
        """Fisher information where half of its odds are even: discrimination² · facility · (1 - facility)."""
        if self.facility is None or self.discrimination is None or self.discrimination <= 0:
            return 0.0
        return self.discrimination**2 * self.facility * (1 - self.facility)


@dataclass(frozen=True)
class Limits:
    """Lowest and highest sum of a form, and the sum aimed at; None: anything."""

    target: int | None
    low: int | None
    high: int | None


def limits(goal: Goal, scale: float) -> Limits:
    """Return a goal in whole units."""
    if goal.target is None:
        return Limits(None, None, None)
    target = round(goal.target * scale)
    if goal.tolerance is None:
        return Limits(target, None, None)
    low = math.ceil((goal.target - goal.tolerance) * scale - 1e-6)
    high = math.floor((goal.target + goal.tolerance) * scale + 1e-6)
    return Limits(target, low, high)


@dataclass(frozen=True)
class Problem:
    """A blueprint and the items that may be set, numbered and in whole units.

    Args:
        blueprint: what forms are assembled by.
        items: those that may be set and fit a cell.
        cells: numbers of the cells that each item fits.
        facility: of each item, in units.
        information: of each item, in units.
        uses: how many of the forms may hold each item.
        groups: numbers of the groups of each item: enemies, or what one of the last papers holds.
        caps: how many items of a group a form may hold, where it is no group of enemies, who are alone.
        kept_out: by cell, how many items fit but may not be set, by reason.
        warnings: what the reader should know.
    """

    blueprint: Blueprint
    items: Sequence[Item]
    cells: Sequence[tuple[int, ...]]
    facility: Numbers
    information: Numbers
    uses: Numbers
    groups: Sequence[tuple[int, ...]]
    caps: Mapping[int, int] = field(default_factory=dict)
    kept_out: Mapping[int, Counter[str]] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    @property
    def forms(self) -> int:
        """How many forms are wanted."""
        return self.blueprint.forms

    def cap(self, group: int) -> int:
        """How many items of a group a form may hold."""
        return self.caps.get(group, 1)

    @property
    def facility_limits(self) -> Limits:
        """What the facilities of a form should sum up to."""
        return limits(self.blueprint.facility, UNIT * self.blueprint.questions)

    @property
    def information_limits(self) -> Limits:
        """What the information of a form should sum up to."""
        return limits(self.blueprint.information, UNIT)


def narrowed(problem: Problem, chosen: Sequence[int]) -> Problem:
    """Return the problem with some of its items only."""
    places = np.array(chosen, dtype=np.int64)
    return replace(
        problem,
        items=[problem.items[each] for each in chosen],
        cells=[problem.cells[each] for each in chosen],
        facility=problem.facility[places],
        information=problem.information[places],
        uses=problem.uses[places],
        groups=[problem.groups[each] for each in chosen],
    )
