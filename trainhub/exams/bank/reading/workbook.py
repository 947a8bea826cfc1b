"""A workbook of questions from first to last sheet: every row that says anything is judged, none is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from trainhub.exams.bank.reading.answers import is_pair_of_truth
from trainhub.exams.bank.reading.chosen import options_of
from trainhub.exams.bank.reading.classes import either_of
from trainhub.exams.bank.reading.columns import (
    Header,
    counts_options,
    find_header,
    meaning_of,
    read_cells,
    with_one_head,
)
from trainhub.exams.bank.reading.guessing import look_at, settled
from trainhub.exams.bank.reading.judging import judge
from trainhub.exams.bank.reading.keys import NOT_TOLD, Counting, counting_of
from trainhub.exams.bank.reading.layouts import Columns, check_meanings, header_by
from trainhub.exams.bank.reading.looks import Unsure, unsure
from trainhub.exams.bank.reading.numbering import number_of
from trainhub.exams.bank.reading.rows import Row
from trainhub.exams.bank.reading.sections import parts_of, types_said
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.workbooks import Sheet

__all__ = ["ParsedFile", "Row", "read_sheet_list"]

Tell = Callable[[int, int], None]
SAID_NOTHING = Columns()
_BELOW = (
    (
        "explanation",
        re.compile(r"\s*[【\[（(]?\s*(?:答案|试题|题目)?解析\s*[】\]）)]?\s*[:：]?\s*(\S.*)", re.DOTALL),
    ),
    (
        "answer",
        re.compile(r"\s*[【\[（(]?\s*(?:正确|参考|标准)?答案\s*[】\]）)]?\s*[:：]\s*(\S.*)", re.DOTALL),
    ),
)
"""What stands in a row of its own below a question and belongs to it."""
_DIGIT = re.compile("[0-9０-９①-⑳]")


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
    sheets = [replace(sheet, rows=with_one_head(sheet.rows)) for sheet in sheets]
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
            header, look = settled(sheet) if asks else (_header_of(sheet), None)
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


def has_header(sheet: Sheet) -> bool:
    """Tell whether a sheet has headings of questions, in one line or two."""
    return _header_of(replace(sheet, rows=with_one_head(sheet.rows))) is not None


def _header_of(sheet: Sheet) -> Header | None:
    return find_header(sheet.rows, is_typed=bool(types_said(sheet, 0)))


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
        elif kept and _takes_below(kept[-1][1], read):
            warnings.append((where, _("The row belongs to the question above it.")))
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
    header = replace(header, codes=header.codes | either_of((read for _where, read in kept), header.codes))
    numbers = [number_of(read.get("stem", "")) for _where, read in kept]
    counting = _counting((read for _where, read in kept), header, sheet)
    return [
        judge(where, read, header, _due(numbers, place), counting) for place, (where, read) in enumerate(kept)
    ]


def _takes_below(above: dict[str, str], read: Mapping[str, str]) -> bool:
    """Give the question above what a row adds to it; False if the row is a question itself."""
    if _is_option_below(read, above):
        above["options"] += f"\n{read['options']}"
        return True
    part = _part_below(read)
    if part is None or above.get(part[0]):
        return False
    above[part[0]] = part[1]
    return True


def _part_below(read: Mapping[str, str]) -> tuple[str, str] | None:
    """Return what a row adds to the question above it (解析：…, 答案：…); None if it is one itself."""
    if [name for name, cell in read.items() if cell] != ["stem"]:
        return None
    for meaning, pattern in _BELOW:
        found = pattern.fullmatch(read["stem"])
        if found is not None:
            return meaning, found[1].strip()
    return None


def _is_option_below(read: Mapping[str, str], above: Mapping[str, str]) -> bool:
    """Tell whether a row holds only a further option of the question above, and says nothing else anew."""
    others = {name: cell for name, cell in read.items() if cell and name != "options"}
    is_new = any(name in ("stem", "answer") or above.get(name) != cell for name, cell in others.items())
    return bool(read.get("options") and above.get("options")) and not is_new


def _counting(rows: Iterable[Mapping[str, str]], header: Header, sheet: Sheet) -> Counting:
    """Return how the keys of choices name their options; it is asked only where some key has a digit."""
    rows = list(rows)
    if not any(_DIGIT.search(read.get("answer", "")) for read in rows):
        return NOT_TOLD
    asked = [(read.get("answer", ""), options_of(read).options) for read in rows]
    choices = [(key, len(options)) for key, options in asked if options and not is_pair_of_truth(options)]
    pairs = [key for key, options in asked if is_pair_of_truth(options)]
    told = counting_of(choices, pairs)
    head = sheet.rows[header.row] if header.row >= 0 else []
    is_counted = any(counts_options(head[place]) for place in header.options.values() if place < len(head))
    return replace(told, from_one=told.from_one or is_counted)


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
