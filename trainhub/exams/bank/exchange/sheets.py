"""Excel workbooks: their rows as ever, and the pictures that stand in them."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase

from lxml.etree import _Element

from trainhub.exams.bank.exchange.inline import with_inline, without_its_picture
from trainhub.exams.bank.exchange.lined import is_lined, lines_of_sheet, read_lines, told_aside
from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package, opened
from trainhub.exams.bank.exchange.parts import part_of, targets_of
from trainhub.exams.bank.exchange.remarks import told_remark
from trainhub.exams.bank.exchange.sheet_beside import (
    NOTHING,
    Beside,
    as_shown,
    beside_sheets,
    rows_below,
    told_hidden,
)
from trainhub.exams.bank.exchange.sheet_cells import pictures_in_cells, settled, shifted_texts
from trainhub.exams.bank.exchange.sheet_doubts import (
    Place,
    as_meant,
    doubts_of,
    held_if_doubtful,
    held_if_struck,
    is_any_meant,
    struck_cells,
)
from trainhub.exams.bank.exchange.sheet_looks import Looks, looks_of
from trainhub.exams.bank.exchange.sheet_shown import with_column_of_keys, with_keys_shown
from trainhub.exams.bank.exchange.showing_pictures import Shown, with_pictures
from trainhub.exams.bank.reading.layouts import Columns
from trainhub.exams.bank.reading.looks import Unsure
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.workbook import SAID_NOTHING, ParsedFile, Row, has_header, read_sheet_list
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import Sheet, read_sheets


def read_excel(content: bytes, columns: Columns = SAID_NOTHING) -> ParsedFile:
    """Read a workbook; a picture that stands in a row is shown below its question.

    Raises:
        Unsure: columns are not surely understood, or no sheet has a header of questions.
        Invalid: it cannot be read.
    """
    with opened(content) as package:
        told, shown = shifted_texts(package), pictures_in_cells(package)
        beside = beside_sheets(package, _sheets(package))
        struck = struck_cells(package, _sheets(package))
        pictures = _pictures(package, beside)
        remarks = _remarks(package)
        sheets = [as_shown(each, beside.get(each.name, NOTHING)) for each in read_sheets(content)]
        looks = looks_of(package, _sheets(package), {each.name: each for each in sheets})
    sheets = [with_column_of_keys(each, looks.get(each.name, {})) for each in sheets]
    said = [settled(each, told, shown) for each in sheets]
    lined = {each.name for each in said if _is_lined(each, columns)}
    in_cells = list(shown.values())
    tables = [each for each in said if each.name not in lined]
    parsed = _tables(tables, columns, has_lines=bool(lined))
    parsed = with_keys_shown(parsed, tables, looks, columns)
    by_lines = [each for each in said if each.name in lined]
    written = _written(by_lines, beside, struck, pictures, in_cells, looks)
    pictures = [pair for pair in pictures if pair[0][0].rpartition("!")[0] not in lined]
    places, stray = _placed(pictures, {row.where for row in parsed.rows})

    def with_all(row: Row) -> Row:
        return without_its_picture(_illustrated(with_inline(row, in_cells), places.get(row.where, [])))

    doubts, meant = _doubts(sheets, beside), _meant(said, beside, struck, columns)
    rows = []
    for row in map(with_all, parsed.rows):
        other = with_all(meant[row.where]) if meant is not None and row.where in meant else None
        found = held_if_doubtful(row, doubts.get(row.where, set()), other)
        rows.append(held_if_struck(found, other) if found is row and meant is not None and struck else found)
    warnings = [(place, _("A picture stands beside no question and was left aside.")) for place in stray]
    warnings += _told_remarks(remarks, {row.where for row in parsed.rows}, lined)
    for found_rows, told_aside_ in written:
        rows += found_rows
        warnings += told_aside_
    order = {each.name: place for place, each in enumerate(said)}
    rows.sort(key=lambda row: order.get(row.where.rpartition("!")[0], 0))
    for name, each in beside.items():
        warnings += told_hidden(name, each, _rows_of(name, rows))
    return replace(parsed, rows=tuple(rows), warnings=(*parsed.warnings, *warnings))


def _told_remarks(
    remarks: Sequence[tuple[str, str]], asked: Container[str], lined: Container[str]
) -> list[tuple[str, str]]:
    """Return the remarks that stand beside a question; a sheet read line by line has them anywhere."""
    return [
        (place, told_remark(text))
        for place, text in remarks
        if place in asked or place.rpartition("!")[0] in lined
    ]


def _written(
    sheets: Sequence[Sheet],
    beside: Mapping[str, Beside],
    struck: Mapping[str, Mapping[tuple[int, int], str]],
    pictures: Sequence[tuple[list[str], Shown]],
    in_cells: Sequence[Shown],
    looks: Mapping[str, Looks],
) -> list[tuple[list[Row], list[tuple[str, str]]]]:
    """Return the questions and warnings of the sheets that hold a test line by line."""
    meant = {
        each.name: as_meant(each, beside.get(each.name, NOTHING), struck[each.name])
        for each in sheets
        if each.name in struck
    }
    return [
        _lines(each, pictures, in_cells, looks.get(each.name, {}), meant.get(each.name)) for each in sheets
    ]


def _is_lined(sheet: Sheet, columns: Columns) -> bool:
    """Tell whether a sheet holds a test line by line, has no headings, and nobody said what it holds."""
    if columns.layout_of(sheet) is not None or has_header(sheet):
        return False
    return is_lined(sheet)


def _tables(sheets: list[Sheet], columns: Columns, *, has_lines: bool) -> ParsedFile:
    """Return the rows of tables; beside sheets that hold lines there need not be any.

    Raises:
        Unsure: columns are not surely understood, or no sheet at all has questions.
    """
    try:
        return read_sheet_list(sheets, columns=columns)
    except Unsure as refusal:
        asks = any({"stem", "answer"} <= set(each.layout.meanings) for each in refusal.looks)
        if asks or not has_lines:
            raise
        return ParsedFile((), tuple(warning for each in sheets for warning in told_aside(each)))


def _lines(
    sheet: Sheet,
    pictures: Sequence[tuple[list[str], Shown]],
    in_cells: Sequence[Shown],
    looks: Looks,
    meant: Sheet | None = None,
) -> tuple[list[Row], list[tuple[str, str]]]:
    """Return the questions of a sheet that holds a test line by line; struck-out words hold theirs."""
    own = [(rows, shown) for rows, shown in pictures if rows[0].rpartition("!")[0] == sheet.name]
    beside = [(int(rows[0].rpartition("!")[2]) - 1, shown.name) for rows, shown in own]
    held = {shown.name: shown for _rows, shown in own}
    rows, warnings = read_lines(lines_of_sheet(sheet, beside, looks), held)
    rows = [with_inline(row, in_cells) for row in rows]
    if meant is not None:
        others, _warnings = _lines(meant, pictures, in_cells, looks)
        by_place = {row.where: row for row in others}
        rows = [held_if_struck(row, by_place.get(row.where)) for row in rows]
    return rows, warnings


def _meant(
    sheets: Sequence[Sheet],
    beside: Mapping[str, Beside],
    struck: Mapping[str, Mapping[Place, str]],
    columns: Columns,
) -> dict[str, Row] | None:
    """Return the rows as they were most likely meant, by place; None if that is how they stand."""
    if not is_any_meant(sheets, beside, struck):
        return None
    meant = [as_meant(each, beside.get(each.name, NOTHING), struck.get(each.name, {})) for each in sheets]
    try:
        return {row.where: row for row in read_sheet_list(meant, columns=columns).rows}
    except Invalid:
        return {}


def _placed(
    pictures: Sequence[tuple[list[str], Shown]], known: Container[str]
) -> tuple[dict[str, list[tuple[Shown, bool]]], list[str]]:
    """Return the pictures of each row, each with whether it is surely that row's, and places without one."""
    found: dict[str, list[tuple[Shown, bool]]] = {}
    stray = []
    for rows, picture in pictures:
        asked = [row for row in rows if row in known]
        stray += [] if asked else rows[:1]
        for row in asked:
            found.setdefault(row, []).append((picture, len(asked) == 1))
    return found, list(dict.fromkeys(stray))


