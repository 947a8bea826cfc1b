"""A list of items as it stands in a CSV file; what is wrong is told with its place."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from trainhub.exams.papers.parallel.problem import Blueprint, Item
from trainhub.exams.papers.parallel.reading import NAMES, BadFile, shown

COLUMNS = (
    *("id", *NAMES, "facility", "discrimination", "marks"),
    *("exposure", "enemy_group", "last_used"),
)
STEEPEST, MOST_MARKS, MOST_EXPOSURE = 100.0, 1e6, 1e9
"""Beyond these a figure is a slip of the pen, and sums would leave the solver's numbers."""
NAMED_AT_MOST = 10
_DAY = re.compile(
    r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
"""A day as spreadsheets write it, here and in China, with the time that some of them add."""
_TIGHT_DAY = re.compile(r"(\d{4})()(\d{2})(\d{2})", re.ASCII)
_BETWEEN_GROUPS = re.compile("[;；]")


class _Row(NamedTuple):
    """A row of the file: where it stands, and its fields by their columns."""

    where: str
    fields: dict[str, str]


def read_items(text: str, blueprint: Blueprint) -> tuple[list[Item], list[str]]:
    """Return the items of a CSV file parted by commas, semicolons or tabs, and what of it says nothing.

    Args:
        text: of the file.
        blueprint: it decides which columns are needed.

    Raises:
        BadFile: it cannot be read; the text names line and column.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((each for each in ",;\t" if each in first), ",")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next((row for row in lines if any(map(str.strip, row))), [])]
        _check_header(header, f"line {lines.line_num or 1}", blueprint)
        rows, unnamed = [], set[int]()
        for row in lines:
            if not any(field.strip() for field in row):
                continue
            if len(row) != len(header):
                raise BadFile(f"line {lines.line_num}: {len(row)} fields, but {len(header)} columns")
            unnamed |= {place for place, name in enumerate(header) if not name and row[place].strip()}
            rows.append(_Row(f"line {lines.line_num}", dict(zip(header, row, strict=True))))
    except csv.Error as problem:
        raise BadFile(f"line {lines.line_num}: {problem}") from None
    items, warnings = _items(rows, blueprint)
    return items, [*_unread(header, unnamed), *warnings, *_alone(rows, items)]


def _unread(header: Sequence[str], unnamed: Iterable[int]) -> list[str]:
    """Return a warning of the columns that say nothing here."""
    unread = [name for name in header if name and name not in COLUMNS]
    unread += [f"number {place + 1}, which has no name" for place in sorted(unnamed)]
    return [f"columns not read: {', '.join(unread)}"] if unread else []


def _alone(rows: Sequence[_Row], items: Sequence[Item]) -> list[str]:
    """Return a warning of groups of enemies that have one item: misspelt, perhaps."""
    sizes = Counter(name for item in items for name in set(item.enemies))
    alone = [
        f"{name!r} ({row.where})"
        for row, item in zip(rows, items, strict=True)
        for name in item.enemies
        if sizes[name] == 1
    ]
    if not alone:
        return []
    more = f" and {len(alone) - NAMED_AT_MOST} more" if len(alone) > NAMED_AT_MOST else ""
    return [
        f"column enemy_group: no second item is in {', '.join(alone[:NAMED_AT_MOST])}{more}: "
        "such a group keeps nothing apart"
    ]


def _check_header(header: list[str], where: str, blueprint: Blueprint) -> None:
    if not header:
        raise BadFile(f"{where}: the file is empty; its first line names the columns")
    needed = ["id", *(name for name in NAMES if any(getattr(cell, name) for cell in blueprint.cells))]
    if blueprint.facility.target is not None:
        needed.append("facility")
    for name in needed:
        if name not in header:
            there = ", ".join(each[: NAMED_AT_MOST * 2] for each in header[:NAMED_AT_MOST])
            raise BadFile(f"{where}: there is no column {name!r}; there are: {there}")
    for name in header:
        if name and header.count(name) > 1:
            raise BadFile(f"{where}: the column {shown(name)} stands there more than once")


def _items(rows: Sequence[_Row], blueprint: Blueprint) -> tuple[list[Item], list[str]]:
    days = _days(rows)
    seen: dict[str, str] = {}
    found, undated = [], []
    for where, row in rows:
        item = _item(row, where, days)
        if item.id in seen:
            raise BadFile(f"{where}, column id: {shown(item.id)} stands in {seen[item.id]} already")
        if item.papers_ago is None and row.get("last_used", "").strip():
            undated.append(
                f"{where}, column last_used: {shown(row['last_used'].strip())} is neither a day "
                "such as 2026-07-01 nor the number of papers since"
            )
        if undated and blueprint.min_distance > 0:
            raise BadFile(undated[0])
        seen[item.id] = where
        found.append(item)
    return found, _undated(undated)


def _undated(told: Sequence[str]) -> list[str]:
    """Return a warning of last uses that could not be read, where nothing hangs on them."""
    more = f" (the first of {len(told)} such lines)" if len(told) > 1 else ""
    return [f"{told[0]}; it was not read, as the blueprint names no min_distance{more}"] if told else []


def _item(row: Mapping[str, str], where: str, days: Mapping[str, int]) -> Item:
    name = row["id"].strip()
    if not name:
        raise BadFile(f"{where}, column id: an item has an id")
    kind = [row.get(each, "").strip() for each in NAMES]
    groups = _BETWEEN_GROUPS.split(row.get("enemy_group", ""))
    used = row.get("last_used", "").strip()
    return Item(
        name,
        kind[0],
        kind[1],
        kind[2],
        facility=_field(row, "facility", where, 0, 1),
        discrimination=_field(row, "discrimination", where, -STEEPEST, STEEPEST),
        marks=_field(row, "marks", where, 0, MOST_MARKS),
        exposure=_field(row, "exposure", where, 0, MOST_EXPOSURE) or 0,
        enemies=tuple(each.strip() for each in groups if each.strip()),
        papers_ago=int(used) if _is_count(used) else days.get(used),
    )


def _field(row: Mapping[str, str], name: str, where: str, low: float, high: float) -> float | None:
    text = row.get(name, "").strip()
    if not text:
        return None
    try:
        # Python reads 1_0 as ten; nobody who writes a table does.
        value = float(text.replace("_", "?"))
    except ValueError:
        raise BadFile(f"{where}, column {name}: {shown(text)} is no number") from None
    if math.isnan(value) or not low <= value <= high:
        raise BadFile(f"{where}, column {name}: {shown(text)} is out of range ({low:g} to {high:g})")
    return value


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) < len("20260701")


def _day(text: str) -> date | None:
    said = _DAY.fullmatch(text) or _TIGHT_DAY.fullmatch(text)
    if said is None:
        return None
    try:
        return date(int(said[1]), int(said[3]), int(said[4]))
    except ValueError:
        return None


def _days(rows: Iterable[_Row]) -> dict[str, int]:
    """Return for each day of a last use how many papers ago it was: the newest day is the last paper."""
    texts = {row.fields.get("last_used", "").strip() for row in rows}
    days = {text: day for text in texts if not _is_count(text) and (day := _day(text))}
    rank = {day: number for number, day in enumerate(sorted(set(days.values()), reverse=True), start=1)}
    return {text: rank[day] for text, day in days.items()}
