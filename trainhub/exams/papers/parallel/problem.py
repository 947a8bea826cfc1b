"""What is to be assembled: cells, items and limits, in whole numbers as the solver counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


def fits(item: Item, cell: Cell) -> bool:
    """Tell whether an item is of the type, knowledge point and level of a cell."""
    return (
        cell.type in (None, item.type)
        and cell.knowledge_point in (None, item.knowledge_point)
        and cell.level in (None, item.level)
    )


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
        groups: numbers of the groups of enemies of each item.
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
    kept_out: Mapping[int, Counter[str]] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    @property
    def forms(self) -> int:
        """How many forms are wanted."""
        return self.blueprint.forms

    @property
    def facility_limits(self) -> Limits:
        """What the facilities of a form should sum up to."""
        return limits(self.blueprint.facility, UNIT * self.blueprint.questions)

    @property
    def information_limits(self) -> Limits:
        """What the information of a form should sum up to."""
        return limits(self.blueprint.information, UNIT)


def problem_of(
    blueprint: Blueprint, items: Iterable[Item], cells_of: Mapping[str, Sequence[int]] | None = None
) -> Problem:
    """Number what may be set.

    Args:
        blueprint: what forms are assembled by.
        items: of the bank.
        cells_of: by id of an item the cells it fits, where more than equal names decides.
    """
    known = list(items)
    places = [_cells(blueprint, item, cells_of) for item in known] if cells_of else _by_kind(blueprint, known)
    warnings = []
    places = _of_marks(blueprint, known, places, warnings)
    kept_out: dict[int, Counter[str]] = {number: Counter() for number in range(len(blueprint.cells))}
    chosen, fitting, uses = [], [], []
    for item, cells in zip(known, places, strict=True):
        if not cells:
            continue
        reason, most = _uses(blueprint, item)
        for cell in cells:
            kept_out[cell][reason] += bool(reason)
        if not reason:
            chosen.append(item)
            fitting.append(cells)
            uses.append(most)
    unknown = sum(item.facility is None for item in chosen)
    if unknown:
        warnings.append(f"{unknown} items have no facility and count as the target")
    assumed = _assumed(blueprint, chosen)
    names: dict[str, int] = {}
    return Problem(
        blueprint,
        chosen,
        fitting,
        _units(assumed if item.facility is None else item.facility for item in chosen),
        _units(item.information for item in chosen),
        np.array(uses, dtype=np.int64),
        [tuple(sorted({names.setdefault(name, len(names)) for name in item.enemies})) for item in chosen],
        kept_out,
        warnings,
    )


def _units(values: Iterable[float]) -> Numbers:
    return np.array([round(value * UNIT) for value in values], dtype=np.int64)


def _assumed(blueprint: Blueprint, items: Sequence[Item]) -> float:
    if blueprint.facility.target is not None:
        return blueprint.facility.target
    known = [item.facility for item in items if item.facility is not None]
    return sum(known) / len(known) if known else 0.5


def _cells(blueprint: Blueprint, item: Item, cells_of: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    return tuple(each for each in cells_of.get(item.id, ()) if blueprint.cells[each].count)


def _by_kind(blueprint: Blueprint, items: Sequence[Item]) -> list[tuple[int, ...]]:
    known: dict[tuple[str, str, str], tuple[int, ...]] = {}
    found = []
    for item in items:
        kind = (item.type, item.knowledge_point, item.level)
        if kind not in known:
            known[kind] = tuple(
                number for number, cell in enumerate(blueprint.cells) if cell.count and fits(item, cell)
            )
        found.append(known[kind])
    return found


def _of_marks(
    blueprint: Blueprint, items: Sequence[Item], places: list[tuple[int, ...]], warnings: list[str]
) -> list[tuple[int, ...]]:
    """Leave in a cell the items worth its marks, if any item of it is; else the blueprint gives the marks."""
    worth = [cell.marks for cell in blueprint.cells]
    if all(marks is None for marks in worth) or all(item.marks is None for item in items):
        return places
    exact, other = set(), set()
    for item, cells in zip(items, places, strict=True):
        for cell in cells:
            if item.marks is not None and worth[cell] is not None:
                (exact if item.marks == worth[cell] else other).add(cell)
    for cell in sorted(other - exact):
        warnings.append(f"cells[{cell}]: no item is worth {worth[cell]:g}; the blueprint gives the marks")
    return [
        tuple(cell for cell in cells if cell not in exact or item.marks in (None, worth[cell]))
        for item, cells in zip(items, places, strict=True)
    ]


def _uses(blueprint: Blueprint, item: Item) -> tuple[str, int]:
    """Return why an item may not be set at all, or in how many forms it may be."""
    if blueprint.min_distance and item.papers_ago is not None and item.papers_ago <= blueprint.min_distance:
        return "min_distance", 0
    most = blueprint.forms
    if blueprint.most_common == 0:
        most = 1
    if blueprint.max_exposure is not None and 0 < blueprint.max_exposure < 1:
        most = min(most, max(1, math.floor(blueprint.max_exposure * blueprint.forms + 1e-9)))
        return ("max_exposure", 0) if item.exposure > blueprint.max_exposure else ("", most)
    if blueprint.max_exposure is not None:
        most = min(most, math.floor(blueprint.max_exposure - item.exposure + 1e-9))
    return ("", most) if most > 0 else ("max_exposure", 0)


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