def _illustrated(row: Row, pictures: Sequence[tuple[Shown, bool]]) -> Row:
    row = with_pictures(row, [picture for picture, _is_sure in pictures])
    if row.outcome is Outcome.REJECTED or all(is_sure for _picture, is_sure in pictures):
        return row
    reason = _("A picture covers several rows: whose it is cannot be told for certain.")
    return replace(row, outcome=Outcome.HELD, reason=" ".join((row.reason, reason)).strip())


def _doubts(sheets: Sequence[Sheet], beside: Mapping[str, Beside]) -> dict[str, set[str]]:
    """Return the numbers of each row, such as ``Sheet1!5``, that a spreadsheet shows in another way."""
    return {
        f"{each.name}!{row + 1}": texts
        for each in sheets
        for row, texts in doubts_of(each, beside.get(each.name, NOTHING)).items()
    }


def _rows_of(name: str, rows: Sequence[Row]) -> list[int]:
    places = (row.where.rpartition("!") for row in rows)
    return [int(number.lstrip(ascii_uppercase)) - 1 for sheet, _sign, number in places if sheet == name]


def _pictures(package: Package, beside: Mapping[str, Beside]) -> list[tuple[list[str], Shown]]:
    """Return the pictures with the rows that each may belong to, such as ``Sheet1!5``."""
    found = []
    for name, sheet in _sheets(package).items():
        for target in _related(package, sheet, "/drawing"):
            for rows, picture in _anchors(package, target, beside.get(name, NOTHING)):
                found.append(([f"{name}!{row + 1}" for row in rows], picture))
    return found


