"""CSV with the columns of a workbook, whatever stands between them and in whatever encoding."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

from trainhub.exams.bank.exchange.encodings import text_of, tidy
from trainhub.exams.bank.exchange.inline import without_its_picture
from trainhub.exams.bank.exchange.limits import LOOKED_AT, MOST_LINES
from trainhub.exams.bank.exchange.sheet_doubts import held_if_rounded
from trainhub.exams.bank.reading.columns import HEADER_WITHIN, find_header
from trainhub.exams.bank.reading.layouts import Columns
from trainhub.exams.bank.reading.workbook import SAID_NOTHING, ParsedFile, Tell, read_sheet_list
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import Sheet

DELIMITERS = ",;\t|"
MAX_ROWS, MAX_COLUMNS = 20_000, 200
_GUARDED = re.compile(r"'+[=+\-@\t]")
_AS_TEXT = re.compile(r'="([^"]*)"')
"""How a number is kept as text in CSV, so that a spreadsheet leaves its zeros: ="0012"."""
_DANGEROUS = re.compile(r"'*[=+\-@\t]")
_LINES_FOR_HEADER = 200
LONGEST_LINE = 100_000
"""Characters; a question of the bank has some thousands."""


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """Return a cell without the sign that keeps spreadsheets from computing it."""
    kept = _AS_TEXT.fullmatch(text)
    if kept is not None:
        return kept[1]
    return text[1:] if _GUARDED.match(text) else text


def delimiter_of(text: str) -> str | None:
    """Return what stands between the columns of a file of questions, None if it has no header of such."""
    head = _head(text)
    for delimiter in DELIMITERS:
        try:
            rows = _beginning(head, delimiter)[:HEADER_WITHIN]
        except csv.Error:
            continue
        if find_header(rows) is not None:
            return delimiter
    return None


def likely_delimiter(text: str) -> str | None:
    """Return what stands between the columns of a table without known headings, None if it is no table."""
    head = _head(text)
    for delimiter in DELIMITERS:
        try:
            widths = [len(cells) for cells in _beginning(head, delimiter) if any(cells)]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=0)
        if len(widths) >= 2 and usual >= 3 and widths.count(usual) >= 0.8 * len(widths):
            return delimiter
    return None


def _head(text: str) -> str:
    """Return the first lines of a text; none if one is longer than the lines of tables are."""
    lines = text[:LOOKED_AT].splitlines()[:_LINES_FOR_HEADER]
    return "" if any(len(line) > LONGEST_LINE for line in lines) else "\n".join(lines)


def _beginning(text: str, delimiter: str) -> list[list[str]]:
    """Return the cells of the first rows of a table; their text may end within a quote."""
    return [cells for cells, _line in _rows(text, delimiter, strict=False)]


def _whole(text: str, delimiter: str) -> list[tuple[list[str], int]]:
    """Return the cells of each row of a whole table, and the line where it begins.

    Raises:
        Invalid: it has too many rows, or a quote does not close where its cell ends: rows vanish in it.
    """
    rows: list[tuple[list[str], int]] = []
    begins = 1
    try:
        for cells, ends in _rows(text, delimiter, strict=True):
            if len(rows) > MAX_ROWS:
                raise Invalid(_("A sheet has more than %(count)s rows. Divide the file.", count=MAX_ROWS))
            rows.append((cells, begins))
            begins = ends + 1
    except csv.Error as problem:
        reason = _(
            "The table cannot be read from line %(line)s on: a quote does not close there.", line=begins
        )
        raise Invalid(reason) from problem
    return rows


def _rows(text: str, delimiter: str, *, strict: bool) -> Iterator[tuple[list[str], int]]:
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="\n")
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    for cells in reader:
        yield [tidy(unguarded(cell)) for cell in cells], reader.line_num


def read_csv(content: bytes, columns: Columns = SAID_NOTHING, tell: Tell | None = None) -> ParsedFile:
    """Read a CSV file of questions.

    Raises:
        Unsure: its columns are not surely understood.
        Invalid: it is no table, or is too large.
    """
    text = text_of(content)
    if text.count("\n") + text.count("\r") > MOST_LINES:
        raise Invalid(_("A sheet has more than %(count)s rows. Divide the file.", count=MAX_ROWS))
    if any(len(line) > LONGEST_LINE for line in re.split("[\r\n]", text)):
        raise Invalid(_("A line of the table is longer than %(count)s characters.", count=LONGEST_LINE))
    delimiter = delimiter_of(text) or likely_delimiter(text)
    if delimiter is None:
        raise Invalid(_("No row with headings for question, key and options was found in the file."))
    rows = _whole(text, delimiter)
    if any(len(cells) > MAX_COLUMNS for cells, _line in rows):
        raise Invalid(_("A sheet has more than %(count)s columns.", count=MAX_COLUMNS))
    parsed = read_sheet_list([Sheet("line", [cells for cells, _line in rows])], tell, columns)
    places = {f"line!{number}": f"line {line}" for number, (_cells_, line) in enumerate(rows, start=1)}
    return ParsedFile(
        tuple(
            held_if_rounded(without_its_picture(replace(row, where=places.get(row.where, row.where))))
            for row in parsed.rows
        ),
        tuple((places.get(where, where), text) for where, text in parsed.warnings),
    )
