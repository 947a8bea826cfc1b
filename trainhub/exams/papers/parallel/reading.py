"""A blueprint as it stands in a file; what is wrong is told with its place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from trainhub.exams.papers.parallel.problem import Blueprint, Cell, Goal

MOST_QUESTIONS, MOST_FORMS = 2_000, 1_000
NAMES = ("type", "knowledge_point", "level")
MOST_INFORMATION, MOST = 1e6, 1e9
"""Beyond these a target, or any figure, is a slip of the pen, and sums would leave the solver's numbers."""
LONGEST_SHOWN = 40
KNOWN = {
    "": (
        *("cells", "facility", "information", "max_overlap", "max_exposure", "min_distance", "forms"),
        *("seed", "time_limit_s", "gap"),
    ),
    "cell": (*NAMES, "count", "marks"),
    "goal": ("target", "tolerance"),
}
"""What is read of a blueprint, of a cell and of a goal; anything else may be misspelt: a warning."""


class BadFile(ValueError):
    """The file is no blueprint, or no list of items; the text says what is wrong and where."""


def shown(value: object) -> str:
    """Return what somebody wrote, short enough to be read in a sentence."""
    told = repr(value)
    return told if len(told) <= LONGEST_SHOWN else f"{told[:LONGEST_SHOWN]}…"


def read_blueprint(written: Any, forms: int | None = None) -> Blueprint:
    """Return the blueprint that a JSON object describes.

    Args:
        written: the object.
        forms: how many, whatever the object says.

    Raises:
        BadFile: something is missing or has another form; the text says where.
    """
    if not isinstance(written, dict):
        raise BadFile("a blueprint is a JSON object with cells")
    cells = written.get("cells")
    if not isinstance(cells, list) or not cells:
        raise BadFile("cells: a blueprint has a list of at least one cell")
    read = [_cell(each, f"cells[{number}]") for number, each in enumerate(cells)]
    questions = sum(cell.count for cell in read)
    if not 1 <= questions <= MOST_QUESTIONS:
        raise BadFile(f"cells: a form has 1 to {MOST_QUESTIONS} questions, not {questions}")
    number_of_forms = _whole(written, "forms", "", 1) if forms is None else forms
    if not 1 <= number_of_forms <= MOST_FORMS:
        raise BadFile(f"forms: 1 to {MOST_FORMS} forms are assembled at once, not {number_of_forms}")
    plain = Blueprint(read)
    return Blueprint(
        read,
        _goal(written, "facility", most=1.0),
        _goal(written, "information", most=MOST_INFORMATION),
        number_of_forms,
        _number(written, "max_overlap", ""),
        _number(written, "max_exposure", ""),
        _whole(written, "min_distance", "", 0),
        _whole(written, "seed", "", plain.seed, math.inf) % 2**31,
        _number(written, "time_limit_s", "", plain.time_limit_s) or 0.0,
        _number(written, "gap", "", plain.gap) or 0.0,
        _unread(written),
    )


def _unread(written: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a warning for each name that says nothing here."""
    parts = [("", "", written)]
    parts += [(f"cells[{number}].", "cell", each) for number, each in enumerate(written["cells"])]
    parts += [(f"{name}.", "goal", written.get(name) or {}) for name in ("facility", "information")]
    return tuple(
        f"{where}{name}: nothing is known of this name; it was not read"
        for where, kind, part in parts
        for name in part
        if name not in KNOWN[kind]
    )


def _cell(written: Any, where: str) -> Cell:
    if not isinstance(written, dict):
        raise BadFile(f"{where}: a cell is an object")
    if written.get("count") is None:
        raise BadFile(f"{where}.count: a cell says how many questions it has")
    names = []
    for name in NAMES:
        value = written.get(name)
        is_name = isinstance(value, str | int | None) or (isinstance(value, float) and math.isfinite(value))
        if isinstance(value, bool) or not is_name:
            raise BadFile(f"{where}.{name}: {shown(value)} is no text")
        names.append(_name(value, f"{where}.{name}"))
    return Cell(
        names[0], names[1], names[2], _whole(written, "count", where, 0), _number(written, "marks", where)
    )


def _name(value: str | float | None, where: str) -> str | None:
    """Return a name as an item has it; a blank one says as little as one left out."""
    text = "" if value is None else str(value).strip()
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise BadFile(f"{where}: {text!a} is no text")
    return text or None


def _goal(written: Mapping[str, Any], name: str, most: float) -> Goal:
    said = written.get(name)
    if said is None:
        return Goal()
    if not isinstance(said, dict):
        raise BadFile(f"{name}: this is an object with target and tolerance")
    target, tolerance = _number(said, "target", name), _number(said, "tolerance", name)
    if target is None:
        raise BadFile(f"{name}.target: a target is missing")
    for part, value in (("target", target), ("tolerance", tolerance)):
        if value is not None and value > most:
            raise BadFile(f"{name}.{part}: {value:g} is more than {most:g}")
    return Goal(target, tolerance)


def _number(
    written: Mapping[str, Any], name: str, where: str, default: float | None = None, most: float = MOST
) -> float | None:
    value, place = written.get(name), f"{where}{'.' if where else ''}{name}"
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise BadFile(f"{place}: {shown(value)} is no number of zero or more")
    if value > most:
        raise BadFile(f"{place}: {shown(value)} is more than {most:g}")
    return value


def _whole(written: Mapping[str, Any], name: str, where: str, default: int, most: float = MOST) -> int:
    value = _number(written, name, where, default, most)
    if value is None or value != int(value):
        raise BadFile(f"{where}{'.' if where else ''}{name}: {shown(value)} is no whole number")
    return int(value)
