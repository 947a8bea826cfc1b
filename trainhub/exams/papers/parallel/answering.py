"""What was assembled in the form of exchange, as ``papers assemble --json`` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trainhub.exams.papers.parallel.numbering import problem_of
from trainhub.exams.papers.parallel.problem import Blueprint, Cell, Item, Problem
from trainhub.exams.papers.parallel.shortage import Shortage
from trainhub.exams.papers.parallel.solving import Outcome, Progress, solve


def answer(
    blueprint: Blueprint,
    items: Iterable[Item],
    progress: Progress | None = None,
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """Assemble the forms of a blueprint and return the answer, after what the reader should know of files.

    A search that the clock ended without forms answers ``infeasible`` as well: the answer has no other word
    where there are no forms. That there are none is then not ``proven``, and ``error`` says so.
    """
    problem = problem_of(blueprint, items)
    outcome = solve(problem, progress)
    known = {item.id: item for item in problem.items}
    is_open = outcome.status == "unknown"
    found: dict[str, Any] = {
        "status": "infeasible" if is_open else outcome.status,
        "proven": not is_open and outcome.status != "feasible",
        "forms": [
            _form(problem, form, cells, known)
            for form, cells in zip(outcome.forms, outcome.cells, strict=True)
        ],
        "objective": outcome.cost,
        "bound": outcome.bound,
        "gap": None if outcome.gap is None else round(outcome.gap, 6),
        "short": [_short(problem, each) for each in outcome.short],
        "max_common": _max_common(outcome),
        "warnings": [*warnings, *problem.warnings],
        "seconds": round(outcome.seconds, 3),
    }
    if not outcome.forms:
        why = outcome.because or "; ".join(_sentence(problem, each) for each in outcome.short)
        found["error"] = why + helps_in_words(outcome.helps)
        found["helps"] = list(outcome.helps)
    return found


def helps_in_words(helps: Sequence[str]) -> str:
    """Say which demands, each lifted alone, let forms be found."""
    if not helps:
        return ""
    return f"; with all else as it is, forms are found without any one of: {', '.join(helps)}"


def _form(
    problem: Problem, form: Iterable[str], cells: Iterable[int], known: dict[str, Item]
) -> dict[str, Any]:
    items = [known[each] for each in form]
    assumed = problem.blueprint.facility.target
    facilities = [item.facility if item.facility is not None else assumed for item in items]
    stated = [each for each in facilities if each is not None]
    return {
        "items": [item.id for item in items],
        "cells": list(cells),
        "facility": round(sum(stated) / len(stated), 6) if stated else None,
        "information": round(sum(item.information for item in items), 6),
    }


def _short(problem: Problem, short: Shortage) -> dict[str, Any]:
    cell = problem.blueprint.cells[short.cell]
    return {
        "cell": {
            "type": cell.type,
            "knowledge_point": cell.knowledge_point,
            "level": cell.level,
            "count": cell.count,
            "marks": cell.marks,
        },
        "index": short.cell,
        "needed": short.needed,
        "available": short.available,
        "reason": short.reason,
        "kept_out": {name: count for name, count in problem.kept_out[short.cell].items() if name and count},
    }


def _sentence(problem: Problem, short: Shortage) -> str:
    return (
        f"cells[{short.cell}] ({name_of(problem.blueprint.cells[short.cell])}): {short.needed} needed, "
        f"{short.available} available, {short.needed - short.available} short: {short.reason}"
        f"{kept_out_in_words(problem.kept_out[short.cell])}"
    )


def kept_out_in_words(kept_out: Mapping[str, int]) -> str:
    """Say how many items fit a cell and may not be set."""
    told = [f"{count} more fit, kept out by {name}" for name, count in kept_out.items() if name and count]
    return f" ({', '.join(told)})" if told else ""


def name_of(cell: Cell) -> str:
    """Return a cell in words."""
    return " · ".join(each or "any" for each in (cell.type, cell.knowledge_point, cell.level))


def _max_common(outcome: Outcome) -> int:
    forms = [frozenset(form) for form in outcome.forms]
    return max((len(one & other) for n, one in enumerate(forms) for other in forms[:n]), default=0)
