"""What a workbook says of its cells beside their values: how numbers are shown, what is merged or hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.number_formats import BUILT_IN, is_plain, shown
from trainhub.exams.bank.exchange.packages import Package
from trainhub.exams.bank.exchange.typed import typed
from trainhub.exams.bank.reading.columns import HEADER_WITHIN, meaning_of
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import MAX_PART, Sheet

_NUMBER = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s{0,20}(?:<(?:\w+:)?f(?:[^<>]*/>|[^<>]*>[^<>]*</(?:\w+:)?f>)\s{0,20})?"
    rb"<(?:\w+:)?v>([^<>]{1,40})</"
)
_STYLE = re.compile(rb"""\bs=["'](\d{1,5})["']""")
_KIND = re.compile(rb"""\bt=["'](?!n["'])""")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s+ref=["']([A-Z]{1,3})(\d{1,7}):\1(\d{1,7})["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^<>]*)>")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_NUMBERED = re.compile(rb"""\br=["']([0-9]{1,7})["']""")
_HEIGHT = re.compile(rb"""\bht=["'](\d{1,3}(?:\.\d{1,20})?)["']""")
_USUAL = re.compile(rb"""<(?:\w+:)?sheetFormatPr\s[^<>]*defaultRowHeight=["'](\d{1,3}(?:\.\d{1,20})?)["']""")
_HEAD = 100_000
_POINT = 12_700
"""Units of a drawing (EMU) in a point."""
_MOST_COVERED = 200
_MOST_ROWS = 20_000
_CLASSES = frozenset(("type", "point", "level", "cognitive", "source", "credit"))
"""Meanings of columns that say the same of many rows: there a merged cell speaks of all its rows."""


@dataclass(frozen=True)
class Beside:
    """What a sheet says beside the values of its cells; places are row and column, from 0.

    Args:
        shown: what a spreadsheet shows for numbers that have a format of their own; None where that is not
            surely known, as of dates.
        typed: what was most likely typed for these, where that can be told.
        merged: column, first and last row of cells that go down over several rows.
        hidden: rows that nobody sees.
        is_hidden: whether nobody sees the sheet.
        heights: of rows that have one of their own, in points.
        height: of the other rows.
    """

    shown: Mapping[tuple[int, int], str | None] = field(default_factory=dict)
    typed: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int], ...] = ()
    hidden: frozenset[int] = frozenset()
    is_hidden: bool = False
    heights: Mapping[int, float] = field(default_factory=dict)
    height: float = 15.0


NOTHING = Beside()


def beside_sheets(package: Package, parts: Mapping[str, str]) -> dict[str, Beside]:
    """Return what each sheet of a workbook says beside the values of its cells.

    Args:
        package: the workbook.
        parts: the part of each sheet by its name.
    """
    formats = _formats(package)
    hidden, since_1904 = _hidden_sheets(package)
    found = {}
    for name, part in parts.items():
        content = package.read(part, MAX_PART) if part in package else b""
        numbers, guessed = _numbers(content, formats, since_1904=since_1904) if formats else ({}, {})
        rows = {
            int(number[1]) - 1: each
            for each in _ROW.findall(content)
            if (number := _NUMBERED.search(each)) is not None
        }
        unseen = frozenset(row for row, each in rows.items() if _HIDDEN.search(each))
        heights = {row: float(said[1]) for row, each in rows.items() if (said := _HEIGHT.search(each))}
        usual = _USUAL.search(content, 0, _HEAD)
        merged = (
            (_column(column), int(first) - 1, min(int(last) - 1, _MOST_ROWS))
            for column, first, last in _MERGED.findall(content)[:_MOST_ROWS]
        )
        height = float(usual[1]) if usual is not None else NOTHING.height
        found[name] = Beside(numbers, guessed, tuple(merged), unseen, name in hidden, heights, height)
    return found


def _formats(package: Package) -> dict[bytes, str]:
    """Return the formats by the numbers of styles, without those that show a number as it is."""
    try:
        root = parse(package.read("xl/styles.xml")) if "xl/styles.xml" in package else None
    except Invalid:
        root = None
    if root is None:
        return {}
    codes = {each.get("numFmtId"): each.get("formatCode") or "" for each in root.iter("numFmt")}
    styles = next(root.iter("cellXfs"), ())
    found = {}
    for place, each in enumerate(styles):
        named = each.get("numFmtId") or "0"
        code = codes.get(named) or BUILT_IN.get(int(named) if named.isdecimal() else 0, "")
        if not is_plain(code):
            found[str(place).encode()] = code
    return found


def _hidden_sheets(package: Package) -> tuple[set[str], bool]:
    """Return the sheets that nobody sees, and whether the workbook counts its days from 1904."""
    try:
        root = parse(package.read("xl/workbook.xml"))
    except Invalid:
        return set(), False
    hidden = {each.get("name") or "" for each in root.iter("sheet") if "idden" in (each.get("state") or "")}
    return hidden, any(each.get("date1904") in ("1", "true") for each in root.iter("workbookPr"))


def _numbers(
    content: bytes, formats: Mapping[bytes, str], *, since_1904: bool
) -> tuple[dict[tuple[int, int], str | None], dict[tuple[int, int], str]]:
    """Return what is shown for numbers with a format of their own, and what was typed for unsure ones."""
    found: dict[tuple[int, int], str | None] = {}
    guessed: dict[tuple[int, int], str] = {}
    for attributes, value in _NUMBER.findall(content):
        style, place = _STYLE.search(attributes), _PLACE.search(attributes)
        if style is None or place is None or style[1] not in formats or _KIND.search(attributes):
            continue
        where, code = (int(place[2]) - 1, _column(place[1])), formats[style[1]]
        found[where] = shown(value.decode(), code)
        text = typed(value.decode(), code, since_1904=since_1904) if found[where] is None else None
        guessed |= {} if text is None else {where: text}
    return found, guessed


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def as_shown(sheet: Sheet, beside: Beside) -> Sheet:
    """Return a sheet whose numbers stand as a spreadsheet shows them, and whose merged classes speak of all
    their rows."""
    rows = [list(cells) for cells in sheet.rows]
    for (row, column), text in beside.shown.items():
        if text is not None and row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    for column, first, last in beside.merged:
        if first >= len(rows) or not _is_class(sheet.rows, column):
            continue
        text = rows[first][column] if column < len(rows[first]) else ""
        for cells in rows[first + 1 : last + 1]:
            if any(each.strip() for each in cells) and column < len(cells) and not cells[column].strip():
                cells[column] = text
    return replace(sheet, rows=rows)


def _is_class(rows: Sequence[Sequence[str]], column: int) -> bool:
    heads = (cells[column] for cells in rows[:HEADER_WITHIN] if column < len(cells))
    return any(meaning_of(head) in _CLASSES for head in heads)


def rows_below(anchor: _Element, beside: Beside) -> list[int]:
    """Return the rows that a picture may belong to, none if it stands at no cell.

    One that begins at the upper edge of a row was put there. One that was moved by hand belongs to the rows
    of which it covers half, or in which a third of it stands.
    """
    first, begins = _number(anchor, "from/row"), _number(anchor, "from/rowOff") or 0
    if first is None:
        return []
    left = _height_of(anchor, beside, first, begins)
    if begins <= 0.25 * beside.heights.get(first, beside.height) * _POINT or left <= 0:
        return [first]
    whole, rows = left, []
    for row in range(first, first + _MOST_COVERED):
        high = beside.heights.get(row, beside.height) * _POINT
        covered = min(left, high - begins if row == first else high)
        if covered >= high / 2 or covered >= whole / 3:
            rows.append(row)
        left -= covered
        if left <= 0:
            break
    return rows or [first]


def _height_of(anchor: _Element, beside: Beside, first: int, begins: float) -> float:
    last = _number(anchor, "to/row")
    if last is None:
        extent = anchor.find("ext")
        said = "" if extent is None else extent.get("cy") or ""
        return float(said) if said.isdecimal() and len(said) < 12 else 0
    between = range(first, min(last, first + _MOST_COVERED))
    heights = sum(beside.heights.get(row, beside.height) for row in between) * _POINT
    return heights + (_number(anchor, "to/rowOff") or 0) - begins


def _number(anchor: _Element, path: str) -> int | None:
    said = (anchor.findtext(path) or "").strip()
    return int(said) if said.isdecimal() and len(said) < 12 else None


def told_hidden(name: str, beside: Beside, rows: Sequence[int]) -> list[tuple[str, str]]:
    """Return what to say of a sheet of which questions are read that nobody sees in a spreadsheet."""
    if beside.is_hidden and rows:
        return [(name, _("The sheet is hidden in the file; its questions were read."))]
    unseen = [row for row in rows if row in beside.hidden]
    if not unseen:
        return []
    text = _("Rows hidden in the file were read: %(count)s, this one first.", count=len(unseen))
    return [(f"{name}!{unseen[0] + 1}", text)]
