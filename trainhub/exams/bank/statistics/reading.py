"""Reading responses from a CSV file: everything is understood, or refused with line and column."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from trainhub.exams.bank.exchange.encodings import placed_text
from trainhub.exams.bank.statistics.marks import (
    EVERY,
    BadFile,
    Column,
    Row,
    given_maxima,
    marks_of,
    without_maxima,
)
from trainhub.exams.bank.statistics.responses import Choice, Options, Responses

_LETTERS = re.compile(r"[A-H]{2,}")
_BETWEEN = re.compile(r"[\s,;、/]+")


@dataclass(frozen=True)
class _Table:
    """A file taken apart: its items, who answered, how many rows hold nothing, what maxima are known."""

    columns: list[Column]
    rows: list[Row]
    left_out: int
    maxima: dict[str, Decimal]


def read_table(path: Path) -> list[Row]:
    """Return the rows of a CSV file; blank lines are passed over.

    Raises:
        BadFile: it is empty, its encoding cannot be told, or its quotes do not close.
    """
    text = _text(path)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = next((each for each in ",;\t" if each in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            if cells:
                rows.append(Row(reader.line_num, tuple(cell.strip() for cell in cells)))
    except csv.Error as problem:
        raise BadFile(f"{path.name}, line {reader.line_num}: {problem}") from None
    if not rows:
        raise BadFile(f"{path.name} is empty")
    return rows


def _text(path: Path) -> str:
    try:
        return placed_text(path.read_bytes())
    except ValueError as problem:
        raise BadFile(f"{path.name}, {problem}") from None


def read_responses(
    path: Path,
    key: Path | None = None,
    without: Collection[str] = (),
    maxima: Mapping[str, Decimal] | None = None,
) -> Responses:
    """Return the responses of a file: a header of item names, a row a candidate, an empty cell for no answer.

    Args:
        path: the file.
        key: file with the right options; without it the cells are marks.
        without: columns that hold no item.
        maxima: what items can give, by name; "" holds for all others. A row that a column beside the items
            labels ``满分`` or ``maximum`` says the same.

    Raises:
        BadFile: something in it cannot be understood.
    """
    table = _table(path, without, maxima or {})
    if key is not None:
        return _with_key(table, _read_key(key, [column.name for column in table.columns]))
    shares, weights = [], []
    for column in table.columns:
        marks, maximum = marks_of(path.name, column, table.rows, table.maxima.get(column.name))
        shares.append([float("nan") if mark is None else float(mark / maximum) for mark in marks])
        weights.append(float(maximum))
    assumed = [
        column.name
        for column, weight in zip(table.columns, weights, strict=True)
        if weight != 1 and column.name not in table.maxima
    ]
    return Responses(
        tuple(column.name for column in table.columns),
        np.array(shares, dtype=np.float64).T,
        weights=tuple(weights),
        left_out=table.left_out,
        assumed=tuple(assumed),
    )


def require_fitting(maxima: Mapping[str, Decimal], read: Responses, earlier: Responses | None) -> None:
    """Make sure that maxima speak of items that are there, and that two sittings measure an item alike.

    Raises:
        BadFile: one was said of no item; or an item has two maxima, and one of them is only the highest mark.
    """
    there = {EVERY, *read.items, *(earlier.items if earlier else ())}
    for name in maxima:
        if name not in there:
            raise BadFile(f"there is no item {name[:40]!r} whose maximum could be said")
    before = dict(zip(earlier.items, earlier.weights, strict=True)) if earlier else {}
    guessed = {*read.assumed, *(earlier.assumed if earlier else ())}
    for name, weight in zip(read.items, read.weights, strict=True):
        if name in guessed and before.get(name, weight) != weight:
            raise BadFile(
                f"{name}: the highest mark is {weight:g} now and was {before[name]:g} earlier; "
                f"say what it can give, as --maximum {name}=MARKS"
            )


def _table(path: Path, without: Collection[str], maxima: Mapping[str, Decimal]) -> _Table:
    header, *rows = read_table(path)
    columns = [Column(name, place) for name, place in _names(path.name, header, without).items()]
    _require_even(path.name, rows, len(header.cells))
    items = {column.place for column in columns}
    beside = [place for place in range(len(header.cells)) if place not in items]
    rows, written = without_maxima(path.name, rows, columns, beside)
    taken = [row for row in rows if any(row.cells[place] for place in items)]
    if not taken:
        raise BadFile(f"{path.name} has a header, and no candidate who answered anything below it")
    known = given_maxima(columns, maxima, written)
    return _Table(columns, taken, len(rows) - len(taken), known)


def _names(file: str, header: Row, without: Collection[str]) -> dict[str, int]:
    seen: dict[str, int] = {}
    for place, name in enumerate(header.cells):
        if not name:
            raise BadFile(f"{file}, line {header.line}, column {place + 1}: the item has no name")
        if name in seen:
            raise BadFile(
                f"{file}, line {header.line}, column {place + 1}: "
                f"{name} is the name of column {seen[name] + 1} already"
            )
        seen[name] = place
    unknown = [name for name in without if name not in seen]
    if unknown:
        raise BadFile(f"{file}, line {header.line}: there is no column {unknown[0]}")
    items = {name: place for name, place in seen.items() if name not in without}
    if not items:
        raise BadFile(f"{file}, line {header.line}: no column is left that could be an item")
    return items


def _require_even(file: str, rows: Sequence[Row], width: int) -> None:
    for row in rows:
        if len(row.cells) != width:
            column = min(len(row.cells), width) + 1
            raise BadFile(
                f"{file}, line {row.line}, column {column}: "
                f"the row has {len(row.cells)} cells, the header has {width}"
            )


def _with_key(table: _Table, key: dict[str, list[Choice]]) -> Responses:
    items = [column.name for column in table.columns]
    known: dict[str, Choice] = {}
    chosen = [
        [
            known.setdefault(cell, options_in(cell))
            for cell in (row.cells[each.place] for each in table.columns)
        ]
        for row in table.rows
    ]
    marks = [
        [float(each in key[name]) if each else float("nan") for name, each in zip(items, row, strict=True)]
        for row in chosen
    ]
    columns = [tuple(row[place] for row in chosen) for place in range(len(items))]
    right = [frozenset().union(*key[name]) for name in items]
    offered = _offered(
        [{*one, *frozenset().union(*column)} for one, column in zip(right, columns, strict=True)]
    )
    options = tuple(Options(*each) for each in zip(right, offered, columns, strict=True))
    weights = tuple(float(table.maxima.get(name, 1)) for name in items)
    return Responses(tuple(items), np.array(marks, dtype=np.float64), options, weights, table.left_out)


def options_in(cell: str) -> Choice:
    """Return the options that a cell names: ``AC``, ``A,C`` and ``a、c`` are the same two."""
    plain = unicodedata.normalize("NFKC", cell).strip().upper()
    if _LETTERS.fullmatch(plain):
        return frozenset(plain)
    return frozenset(part for part in _BETWEEN.split(plain) if part)


def _offered(seen: Sequence[set[str]]) -> list[tuple[str, ...]]:
    """Add the letters that nobody chose: a question with three of a file's usual letters has all."""
    lettered = [each for each in seen if all(len(name) == 1 and name in "ABCDEFGH" for name in each)]
    counts = Counter(letter for each in lettered if len(each) > 2 for letter in each)
    most = sum(len(each) > 2 for each in lettered)
    usual = {letter for letter, count in counts.items() if count * 2 > most}
    return [tuple(sorted(each | usual if len(each & usual) > 2 else each)) for each in seen]


