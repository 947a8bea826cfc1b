"""A workbook of questions from first to last sheet: every row that says anything is judged, none is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trainhub.exams.bank.reading.columns import Header, find_header, meaning_of
from trainhub.exams.bank.reading.guessing import look_at, settled
from trainhub.exams.bank.reading.judging import Row, judge, number_of, read_cells
from trainhub.exams.bank.reading.layouts import Columns, check_meanings, header_by
from trainhub.exams.bank.reading.looks import Unsure, unsure
from trainhub.exams.bank.reading.sections import parts_of, types_said
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.workbooks import Sheet

__all__ = ["ParsedFile", "Row", "read_sheet_list"]

Tell = Callable[[int, int], None]
SAID_NOTHING = Columns()


@dataclass(frozen=True)
class ParsedFile:
    """A question file as read (试题文件).

    Args:
        rows: every row that says anything below a header, in the order of the file.
        warnings: (where, text) of what was left aside.
        form: of the file, as the report names it.
    """

    rows: tuple[Row, ...]
    warnings: tuple[tuple[str, str], ...]
    form: str = "xlsx"


def read_sheet_list(
    sheets: list[Sheet], tell: Tell | None = None, columns: Columns = SAID_NOTHING, *, asks: bool = True
) -> ParsedFile:
    """Read the sheets of a workbook of questions.

    Args:
        sheets: as they were read.
        tell: told (rows done, rows in all) now and then.
        columns: what was said about its columns.
        asks: whether it is read only if what every column means is sure or was said.

    Raises:
        Unsure: columns are not surely understood, or no sheet has a header of questions.
    """
    rows: list[Row] = []
    warnings: list[tuple[str, str]] = []
    headers = _headers(sheets, columns, asks=asks)
    total = sum(len(sheet.rows) for sheet in sheets)
    for sheet, header in zip(sheets, headers, strict=True):
        if header is None:
            if any(cell.strip() for cells in sheet.rows for cell in cells):
                text = _("No header with question and key was found; the sheet was left aside.")
                warnings.append((sheet.name, text))
            continue
        warnings += _header_warnings(sheet, header)
        rows += _rows(sheet, header, warnings)
        if tell is not None:
            tell(len(rows), total)
    return ParsedFile(tuple(rows), tuple(warnings))


def _headers(sheets: list[Sheet], columns: Columns, *, asks: bool) -> list[Header | None]:
    """Return where each sheet's columns are, None of sheets that are left aside.

    Raises:
        Unsure: columns are not surely understood, or no sheet has a header of questions.
    """
    found: list[Header | None] = []
    looks = []
    for sheet in sheets:
        layout = columns.layout_of(sheet)
        if layout is None:
            header, look = settled(sheet) if asks else (find_header(sheet.rows), None)
            looks += [] if look is None else [look]
            found.append(header)
        elif layout.meanings:
            check_meanings(layout.meanings)
            found.append(header_by(layout, sheet))
        else:
            found.append(None)
    if looks:
        raise unsure(looks)
    if not any(found):
        text = _("No row with headings for question, key and options was found in the workbook.")
        raise Unsure(text, [look_at(sheet) for sheet in sheets if _is_table(sheet)])
    return found


def _is_table(sheet: Sheet) -> bool:
    return sum(1 for cells in sheet.rows if sum(1 for cell in cells if cell.strip()) >= 2) >= 2


def _header_warnings(sheet: Sheet, header: Header, above: int = 0) -> list[tuple[str, str]]:
    where = f"{sheet.name}!{header.row + 1}"
    found = []
    if header.unknown:
        names = "、".join(header.unknown)[:200]
        found.append((where, _("Columns left aside: %(names)s", names=names)))
    if any(any(cell.strip() for cell in cells) for cells in sheet.rows[above : max(0, header.row)]):
        found.append((where, _("Rows above the header were left aside.")))
    return found


def _rows(sheet: Sheet, header: Header, warnings: list[tuple[str, str]]) -> list[Row]:
    rows: list[Row] = []
    above = 0
    for begins, (head, last) in parts_of(sheet, header).items():
        part = Sheet(sheet.name, list(sheet.rows[:last]))
        if begins != header.row:
            text = _("Other headings stand here; the rows below are read by them.")
            warnings += [(f"{sheet.name}!{begins + 1}", text), *_header_warnings(part, head, above)]
        rows += _part(part, head, above, warnings)
        above = last
    return rows


def _part(sheet: Sheet, header: Header, above: int, warnings: list[tuple[str, str]]) -> list[Row]:
    """Return the rows that stand below a header."""
    kept: list[tuple[str, dict[str, str]]] = []
    kinds = {} if "type" in header.columns else types_said(sheet, above)
    for place in range(header.row + 1, len(sheet.rows)):
        cells = sheet.rows[place]
        where = f"{sheet.name}!{place + 1}"
        read = read_cells(cells, header)
        if place in kinds:
            warnings.append((where, _("The heading says the type of the rows below.")))
        elif not any(read.values()):
            if any(cell.strip() for cell in cells):
                warnings.append((where, _("The row says nothing in the columns of questions.")))
        elif _is_header_again(cells, header):
            warnings.append((where, _("The header stands here once more.")))
        else:
            titled = next((kinds[row] for row in sorted(kinds, reverse=True) if row < place), "")
            kept.append((where, {"type": titled, **read} if titled else read))
    if bare := _without_heading(sheet, header):
        text = ngettext(
            "Cells that stand under no heading were left aside, in %(num)s row.",
            "Cells that stand under no heading were left aside, in %(num)s rows.",
            len(bare),
        )
        warnings.append((f"{sheet.name}!{bare[0] + 1}", text))
    numbers = [number_of(read.get("stem", "")) for _where, read in kept]
    return [judge(where, read, header, _due(numbers, place)) for place, (where, read) in enumerate(kept)]


def _without_heading(sheet: Sheet, header: Header) -> list[int]:
    """Return the rows that say something beside the columns that have a heading or are read."""
    if header.row < 0:
        return []
    head = sheet.rows[header.row]
    named = {place for place, cell in enumerate(head) if cell.strip()} | header.used
    return [
        row
        for row in range(header.row + 1, len(sheet.rows))
        if any(cell.strip() and place not in named for place, cell in enumerate(sheet.rows[row]))
    ]


def _is_header_again(cells: list[str], header: Header) -> bool:
    if header.row < 0:
        return False
    found = {place: meaning_of(cells[place]) for place in header.used if place < len(cells)}
    is_head = all(found.get(header.columns[name]) == name for name in ("stem", "answer"))
    return is_head and sum(1 for meaning in found.values() if meaning) >= max(3, len(header.used) - 1)


def _due(numbers: list[int | None], place: int) -> int | None:
    """Return the number that the rows around a row count up to: a number, no quantity."""
    here = numbers[place]
    before = numbers[place - 1] if place else None
    after = numbers[place + 1] if place + 1 < len(numbers) else None
    if here is not None:
        return here if before == here - 1 or after == here + 1 else None
    return before + 1 if before is not None and after == before + 2 else None
