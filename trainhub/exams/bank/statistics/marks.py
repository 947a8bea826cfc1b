"""Marks of a file as it writes them, exactly, and how many each item can give (满分)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

MOST_ASSUMED = 100
"""No question gives more; a column of larger numbers is hardly one of marks, unless its maximum is said."""
_MARK = re.compile(r"([0-9]{1,6}(\.[0-9]{1,6})?|\.[0-9]{1,6})")
_LABELS = {"满分", "maximum", "maximum marks", "max"}
EVERY = ""
"""Under this name stands what every item can give of which nothing else is said."""


class BadFile(ValueError):
    """A file that cannot be read as responses or as a key; the text says where and why."""


@dataclass(frozen=True)
class Row:
    """A row of a file with the line on which it ends."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """An item of a file: its name and the place of its column."""

    name: str
    place: int

    def at(self, file: str, line: int) -> str:
        """Name one cell."""
        return f"{file}, line {line}, column {self.place + 1} ({self.name})"


def mark_in(cell: str) -> Decimal | None:
    """Return the mark that a cell holds, exactly as written; None if it is no mark."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    return Decimal(plain) if _MARK.fullmatch(plain) else None


def maxima_said(said: Sequence[str]) -> dict[str, Decimal]:
    """Return maxima by the name of the item, from ``ITEM=MARKS``, or ``MARKS`` for all others.

    Raises:
        BadFile: one of them is no mark above nothing.
    """
    found = {}
    for each in said:
        name, _sign, cell = each.rpartition("=")
        maximum = mark_in(cell)
        if not maximum:
            raise BadFile(f"{each}: write MARKS, or ITEM=MARKS, with marks above 0")
        found[name.strip()] = maximum
    return found


def without_maxima(
    file: str, rows: Sequence[Row], columns: Sequence[Column], beside: Sequence[int]
) -> tuple[list[Row], dict[str, Decimal]]:
    """Take the row of the maximum marks out of a file: the one that a column beside the items labels so.

    Args:
        file: its name.
        rows: all rows below the header.
        columns: the items.
        beside: places of the columns that hold no item.

    Raises:
        BadFile: there are two such rows, or one of its cells is no mark above nothing.
    """
    labelled = [row for row in rows if any(_is_label(row.cells[place]) for place in beside)]
    if len(labelled) > 1:
        raise BadFile(f"{file}, line {labelled[1].line}: the maximum marks stand on line {labelled[0].line}")
    found = {}
    for row in labelled:
        for column in columns:
            maximum = mark_in(row.cells[column.place])
            if not maximum:
                cell = row.cells[column.place][:40]
                raise BadFile(f"{column.at(file, row.line)}: {cell!r} is no maximum; marks above 0")
            found[column.name] = maximum
    return [row for row in rows if row not in labelled], found


def _is_label(cell: str) -> bool:
    return unicodedata.normalize("NFKC", cell).strip().casefold() in _LABELS


def given_maxima(
    columns: Sequence[Column], said: Mapping[str, Decimal], written: dict[str, Decimal]
) -> dict[str, Decimal]:
    """Return known maxima: what was said of an item, else what the file says, else what holds for all."""
    names = [column.name for column in columns]
    every = dict.fromkeys(names, said[EVERY]) if EVERY in said else {}
    return every | written | {name: said[name] for name in names if name in said}


def marks_of(
    file: str, column: Column, rows: Sequence[Row], maximum: Decimal | None
) -> tuple[list[Decimal | None], Decimal]:
    """Return the marks of one item, and its maximum: where none is given, the highest that anybody reached.

    Raises:
        BadFile: a cell is no mark, or more than the maximum; or no marks are what the column seems to hold.
    """
    marks = [_mark(file, column, row) for row in rows]
    highest = max((mark for mark in marks if mark is not None), default=Decimal(0))
    if maximum is None:
        if highest > MOST_ASSUMED or (highest > 1 and _counts_up(marks)):
            raise BadFile(
                f"{file}, column {column.place + 1} ({column.name}): these numbers up to {highest} "
                "are hardly marks; name a column that is no item by --without, or say by --maximum "
                "what it can give"
            )
        return marks, max(Decimal(1), highest)
    for row, mark in zip(rows, marks, strict=True):
        if mark is not None and mark > maximum:
            raise BadFile(f"{column.at(file, row.line)}: {mark} is more than the maximum {maximum}")
    return marks, maximum


def _mark(file: str, column: Column, row: Row) -> Decimal | None:
    cell = row.cells[column.place]
    if not cell:
        return None
    mark = mark_in(cell)
    if mark is None:
        raise BadFile(
            f"{column.at(file, row.line)}: {cell[:40]!r} is no mark; raw options need a key (--key), "
            "and a column that is no item is named by --without"
        )
    return mark


def _counts_up(marks: Sequence[Decimal | None]) -> bool:
    """Tell a running number: each row has one more than the row before."""
    numbers = [mark for mark in marks if mark is not None]
    return len(numbers) > 2 and all(after - mark == 1 for mark, after in pairwise(numbers))
