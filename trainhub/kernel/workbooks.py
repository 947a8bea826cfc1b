"""Excel workbooks from strangers, read without trust.

A file is judged by its content, never by its name: a password, macros, a bomb, a foreign format each get a
sentence of their own. Every cell arrives as text; which cells held numbers or formulas is told beside it,
because an 18-digit ID number in a number cell has already lost its end.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine
from defusedxml import ElementTree

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbook_grids import Grid

MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 150 * 1024 * 1024
MAX_RATIO = 300
MAX_PARTS = 2000
MAX_PART = 48 * 1024 * 1024
MAX_STRINGS = 400_000
MAX_AREA = 2_500_000
"""Cells that are built for all sheets together, filled or not: a sheet of the most rows with 125 columns."""
MAX_FILLED = 400_000
"""Cells in which something stands: a sheet of the most rows with twenty columns."""
USUAL_AREA, AREA_A_CELL = 300_000, 20
"""So many are built whatever stands in them, and so many for each that is filled: a stray cell in the last
corner of each of a hundred sheets costs nothing to write and gigabytes to read."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_NOT_IN_ASCII = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""How a part begins whose signs are two bytes each: what stands in it would not be found."""
_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook (工作表) as text.

    Args:
        name: its name.
        rows: the cells; row 1 of the spreadsheet is ``rows[0]``, whatever is empty above.
        numbers: places (row from 1, column from 0) that held numbers.
        formulas: places that held formulas.
    """

    name: str
    rows: list[list[str]]
    numbers: frozenset[tuple[int, int]] = field(default=frozenset())
    formulas: frozenset[tuple[int, int]] = field(default=frozenset())


def read_sheets(source: Path | bytes, *, max_rows: int = 20_000, max_columns: int = 200) -> list[Sheet]:
    """Read all sheets of an .xlsx workbook.

    Args:
        source: the file, whose name says nothing, or what it holds: what is secret need not touch the disk.
        max_rows: most rows a sheet may have.
        max_columns: most columns.

    Raises:
        Invalid: the file is no .xlsx workbook, is locked, holds macros, is unreasonably large or broken.
    """
    formulas = _inspect(source, max_rows, max_columns)
    try:
        workbook = python_calamine.CalamineWorkbook.from_object(_opened(source))
        names = [
            each.name
            for each in workbook.sheets_metadata
            if each.typ is python_calamine.SheetTypeEnum.WorkSheet
        ]
        return [_sheet(workbook, name, formulas.get(name, frozenset())) for name in names]
    except (python_calamine.CalamineError, ValueError, OSError) as problem:
        raise Invalid(_("The workbook is damaged and cannot be read. Save it again and retry.")) from problem


def _sheet(workbook: Any, name: str, formulas: frozenset[tuple[int, int]]) -> Sheet:
    values = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    numbers = frozenset(
        (row, column)
        for row, cells in enumerate(values, start=1)
        for column, value in enumerate(cells)
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    return Sheet(name, [[_text(value) for value in cells] for cells in values], numbers, formulas)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}".upper()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    # A cell may say NUL by its number (_x0000_), which no database keeps as text.
    return "" if value is None else str(value).replace("\0", "")


def _opened(source: Path | bytes) -> str | BytesIO:
    return BytesIO(source) if isinstance(source, bytes) else str(source)


def _inspect(source: Path | bytes, max_rows: int, max_columns: int) -> dict[str, frozenset[tuple[int, int]]]:
    """Judge a file before a parser sees it; returns the places of formulas by sheet."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > MAX_FILE:
        raise Invalid(_("The file is larger than %(count)s MB.", count=MAX_FILE >> 20))
    with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        head = file.read(8)
        if head == _OLE:
            raise Invalid(_ole_reason(head + file.read(MAX_FILE)))
    if not head.startswith(b"PK\x03\x04"):
        raise Invalid(_("This is not an Excel workbook (.xlsx)."))
    try:
        with zipfile.ZipFile(_opened(source)) as package:
            _inspect_package(package)
            return _inspect_sheets(package, max_rows, max_columns)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, NotImplementedError) as problem:
        raise Invalid(_("The workbook is damaged and cannot be read. Save it again and retry.")) from problem
    except ValueError as problem:
        raise Invalid(_("The workbook holds parts that no workbook needs; it was not opened.")) from problem


def _ole_reason(content: bytes) -> str:
    if _ENCRYPTED in content:
        return _("The workbook is protected by a password. Remove the password and send it again.")
    return _("This is a workbook of the old form (.xls). Save it as .xlsx and send it again.")