def _remarks(package: Package) -> list[tuple[str, str]]:
    """Return what people wrote beside cells (批注), each with its row, such as ``Sheet1!5``."""
    found = []
    for name, sheet in _sheets(package).items():
        for part in _related(package, sheet, "/comments"):
            root = _root(package, part)
            for each in () if root is None else root.iter("comment"):
                row = "".join(filter(str.isdigit, each.get("ref") or ""))
                found.append((f"{name}!{row}", "".join(text.text or "" for text in each.iter("t"))))
    return found


def _root(package: Package, name: str) -> _Element | None:
    try:
        return parse(package.read(name)) if name in package else None
    except Invalid:
        return None


def _related(package: Package, part: str, kind: str) -> list[str]:
    folder, _slash, name = part.rpartition("/")
    relations = _root(package, f"{folder}/_rels/{name}.rels")
    if relations is None:
        return []
    return [
        posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
        if not target.startswith("/")
        else target[1:]
        for each in relations
        if (each.get("Type") or "").endswith(kind) and (target := each.get("Target") or "")
    ]


def _sheets(package: Package) -> dict[str, str]:
    """Return the part of each sheet by its name."""
    workbook = _root(package, "xl/workbook.xml")
    relations = _root(package, "xl/_rels/workbook.xml.rels")
    if workbook is None or relations is None:
        return {}
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    found = {}
    for sheet in workbook.iter("sheet"):
        target = targets.get(sheet.get("id"), "")
        found[sheet.get("name") or ""] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _anchors(package: Package, drawing: str, beside: Beside) -> list[tuple[list[int], Shown]]:
    root = _root(package, drawing)
    found = []
    for anchor in [] if root is None else root:
        rows = rows_below(anchor, beside)
        for blip in anchor.iter("blip") if rows else ():
            name = targets_of(package, drawing).get(blip.get("embed") or "", "")
            told = next((each.get("descr") or "" for each in anchor.iter("cNvPr")), "")
            found.append((rows, Shown(name or "?", part_of(package, name), told)))
    return found