def _read_key(path: Path, items: Sequence[str]) -> dict[str, list[Choice]]:
    header, *rows = read_table(path)
    _require_even(path.name, rows, len(header.cells))
    entries: list[tuple[int, int, str, str]]
    if [cell.casefold() for cell in header.cells] == ["item", "key"]:
        entries = [(row.line, 1, row.cells[0], row.cells[1]) for row in rows]
    elif len(rows) == 1:
        _names(path.name, header, ())
        entries = [
            (rows[0].line, place + 1, name, cell)
            for place, (name, cell) in enumerate(zip(header.cells, rows[0].cells, strict=True))
        ]
    else:
        raise BadFile(
            f"{path.name}, line {header.line}: a key is either two columns named item and key, "
            "or a header of item names with one row of keys"
        )
    return _checked_key(path.name, entries, items)


def _checked_key(
    file: str, entries: Sequence[tuple[int, int, str, str]], items: Sequence[str]
) -> dict[str, list[Choice]]:
    found: dict[str, list[Choice]] = {}
    for line, column, name, cell in entries:
        if name not in items:
            raise BadFile(
                f"{file}, line {line}, column {column}: there is no item {name[:40]!r} in the responses"
            )
        if name in found:
            raise BadFile(f"{file}, line {line}, column {column}: {name} has a key already")
        found[name] = [options for part in cell.split("|") if (options := options_in(part))]
        if not found[name]:
            raise BadFile(f"{file}, line {line}, column {column}: the key of {name} is empty")
    missing = [name for name in items if name not in found]
    if missing:
        raise BadFile(f"{file}: {missing[0]} has no key; a column that is no item is left out by --without")
    return found