def _inspect_package(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid(_("The workbook is protected by a password. Remove the password and send it again."))
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise Invalid(_("This is not an Excel workbook (.xlsx)."))
    types = _read_part(package, package.getinfo("[Content_Types].xml"), 1 << 20).lower()
    if any(name.endswith("vbaproject.bin") for name in names) or b"macroenabled" in types:
        raise Invalid(_("The workbook holds macros. Save it as .xlsx without macros and send it again."))
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    too_dense = unpacked > 1 << 20 and unpacked > MAX_RATIO * max(1, packed)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or too_dense:
        raise Invalid(_("Unpacked, the workbook would be unreasonably large; it was not opened."))


def _read_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> bytes:
    """Unpack one part, no further than its honest size."""
    with package.open(part) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Invalid(_("Unpacked, the workbook would be unreasonably large; it was not opened."))
    if content[:2] in _NOT_IN_ASCII or (_is_markup(part) and _DECLARES.search(content, 0, 4096)):
        raise Invalid(_("The workbook holds parts that no workbook needs; it was not opened."))
    return content


def _is_markup(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels"))


def _inspect_sheets(
    package: zipfile.ZipFile, max_rows: int, max_columns: int
) -> dict[str, frozenset[tuple[int, int]]]:
    """Go over every part in which cells stand, wherever it lies and whatever it is called."""
    targets = _sheet_parts(package)
    formulas: dict[str, frozenset[tuple[int, int]]] = {}
    left = left_to_say = MAX_UNPACKED
    lengths: list[int] = []
    area = filled = 0
    for part in sorted(package.infolist(), key=lambda each: not _holds_strings(each)):
        content = _read_part(package, part, min(left, MAX_PART))
        left -= len(content)
        lengths += _lengths(content) if _holds_strings(part) else ()
        if b"sheetData" not in content:
            continue
        _require_filled(filled + _values_in(content))
        grid = Grid(max_rows, max_columns, lengths)
        grid.read(content)
        _require_extent(grid.rows, grid.columns, max_rows, max_columns)
        if (left_to_say := left_to_say - grid.said) < 0:
            raise _too_large()
        for name in (name for name, target in targets.items() if target == part.filename):
            formulas[name] = frozenset(grid.formulas)
        area, filled = area + grid.area, filled + grid.filled
        _require_filled(filled)
        if area > MAX_AREA:
            raise _too_large()
    if area > max(USUAL_AREA, AREA_A_CELL * filled):
        raise _too_large()
    return formulas


def _values_in(content: bytes) -> int:
    """Return about how many values a sheet holds, counted before any is looked at."""
    return (content.count(b"v>") + content.count(b"is>")) // 2


def _require_filled(filled: int) -> None:
    if filled > MAX_FILLED:
        said = _("The workbook has more than %(count)s filled cells. Divide the file.", count=MAX_FILLED)
        raise Invalid(said)


def _holds_strings(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower() == "xl/sharedstrings.xml"


def _lengths(content: bytes) -> list[int]:
    """Return about how long the strings are that cells share: at most twenty for each row of a sheet."""
    if content.count(b"si>") > 2 * MAX_STRINGS:
        raise _too_large()
    starts = [found.start() for found in _STRING.finditer(content)]
    return [end - start for start, end in zip(starts, [*starts[1:], len(content)], strict=True)]


def _too_large() -> Invalid:
    return Invalid(_("Unpacked, the workbook would be unreasonably large; it was not opened."))


def _require_extent(rows: int, columns: int, max_rows: int, max_columns: int) -> None:
    if rows > max_rows:
        raise Invalid(_("A sheet has more than %(count)s rows. Divide the file.", count=max_rows))
    if columns > max_columns:
        raise Invalid(_("A sheet has more than %(count)s columns.", count=max_columns))


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id"): (each.get("Target") or "") for each in relations}
    sheets = ElementTree.fromstring(package.read("xl/workbook.xml")).iter(f"{_SPREADSHEET}sheet")
    parts, seen = {}, set[str]()
    for sheet in sheets:
        target = targets.get(sheet.get(f"{_RELATION}id"), "")
        lies = target.lower().lstrip("/").removeprefix("xl/")
        if lies in seen:
            raise ValueError("one part for several sheets, which would be built for each of them")
        seen.add(lies)
        parts[sheet.get("name") or ""] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts
