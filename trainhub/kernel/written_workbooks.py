"""Workbooks that no spreadsheet will execute, written without a temporary file: many say secrets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What a workbook takes for a sign by its number; its first sign is written by number itself."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write one sheet of text cells under a header row that stays in view.

    Args:
        title: name of the sheet.
        header: names of the columns.
        rows: the cells; each becomes text, so that nothing is computed when the file is opened.

    Returns:
        The bytes of an .xlsx workbook.
    """
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "Sheet1")
    sheet.freeze_panes = "A2"
    lines = [[cell_text(value) for value in row] for row in rows]
    for number, name in enumerate(header):
        widest = max([_width(name), *(_width(line[number]) for line in lines[:500] if number < len(line))])
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(60, widest + 3)
    sheet._writer = WorksheetWriter(sheet, out=BytesIO())
    sheet._writer.write_top()
    sheet.append([_text_cell(sheet, name, heading=True) for name in header])
    for line in lines:
        sheet.append([_text_cell(sheet, value) for value in line])
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        _InMemory(workbook, package).save()
    return target.getvalue()


class _InMemory(ExcelWriter):
    """Writes what openpyxl would lay into a temporary file first: people's names and secret questions."""

    def __init__(self, workbook: Any, package: zipfile.ZipFile) -> None:
        super().__init__(workbook, package)
        self._package = package

    def write_worksheet(self, sheet: Any) -> None:
        """Put a sheet into the package from memory."""
        sheet._drawing = SpreadsheetDrawing()
        sheet._drawing.charts, sheet._drawing.images = sheet._charts, sheet._images
        sheet.close()
        sheet._rels = sheet._writer._rels
        self._package.writestr(sheet.path[1:], sheet._writer.read())
        self.manifest.append(sheet)


def cell_text(value: object) -> str:
    """Return what a cell of a written workbook says for a value: no control characters, no novel."""
    return "" if value is None else _CONTROL.sub("", str(value))[:32_000]


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def _text_cell(sheet: Any, value: str, *, heading: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=_ESCAPE.sub("_x005F_", cell_text(value)))
    cell.data_type = "s"
    cell.number_format = "@"
    if value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        cell.quotePrefix = True
    if heading:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="FFE8EAF6")
    return cell
