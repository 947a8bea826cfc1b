"""Cells of a workbook that may not say what the author meant: struck out, turned into dates, cut off.

Such a workbook is read twice, as it stands and as it was most likely meant. What reads differently is held,
and what was most likely meant is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package
from trainhub.exams.bank.exchange.sheet_beside import NOTHING, Beside
from trainhub.exams.bank.reading.columns import HEADER_WITHIN
from trainhub.exams.bank.reading.rows import Outcome, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import MAX_PART, Sheet

Place = tuple[int, int]
"""Row and column of a cell, from 0."""

_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s{0,20}(?:<(?:\w+:)?f(?:[^<>]*/>|[^<>]*>[^<>]*</(?:\w+:)?f>)\s{0,20})?"
    rb"(?:<(?:\w+:)?v>([^<>]{1,40})</|<(?:\w+:)?is>)"
)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_STYLE = re.compile(rb"""\bs=["'](\d{1,5})["']""")
_SHARED = re.compile(rb"""\bt=["']s["']""")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_STRIKE = b"strike"
_OFF = ("0", "false")
_LONGEST_STRING = 100_000
_IN_QUESTIONS = re.compile(r"stem|options?|option:.|answer|targets|rubric|explanation")
_LONG = re.compile(r"-?\d{16,}|\d(?:\.\d+)?E\+1[5-9]|\d(?:\.\d+)?E\+[2-9]\d")
_MANY_ROWS, _MOST_BESIDE = 2_000, 20
"""Of a longer sheet only the rows in doubt are read again; and how many cells beside one are looked at."""
_ROUNDED = re.compile(r"\d\.\d{2,14}E\+(?:1[0-9]|[2-9]\d)")
_PAIR = re.compile(r"(\d{1,2})月(\d{1,2})日")
_BESIDE = re.compile(r"\s*\d{1,3}\s*([-~～—–/])\s*\d{1,3}\D{0,4}")


def struck_cells(package: Package, parts: Mapping[str, str]) -> dict[str, dict[Place, str]]:
    """Return, by sheet, the cells in which words are struck out, each with what it says without them.

    Args:
        package: the workbook.
        parts: the part of each sheet by its name.
    """
    styles, strings = _struck_styles(package), _struck_strings(package)
    found: dict[str, dict[Place, str]] = {}
    for name, part in parts.items():
        content = package.read(part, MAX_PART) if part in package else b""
        if not styles and not strings and _STRIKE not in content:
            continue
        for cell in _CELL.finditer(content):
            style, place = _STYLE.search(cell[1]), _PLACE.search(cell[1])
            if place is None:
                continue
            said = "" if style is not None and int(style[1]) in styles else None
            if said is None and cell[2] is None:
                said = _without_struck(content[cell.end() : content.find(b"is>", cell.end()) - 2])
            elif said is None and _SHARED.search(cell[1]) and cell[2].isdigit():
                said = strings.get(int(cell[2]))
            if said is not None:
                found.setdefault(name, {})[int(place[2]) - 1, _column(place[1])] = said
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _struck_styles(package: Package) -> set[int]:
    content = package.read("xl/styles.xml") if "xl/styles.xml" in package else b""
    if _STRIKE not in content:
        return set()
    try:
        root = parse(content)
    except Invalid:
        return set()
    fonts = [_is_struck(font) for font in next(root.iter("fonts"), ())]
    styles = [each.get("fontId") or "0" for each in next(root.iter("cellXfs"), ())]
    return {
        place
        for place, font in enumerate(styles)
        if font.isdecimal() and int(font) < len(fonts) and fonts[int(font)]
    }


def _is_struck(font: _Element) -> bool:
    return any(_name(each) == "strike" and each.get("val") not in _OFF for each in font)


def _struck_strings(package: Package) -> dict[int, str]:
    """Return the strings of which a part is struck out, without it, by their numbers."""
    name = "xl/sharedStrings.xml"
    content = package.read(name, MAX_PART) if name in package else b""
    if _STRIKE not in content:
        return {}
    starts = [found.start() for found in _STRING.finditer(content)]
    pieces = (content[begin:end] for begin, end in zip(starts, [*starts[1:], len(content)], strict=True))
    told = ((number, _without_struck(piece)) for number, piece in enumerate(pieces))
    return {number: said for number, said in told if said is not None}


def _without_struck(piece: bytes) -> str | None:
    """Return what a string says without what is struck out in it; None if nothing is."""
    if _STRIKE not in piece[:_LONGEST_STRING]:
        return None
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(b"<s>" + piece[:_LONGEST_STRING] + b"</s>", parser)
    runs = [each for each in root.iter() if _name(each) == "r"]
    struck = [any(_name(each) == "rPr" and _is_struck(each) for each in run) for run in runs]
    if not any(struck):
        return None
    kept = (run for run, is_struck in zip(runs, struck, strict=True) if not is_struck)
    return "".join(each.text or "" for run in kept for each in run if _name(each) == "t")


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def doubts_of(sheet: Sheet, beside: Beside) -> dict[int, set[str]]:
    """Return, by row, the cells of numbers that a spreadsheet may have made of something else, or cut off."""
    found: dict[int, set[str]] = {}
    for (row, column), text in beside.shown.items():
        if text is None and row < len(sheet.rows) and column < len(sheet.rows[row]):
            found.setdefault(row, set()).add(sheet.rows[row][column].strip())
    for row, column in sheet.numbers:
        if is_cut_off(text := sheet.rows[row - 1][column].strip()):
            found.setdefault(row - 1, set()).add(text)
    return found


def is_cut_off(text: str) -> bool:
    """Tell whether a number has more digits than spreadsheets keep."""
    return _LONG.fullmatch(text) is not None


def as_meant(sheet: Sheet, beside: Beside, struck: Mapping[Place, str]) -> Sheet:
    """Return a sheet as it was most likely meant: with what was typed for dates, without what is struck."""
    rows = [list(cells) for cells in sheet.rows]
    if len(rows) > _MANY_ROWS:
        kept = {row for row, _column_ in (*beside.typed, *struck)}
        rows = [cells if row in kept or _may_speak(row, cells) else [] for row, cells in enumerate(rows)]
    for (row, column), text in (*beside.typed.items(), *struck.items()):
        if row < len(rows) and column < len(rows[row]) and rows[row][column].strip():
            rows[row][column] = _as_beside(text, sheet.rows[row])
    return replace(sheet, rows=rows)


def _may_speak(row: int, cells: Sequence[str]) -> bool:
    """Tell whether a row may say something of others: headings, and what stands alone among the rows."""
    return row < HEADER_WITHIN or sum(1 for cell in cells if cell.strip()) <= 1


def _as_beside(text: str, cells: Sequence[str]) -> str:
    """Return 1月2日 as 1-2 where cells beside it are such pairs: spreadsheets make days of them."""
    day = _PAIR.fullmatch(text)
    if day is None:
        return text
    sign = next((found[1] for cell in cells[:_MOST_BESIDE] if (found := _BESIDE.fullmatch(cell))), "")
    return text if not sign else f"{day[1]}{sign}{day[2]}"


def is_any_meant(sheets: Sequence[Sheet], beside: Mapping[str, Beside], struck: Collection[str]) -> bool:
    """Tell whether a workbook has cells of which something else may be meant."""
    return bool(struck) or any(beside.get(each.name, NOTHING).typed for each in sheets)


def held_if_doubtful(row: Row, doubts: set[str], meant: Row | None) -> Row:
    """Return a row; held with what was most likely meant if it may say something else.

    Args:
        row: as it stands.
        doubts: cells of its row that a spreadsheet shows in another way, or cut off.
        meant: the row as it was most likely meant; None if that says nothing.
    """
    said = {text for meaning, text in row.cells.items() if _IN_QUESTIONS.fullmatch(meaning)}
    numbers = doubts & said
    if not numbers or row.outcome is Outcome.REJECTED:
        return row
    texts = "、".join(sorted(numbers))
    if any(is_cut_off(text) for text in numbers):
        return _held_for_its_end(row, texts)
    reason = _(
        "Spreadsheets show dates, times and some numbers in another way than the file has them (%(texts)s). "
        "Write what the question says.",
        texts=texts,
    )
    return _proposed(row, meant, reason)


def held_if_rounded(row: Row) -> Row:
    """Return a row of a CSV; held if its question has a number that was rounded (4.4031E+17)."""
    said = [text for meaning, text in row.cells.items() if _IN_QUESTIONS.fullmatch(meaning)]
    rounded = [text for text in said if _ROUNDED.fullmatch(text)]
    return (
        row if not rounded or row.outcome is Outcome.REJECTED else _held_for_its_end(row, "、".join(rounded))
    )


def _held_for_its_end(row: Row, texts: str) -> Row:
    reason = _(
        "Spreadsheets keep 15 digits of a number; the end of %(texts)s is lost. "
        "Write what the question says.",
        texts=texts,
    )
    return replace(row, outcome=Outcome.HELD, body=None, reason=" ".join((row.reason, reason)).strip())


def held_if_struck(row: Row, meant: Row | None) -> Row:
    """Return a row; held where it reads differently without what is struck out in it."""
    if meant is not None and (meant.outcome, meant.body, meant.type) == (row.outcome, row.body, row.type):
        return row
    if row.outcome is Outcome.REJECTED and (meant is None or meant.outcome is Outcome.REJECTED):
        return row
    return _proposed(row, meant, _("Words of the question are struck out."))


def _proposed(row: Row, meant: Row | None, reason: str) -> Row:
    """Return a row held, with what was most likely meant as the proposal."""
    reason = reason if row.outcome is Outcome.REJECTED else " ".join((row.reason, reason)).strip()
    if meant is None or meant.outcome is Outcome.REJECTED:
        return replace(row, outcome=Outcome.HELD, body=None, reason=reason)
    return replace(meant, outcome=Outcome.HELD, cells=row.cells, where=row.where, reason=reason)
