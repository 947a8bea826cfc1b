"""How the cells of a workbook look: which of their words are in colour, on a fill, bold or underlined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from string import hexdigits

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package
from trainhub.exams.bank.exchange.word_standing_out import (
    BOLD,
    COLOUR,
    LIGHT,
    LINE,
    Stress,
    is_coloured,
    stress_of,
)
from trainhub.kernel.errors import Invalid
from trainhub.kernel.workbooks import MAX_PART, Sheet

Looks = Mapping[tuple[int, int], tuple[Stress, ...]]
"""What stands out in each line of cells, by row and column from 0."""

_Runs = Sequence[tuple[str, frozenset[str] | None]]
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_STYLE = re.compile(rb"""\bs=["'](\d{1,5})["']""")
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s([^<>]*\bt=["']s["'][^<>]*)>\s{0,20}<(?:\w+:)?v>(\d{1,7})</"""
    rb"""|<(?:\w+:)?c\s([^<>]*\b(?:s=["']\d{1,5}|t=["']inlineStr)["'][^<>]*)>"""
)
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_RUN, _INLINE = b"rPr>", b"inlineStr"
_OFF = ("0", "false", "none")
_NO_COLOURS = frozenset("0 1 8 9 22 23 55 63 64 65".split())
"""Numbers of the palette that are black, white or grey."""
_FIRST_ACCENT = 4
"""Colours of the theme before it are those of text and paper."""
_MOST_RUNS, _MOST_CELLS, _MOST_TOLD = 40_000, 250_000, 50_000
"""Strings with layout, cells of a sheet, and cells of it that stand out: beyond them nothing is looked at."""
_LONGEST, _LONGEST_OF_ALL = 20_000, 8_000_000
"""Bytes of one string with layout, and of all of them."""
_NOTHING: frozenset[str] = frozenset()


def looks_of(package: Package, parts: Mapping[str, str], sheets: Mapping[str, Sheet]) -> dict[str, Looks]:
    """Return what stands out in the cells of each sheet; where it is more than people make, nothing does.

    Args:
        package: the workbook.
        parts: the part of each sheet by its name.
        sheets: as they were read.
    """
    styles, strings = _styles(package), _strings(package)
    found: dict[str, Looks] = {}
    for name, part in parts.items():
        content = package.read(part, MAX_PART) if part in package else b""
        is_told = styles or strings or _has_few_runs(content)
        if name in sheets and is_told and content.count(b"<c ") <= _MOST_CELLS:
            told = dict(islice(_looks(content, sheets[name], styles, strings), _MOST_TOLD))
            found[name] = told if len(told) < _MOST_TOLD else {}
    return found


def _looks(
    content: bytes, sheet: Sheet, styles: Mapping[int, frozenset[str]], strings: Mapping[int, _Runs]
) -> Iterator[tuple[tuple[int, int], tuple[Stress, ...]]]:
    for cell in _CELL.finditer(content):
        attributes = cell[1] or cell[3]
        style, where = _STYLE.search(attributes), _PLACE.search(attributes)
        kinds = styles.get(int(style[1]), _NOTHING) if style is not None else _NOTHING
        runs = strings.get(int(cell[2]), ()) if cell[2] is not None else _inline(content, cell)
        if where is None or not (kinds or runs):
            continue
        row, column = int(where[2]) - 1, _column(where[1])
        if row < len(sheet.rows) and column < len(sheet.rows[row]):
            said = sheet.rows[row][column]
            own = [(text, kinds if of_run is None else of_run) for text, of_run in runs]
            if said.strip():
                yield (row, column), stress_of(own or [(said, kinds)])


def _runs(inner: bytes) -> _Runs:
    """Return the pieces of a string, each with what it looks like; None where it looks as its cell does."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    return tuple(_pieces(etree.fromstring(b"<s>" + inner + b"</s>", parser)))


def _pieces(string: _Element) -> Iterator[tuple[str, frozenset[str] | None]]:
    for run in string.iter():
        if _name(run) == "r":
            own = next((each for each in run if _name(each) == "rPr"), None)
            text = "".join(each.text or "" for each in run if _name(each) == "t").replace("\r\n", "\n")
            yield text, None if own is None else _kinds(own)


def _styles(package: Package) -> dict[int, frozenset[str]]:
    """Return what the styles of cells make of their words, by their numbers."""
    try:
        root = parse(package.read("xl/styles.xml")) if "xl/styles.xml" in package else None
    except Invalid:
        return {}
    if root is None:
        return {}
    fonts = [_kinds(font) for font in next(root.iter("fonts"), ())]
    fills = [_fill(fill) for fill in next(root.iter("fills"), ())]
    found = {}
    for place, style in enumerate(next(root.iter("cellXfs"), ())):
        kinds = _at(fonts, style.get("fontId")) | _at(fills, style.get("fillId"))
        if kinds:
            found[place] = kinds
    return found


def _at(kinds: list[frozenset[str]], number: str | None) -> frozenset[str]:
    is_one = number is not None and number.isdecimal() and len(number) < 6 and int(number) < len(kinds)
    return kinds[int(number or 0)] if is_one else _NOTHING


def _kinds(font: _Element) -> frozenset[str]:
    said = {_name(each): each for each in font}
    kinds = {BOLD} if "b" in said and said["b"].get("val") not in _OFF else set()
    kinds |= {LINE} if "u" in said and said["u"].get("val") not in _OFF else set()
    return frozenset(kinds | ({COLOUR} if "color" in said and _has_colour(said["color"]) else set()))


def _fill(fill: _Element) -> frozenset[str]:
    pattern = next((each for each in fill if each.get("patternType") not in (None, "none", "gray125")), None)
    front = None if pattern is None else next((each for each in pattern if _name(each) == "fgColor"), None)
    return frozenset((LIGHT,)) if front is not None and _has_colour(front) else _NOTHING


def _has_colour(colour: _Element) -> bool:
    theme, indexed, said = colour.get("theme"), colour.get("indexed"), colour.get("rgb") or ""
    if theme is not None:
        return theme.isdecimal() and int(theme[:3]) >= _FIRST_ACCENT
    if indexed is not None:
        return indexed.isdecimal() and indexed not in _NO_COLOURS
    return set(said) <= set(hexdigits) and is_coloured(said[-6:])


def _strings(package: Package) -> dict[int, _Runs]:
    """Return the shared strings whose words look differently, by their numbers."""
    name = "xl/sharedStrings.xml"
    content = package.read(name, MAX_PART) if name in package else b""
    if not _has_few_runs(content):
        return {}
    starts = [found.start() for found in _STRING.finditer(content)]
    found = {}
    left = _LONGEST_OF_ALL
    for number, (begin, end) in enumerate(zip(starts, [*starts[1:], len(content)], strict=True)):
        if content.find(_RUN, begin, end) >= 0 and end - begin <= _LONGEST:
            found[number] = _runs(content[begin:end])
            left -= end - begin
        if left < 0:
            return {}
    return found


def _has_few_runs(content: bytes) -> bool:
    """Tell whether words of strings look differently, and in no more places than people make."""
    return _RUN in content and content.count(_RUN) <= _MOST_RUNS


def _inline(content: bytes, cell: re.Match[bytes]) -> _Runs:
    """Return the string that stands in a cell itself, if its words look differently."""
    if _INLINE not in cell[0]:
        return ()
    end = content.find(b"is>", cell.end() + len(b"<is>"), cell.end() + _LONGEST)
    inner = content[cell.end() : content.rfind(b"<", cell.end(), end)] if end > 0 else b""
    return _runs(inner) if _RUN in inner else ()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
