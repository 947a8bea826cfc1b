"""Blueprint and items as they stand in files; what is wrong is told with its place."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from trainhub.exams.papers.parallel.problem import Blueprint, Cell, Goal, Item

MOST_QUESTIONS, MOST_FORMS = 2_000, 1_000
NAMES = ("type", "knowledge_point", "level")
MOST_INFORMATION, STEEPEST = 1e6, 100.0
"""Beyond these a target or a slope is a slip of the pen, and sums would leave the solver's numbers."""
KNOWN = {
    "": (
        *("cells", "facility", "information", "max_overlap", "max_exposure", "min_distance", "forms"),
        *("seed", "time_limit_s", "gap"),
    ),
    "cell": (*NAMES, "count", "marks"),
    "goal": ("target", "tolerance"),
}
"""What is read of a blueprint, of a cell and of a goal; anything else may be misspelt: a warning."""
COLUMNS = (
    *("id", *NAMES, "facility", "discrimination", "marks"),
    *("exposure", "enemy_group", "last_used"),
)


class BadFile(ValueError):
    """The file is no blueprint, or no list of items; the text says what is wrong and where."""


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
        _whole(written, "seed", "", plain.seed) % 2**31,
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


def unread_columns(content: bytes) -> list[str]:
    """Return a warning of the columns of a file of items that say nothing here."""
    text = io.StringIO(content.decode("utf-8-sig", errors="replace"), newline="")
    names = [name.strip() for name in next(csv.reader(text), [])]
    unread = [name for name in names if name and name not in COLUMNS]
    return [f"columns not read: {', '.join(unread)}"] if unread else []


def _cell(written: Any, where: str) -> Cell:
    if not isinstance(written, dict):
        raise BadFile(f"{where}: a cell is an object")
    if written.get("count") is None:
        raise BadFile(f"{where}.count: a cell says how many questions it has")
    names = []
    for name in NAMES:
        value = written.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            raise BadFile(f"{where}.{name}: {value!r} is no text")
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


def _number(written: Mapping[str, Any], name: str, where: str, default: float | None = None) -> float | None:
    value = written.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise BadFile(f"{where}{'.' if where else ''}{name}: {value!r} is no number of zero or more")
    return value


def _whole(written: Mapping[str, Any], name: str, where: str, default: int) -> int:
    value = _number(written, name, where, default)
    if value is None or value != int(value):
        raise BadFile(f"{where}{'.' if where else ''}{name}: {value!r} is no whole number")
    return int(value)


def read_items(content: bytes, blueprint: Blueprint) -> list[Item]:
    """Return the items of a CSV file in UTF-8.

    Raises:
        BadFile: it cannot be read; the text names line and column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadFile(f"line {line}: this is no UTF-8; save the file as CSV UTF-8") from None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        _check_header(header, blueprint)
        rows = []
        for row in lines:
            if not any(field.strip() for field in row):
                continue
            if len(row) != len(header):
                raise BadFile(f"line {lines.line_num}: {len(row)} fields, but {len(header)} columns")
            rows.append((f"line {lines.line_num}", dict(zip(header, row, strict=True))))
    except csv.Error as problem:
        raise BadFile(f"line {lines.line_num}: {problem}") from None
    return _items(rows, blueprint)


def _check_header(header: list[str], blueprint: Blueprint) -> None:
    needed = ["id", *(name for name in NAMES if any(getattr(cell, name) for cell in blueprint.cells))]
    if blueprint.facility.target is not None:
        needed.append("facility")
    for name in needed:
        if name not in header:
            raise BadFile(f"line 1: there is no column {name!r}")
    for name in header:
        if name and header.count(name) > 1:
            raise BadFile(f"line 1: the column {name!r} stands there more than once")


def _items(rows: Iterable[tuple[str, dict[str, str]]], blueprint: Blueprint) -> list[Item]:
    known = list(rows)
    days = _days(known)
    seen: dict[str, str] = {}
    found = []
    for where, row in known:
        item = _item(row, where, days, needs_order=blueprint.min_distance > 0)
        if item.id in seen:
            raise BadFile(f"{where}, column id: {item.id!r} stands in {seen[item.id]} already")
        seen[item.id] = where
        found.append(item)
    return found


def _item(row: Mapping[str, str], where: str, days: Mapping[str, int], *, needs_order: bool) -> Item:
    name = row["id"].strip()
    if not name:
        raise BadFile(f"{where}, column id: an item has an id")
    kind = [row.get(each, "").strip() for each in NAMES]
    enemies = tuple(each.strip() for each in row.get("enemy_group", "").split(";") if each.strip())
    return Item(
        name,
        kind[0],
        kind[1],
        kind[2],
        facility=_field(row, "facility", where, 0, 1),
        discrimination=_field(row, "discrimination", where, -STEEPEST, STEEPEST),
        marks=_field(row, "marks", where, 0, math.inf),
        exposure=_field(row, "exposure", where, 0, math.inf) or 0,
        enemies=enemies,
        papers_ago=_papers_ago(row.get("last_used", "").strip(), where, days, needs_order=needs_order),
    )


def _field(row: Mapping[str, str], name: str, where: str, low: float, high: float) -> float | None:
    text = row.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise BadFile(f"{where}, column {name}: {text!r} is no number") from None
    if math.isnan(value) or math.isinf(value) or not low <= value <= high:
        raise BadFile(f"{where}, column {name}: {text!r} is out of range")
    return value


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) < len("20260701")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-")[:10])
    except ValueError:
        return None


def _days(rows: Iterable[tuple[str, dict[str, str]]]) -> dict[str, int]:
    """Return for each day of a last use how many papers ago it was: the newest day is the last paper."""
    texts = {row.get("last_used", "").strip() for _where, row in rows}
    days = {text: day for text in texts if not _is_count(text) and (day := _day(text))}
    rank = {day: number for number, day in enumerate(sorted(set(days.values()), reverse=True), start=1)}
    return {text: rank[day] for text, day in days.items()}


def _papers_ago(text: str, where: str, days: Mapping[str, int], *, needs_order: bool) -> int | None:
    if not text:
        return None
    if _is_count(text):
        return int(text)
    if text not in days and needs_order:
        raise BadFile(
            f"{where}, column last_used: {text!r} is neither a day such as 2026-07-01 nor the number of"
            " papers since"
        )
    return days.get(text)
