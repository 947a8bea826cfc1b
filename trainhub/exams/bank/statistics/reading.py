"""Reading responses from a CSV file: everything is understood, or refused with line and column."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainhub.exams.bank.statistics.responses import Choice, Options, Responses

_LETTERS = re.compile(r"[A-H]{2,}")
_BETWEEN = re.compile(r"[\s,;、/]+")


class BadFile(ValueError):
    """A file that cannot be read as responses or as a key; the text says where and why."""


@dataclass(frozen=True)
class Row:
    """A row of a file with the line on which it ends."""

    line: int
    cells: tuple[str, ...]


def read_table(path: Path) -> list[Row]:
    """Return the rows of a CSV file; blank lines are passed over.

    Raises:
        BadFile: it is empty, not in UTF-8, or its quotes do not close.
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
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        column = problem.start - raw.rfind(b"\n", 0, problem.start)
        raise BadFile(
            f"{path.name}, line {line}, byte {column}: this is not UTF-8; save the file as CSV in UTF-8"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadFile(f"{path.name}, line {line}: this is no text; save the file as CSV in UTF-8")
    return text


def read_responses(path: Path, key: Path | None = None, without: Collection[str] = ()) -> Responses:
    """Return the responses of a file: a header of item names, a row a candidate, an empty cell for no answer.

    Args:
        path: the file.
        key: file with the right options; without it the cells are marks, 0 or 1.
        without: columns that hold no item.

    Raises:
        BadFile: something in it cannot be understood.
    """
    header, *rows = read_table(path)
    items = _names(path.name, header, without)
    _require_even(path.name, rows, len(header.cells))
    table = [(row.line, [row.cells[place] for place in items.values()]) for row in rows]
    taken = [(line, cells) for line, cells in table if any(cells)]
    left_out = len(table) - len(taken)
    if not taken:
        raise BadFile(f"{path.name} has a header, and no candidate who answered anything below it")
    if key is not None:
        return _with_key(
            list(items), [cells for _line, cells in taken], _read_key(key, list(items)), left_out
        )
    marks = [
        [
            _mark(path.name, line, place, name, cell)
            for (name, place), cell in zip(items.items(), cells, strict=True)
        ]
        for line, cells in taken
    ]
    return Responses(tuple(items), np.array(marks, dtype=np.float64), left_out=left_out)


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


def _mark(file: str, line: int, place: int, name: str, cell: str) -> float:
    if not cell:
        return float("nan")
    if cell in ("0", "1", "0.0", "1.0"):
        return float(cell)
    raise BadFile(
        f"{file}, line {line}, column {place + 1} ({name}): {cell[:40]!r} is neither 0 nor 1; "
        "raw options need a key (--key)"
    )


def _with_key(
    items: Sequence[str], rows: Sequence[Sequence[str]], key: dict[str, list[Choice]], left_out: int
) -> Responses:
    known: dict[str, Choice] = {}
    chosen = [[known.setdefault(cell, options_in(cell)) for cell in row] for row in rows]
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
    return Responses(tuple(items), np.array(marks, dtype=np.float64), options, left_out=left_out)


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
