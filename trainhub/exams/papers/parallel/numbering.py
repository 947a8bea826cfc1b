"""From a blueprint and items to a problem in whole numbers: what may be set, where, and how often."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from trainhub.exams.papers.parallel.problem import UNIT, Blueprint, Cell, Item, Numbers, Problem


def fits(item: Item, cell: Cell) -> bool:
    """Tell whether an item is of the type, knowledge point and level of a cell."""
    return (
        cell.type in (None, item.type)
        and cell.knowledge_point in (None, item.knowledge_point)
        and cell.level in (None, item.level)
    )


def problem_of(
    blueprint: Blueprint,
    items: Iterable[Item],
    cells_of: Mapping[str, Sequence[int]] | None = None,
    caps: Mapping[str, int] | None = None,
) -> Problem:
    """Number what may be set.

    Args:
        blueprint: what forms are assembled by.
        items: of the bank.
        cells_of: by id of an item the cells it fits, where more than equal names decides.
        caps: by name of a group how many of its items a form may hold; of any other it is one.
    """
    known = list(items)
    places = _by_kind(blueprint, known)
    if cells_of is not None:
        places = [_cells(blueprint, item, cells_of) for item in known]
    warnings = list(blueprint.warnings)
    places = _of_marks(blueprint, known, places, warnings)
    kept_out: dict[int, Counter[str]] = {number: Counter() for number in range(len(blueprint.cells))}
    chosen, fitting, uses = _usable(blueprint, known, places, kept_out)
    unknown = sum(item.facility is None for item in chosen)
    if unknown:
        warnings.append(f"{unknown} items have no facility and count as the target")
    assumed = _assumed(blueprint, chosen)
    names: dict[str, int] = {}
    groups = [tuple(sorted({names.setdefault(name, len(names)) for name in item.enemies})) for item in chosen]
    return Problem(
        blueprint,
        chosen,
        fitting,
        _units(assumed if item.facility is None else item.facility for item in chosen),
        _units(item.information for item in chosen),
        np.array(uses, dtype=np.int64),
        groups,
        {names[name]: most for name, most in (caps or {}).items() if name in names},
        kept_out,
        warnings,
    )


def _usable(
    blueprint: Blueprint,
    known: Sequence[Item],
    places: Sequence[tuple[int, ...]],
    kept_out: Mapping[int, Counter[str]],
) -> tuple[list[Item], list[tuple[int, ...]], list[int]]:
    """Return items that may be set, their cells, and how often; count why the others may not."""
    chosen, fitting, uses = [], [], []
    for item, cells in zip(known, places, strict=True):
        if not cells:
            continue
        reason, most = uses_of(blueprint, item)
        for cell in cells:
            kept_out[cell][reason] += bool(reason)
        if not reason:
            chosen.append(item)
            fitting.append(cells)
            uses.append(most)
    return chosen, fitting, uses


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
    exact: set[int] = set()
    other: set[int] = set()
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


def uses_of(blueprint: Blueprint, item: Item) -> tuple[str, int]:
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
