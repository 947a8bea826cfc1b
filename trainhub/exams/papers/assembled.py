"""What came of an assembly in figures, which name no item: kept with it and shown on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select

from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.papers.blueprints import Cell
from trainhub.exams.papers.demands import Demands
from trainhub.exams.papers.listing import PAPER_DUTIES
from trainhub.exams.papers.models import Assembly, Blueprint
from trainhub.exams.papers.preparing import Prepared, held_in_words, shortages_of
from trainhub.governance.duties import duties_of
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

if TYPE_CHECKING:
    from trainhub.exams.papers.parallel import Outcome, Problem

ALONE = "the bank has too few items for the cell"
REASONS = {
    ALONE: _l("The bank has too few items for this cell. Write and approve more of them, or ask for fewer."),
    "other cells need the same items": _l(
        "Other cells need the same items. New items of this cell help, or a wider one that asks for fewer."
    ),
    "enemies must not meet in one form": _l(
        "Items that must not meet stand in each other's way. Judge the pairs that are not judged yet, or "
        "write items that say something else."
    ),
    "forms would hold too much of the last papers": _l(
        "Too much of what is left stood in the last papers. Allow more in common with them, look back less "
        "far, or write new items."
    ),
    "items cannot be used in so many forms": _l(
        "The items are enough for one form and not for so many. Ask for fewer forms, allow more uses, or "
        "write new items."
    ),
    "forms would share more items than they may": _l(
        "The forms would share more than they may. Ask for fewer forms, or let them share more."
    ),
    "all demands together": _l(
        "Each demand can be met by itself, not all at once. Loosen one of them, or write new items."
    ),
}
"""What each reason of the solver means, and what would help."""
LIMITED = _l(
    "Enough items fit this cell, but the limits named here keep them from being set. Loosen a limit, or "
    "write and approve more."
)
"""What is said of a cell that is too small only because of what may not be set now."""
KEPT_OUT = {
    "max_exposure": _l("set in as many papers as they may"),
    "min_distance": _l("held by one of the last papers"),
    "flagged": _l("waiting for a reviewer's look"),
}
HELPS = {
    "facility": _l("the tolerance of the difficulty"),
    "information": _l("the tolerance of the information"),
    "max_overlap": _l("the limit of what two forms share"),
    "max_exposure": _l("the limit of how often an item is set"),
    "min_distance": _l("the distance from the last papers"),
    "enemies": _l("items that must not meet"),
}
"""Demands of which each, lifted alone, lets forms be found."""
NUMBERS = ("needed", "available")
UNIT = 10_000
"""What the solver counts in: ten-thousandths of one question."""
STATUS = {
    "optimal": (_l("proven best"), "good"),
    "feasible": (_l("good, not proven best"), "info"),
    "infeasible": (_l("the bank is not enough"), "bad"),
    "unknown": (_l("nothing found in time"), "warn"),
}


def result_of(prepared: Prepared, problem: Problem, outcome: Outcome) -> dict[str, Any]:
    """Return the figures of an outcome."""
    known = {item.id: item for item in problem.items}
    ids = {each.code: each.item_id for each in prepared.candidates}
    held = [frozenset(form) for form in outcome.forms]
    fitting = [0] * len(prepared.cells)
    for cells in problem.cells:
        for cell in cells:
            fitting[cell] += 1
    return {
        "objective": outcome.cost,
        "bound": outcome.bound,
        "gap": None if outcome.gap is None else round(outcome.gap, 6),
        "seconds": round(outcome.seconds, 2),
        "because": outcome.because,
        "helps": list(outcome.helps),
        "forms": [_form(prepared, [known[code] for code in form], ids) for form in outcome.forms],
        "cells": [
            {"fitting": count, "filled": [list(cells).count(number) for cells in outcome.cells]}
            for number, count in enumerate(fitting)
        ],
        "common": [
            [one + 1, two + 1, len(held[one] & held[two])] for one, two in combinations(range(len(held)), 2)
        ],
        "bank": {
            "items": len(problem.items),
            "measured": sum(each.measured for each in prepared.candidates),
            "estimated": sum(not each.measured and each.facility is not None for each in prepared.candidates),
            "unknown": sum(each.facility is None for each in prepared.candidates),
            "pairs": len(prepared.enemies),
        },
        "short": [
            {
                "cell": number,
                "needed": each.needed,
                "available": each.available,
                "reason": each.reason,
                "kept_out": dict(each.kept_out or {}),
                "held_by": dict(each.held_by),
            }
            for number, each in zip(
                (short.cell for short in outcome.short),
                shortages_of(prepared, problem, outcome),
                strict=True,
            )
        ],
    }


def _form(prepared: Prepared, items: Sequence[Any], ids: dict[str, int]) -> dict[str, Any]:
    target = prepared.demands.facility
    stated = [target if each.facility is None else each.facility for each in items]
    rated = [each for each in stated if each is not None]
    mine = {ids[each.id] for each in items}
    return {
        "facility": round(sum(rated) / len(rated), 4) if rated else None,
        "rated": sum(each.facility is not None for each in items),
        "information": round(sum(each.information for each in items), 4),
        "before": [
            [before.code, None if before.item_ids is None else len(mine & before.item_ids)]
            for before in prepared.before
        ],
    }


def get_assembly(code: str, *, by: Person) -> Assembly:
    """Return an assembly of an organisation on whose papers a person works; an auditor looks at all.

    Raises:
        NotFound: there is none.
    """
    found: Assembly | None = db.session.scalar(assemblies_for(by).where(Assembly.code == code))
    if found is None:
        raise NotFound(_l("There is no such assembly of yours."))
    return found


def assemblies_by(blueprint: Blueprint, *, by: Person, most: int = 10) -> list[Assembly]:
    """Return the last assemblies by a blueprint."""
    statement = assemblies_for(by).where(Assembly.blueprint_id == blueprint.id)
    return list(db.session.scalars(statement.order_by(Assembly.id.desc()).limit(most)))


def assemblies_for(by: Person) -> Select[Any]:
    """Return the query of the assemblies that a person may see; what they show names no item."""
    if Duty.AUDIT in duties_of(by):
        return select(Assembly)
    return select(Assembly).where(Assembly.organisation_id.in_(organisations_of(by, *PAPER_DUTIES)))


@dataclass(frozen=True)
class CellShown:
    """A cell on the page of an assembly: how many items fit, how it was filled, what is short and why."""

    cell: Cell
    fitting: int
    filled: tuple[int, ...]
    short: int = 0
    why: str = ""
    kept_out: tuple[str, ...] = ()


def last_assemblies(by: Person, most: int = 50) -> list[Assembly]:
    """Return the last assemblies that a person may see, the newest first."""
    return list(db.session.scalars(assemblies_for(by).order_by(Assembly.id.desc()).limit(most)))


def cells_shown(assembly: Assembly) -> list[CellShown]:
    """Return the cells of an assembly with what came of them."""
    short = {each["cell"]: each for each in assembly.result["short"]}
    return [
        CellShown(
            Cell(**cell), found["fitting"], tuple(found["filled"]), *_short(short.get(number), cell["count"])
        )
        for number, (cell, found) in enumerate(zip(assembly.cells, assembly.result["cells"], strict=True))
    ]


def _short(said: dict[str, Any] | None, asked: int) -> tuple[int, str, tuple[str, ...]]:
    if said is None:
        return 0, "", ()
    kept_out = tuple(
        _("%(count)s fit and are %(why)s", count=count, why=KEPT_OUT[name])
        for name, count in said["kept_out"].items()
        if name in KEPT_OUT
    )
    if held_by := said.get("held_by"):
        kept_out = (*kept_out, held_in_words(held_by))
    return said["needed"] - said["available"], f"{_numbers(said, asked)} {_reason(said)}", kept_out


def _numbers(said: dict[str, Any], asked: int) -> str:
    """Say how much is needed and there: items of one form, or places of all, as the reason speaks of."""
    numbers = {each: said[each] for each in NUMBERS}
    if said["needed"] == asked:
        return _("%(needed)s needed, %(available)s at hand.", **numbers)
    return _(
        "All forms together have %(needed)s places for it; %(available)s of them can be filled.", **numbers
    )


def _reason(said: dict[str, Any]) -> str:
    enough = said["available"] + sum(said["kept_out"].values()) >= said["needed"]
    return str(LIMITED if said["reason"] == ALONE and enough else REASONS[said["reason"]])


def helps_shown(assembly: Assembly) -> list[str]:
    """Return which demands, each lifted alone, let forms be found; assemblies of before do not tell."""
    return [str(HELPS[each]) for each in assembly.result.get("helps", []) if each in HELPS]


def away_shown(assembly: Assembly) -> tuple[str, str]:
    """Return how far the worst form is from what is asked, and how near is proven, in questions."""
    found = assembly.result
    return f"{found['objective'] / UNIT:.4f}", f"{found['bound'] / UNIT:.4f}"


def demands_shown(assembly: Assembly) -> Demands:
    """Return what an assembly was asked for."""
    return Demands(**assembly.demands)
