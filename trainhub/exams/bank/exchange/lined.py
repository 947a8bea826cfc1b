"""Tests written line by line without a table: as a plain text, or pasted into the cells of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from trainhub.exams.bank.exchange.aiken import ANSWER
from trainhub.exams.bank.exchange.encodings import text_of, tidy
from trainhub.exams.bank.exchange.found import numbered
from trainhub.exams.bank.exchange.inline import with_inline
from trainhub.exams.bank.exchange.key_lists import compact
from trainhub.exams.bank.exchange.key_rows import in_our_words, is_row_of_numbers
from trainhub.exams.bank.exchange.limits import LOOKED_AT, lines_of
from trainhub.exams.bank.exchange.sheet_looks import Looks
from trainhub.exams.bank.exchange.showing_pictures import Shown
from trainhub.exams.bank.exchange.word_beginnings import usual
from trainhub.exams.bank.exchange.word_judging import judged
from trainhub.exams.bank.exchange.word_keys import KEY, edge_key, split_key
from trainhub.exams.bank.exchange.word_lines import (
    Line,
    begins_question,
    heading_in,
    is_option,
    kind_beside,
    with_ahead,
)
from trainhub.exams.bank.exchange.word_questions import Gatherer
from trainhub.exams.bank.exchange.word_standing_out import NOTHING, Stress
from trainhub.exams.bank.reading.answers import says_truth_plainly
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import Sheet

_LOOKED_AT_LINES = 400
_SMALL_OPTION = re.compile(r"\s{0,9}[（(]?[a-h]\s{0,3}[.．、:：)）]\s{0,9}\S")
_INLINE = re.compile(r"A\s{0,3}[.．、:：)）][^\n]{1,200}?[\s;；。]{0,9}B\s{0,3}[.．、:：)）]\s{0,3}\S")
_LONGEST = 2_000
_ALONE = 0.8


def looks_lined(lines: Iterable[str]) -> bool:
    """Tell whether lines are those of a test: questions with numbers, options, what looks like a key."""
    questions = options = keys = parts = 0
    for text, _number in zip(filter(str.strip, lines), range(_LOOKED_AT_LINES), strict=False):
        text = usual(_unquoted(text[:_LONGEST].strip()))
        is_offer = is_option(text) or _SMALL_OPTION.match(text) is not None
        is_question = not is_offer and begins_question(text)
        options += is_offer + 2 * (is_question and _INLINE.search(text) is not None)
        questions += is_question
        keys += _keys_in(text)
        parts += heading_in(text) is not None or (is_question and bool(kind_beside(text)[0]))
    is_test = options > 1 or keys > 1 or (parts > 0 and questions > 1)
    return (questions > 0 or keys > 0) and is_test


def is_of_several_kinds(text: str) -> bool:
    """Tell whether a text that has lines of keys is more than choices: it has parts, or right and wrong."""
    lines = [line.strip() for line in lines_in(text)[:_LOOKED_AT_LINES]]
    keys = (found[1] for line in lines if (found := ANSWER.fullmatch(line)) is not None)
    is_mixed = any(heading_in(line) for line in lines) or any(map(says_truth_plainly, keys))
    return is_mixed and looks_lined(lines)


def _keys_in(text: str) -> int:
    """Return how many keys a line has: that of a question, or those of a list."""
    found = KEY.fullmatch(in_our_words(text))
    listed = compact(text if found is None else found[1], "", 2)
    is_one = found is not None or bool(split_key(text)[1]) or edge_key(text, has_options=False) is not None
    return len(listed) or int(is_one)


def lines_in(text: str) -> list[str]:
    """Return the first lines of a text, by which its form is told."""
    return text[:LOOKED_AT].splitlines()


def read_text(content: bytes) -> ParsedFile:
    """Read a text of numbered questions, lettered options and keys, as a Word document has them.

    Raises:
        Invalid: it has more lines or questions than are read at once.
    """
    lines = lines_of(tidy(text_of(content)))
    found = [Line(f"line {number}", _unquoted(text.strip())) for number, text in enumerate(lines, start=1)]
    rows, warnings = read_lines(found)
    return ParsedFile(tuple(rows), tuple(warnings))


def _unquoted(text: str) -> str:
    """Return a line without the quotes that a table of one column has around it."""
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1].replace('""', "")
    return text[1:-1].replace('""', '"') if is_quoted else text


def read_lines(
    lines: Sequence[Line], held: Mapping[str, Shown] | None = None
) -> tuple[list[Row], list[tuple[str, str]]]:
    """Return the questions of lines, and what to say of what was left aside.

    Args:
        lines: in their order.
        held: the pictures that stand in them, by name.
    """
    gatherer = Gatherer()
    for line, ahead in with_ahead(lines):
        gatherer.take(line, ahead)
    left = gatherer.conclude()
    pictures = dict(held or {})
    rows = [judged(draft, pictures) for draft in gatherer.drafts]
    return list(numbered(map(with_inline, chain(rows, left)))), gatherer.warnings


def is_lined(sheet: Sheet) -> bool:
    """Tell whether a sheet holds a test line by line: the rows of its questions hold little else."""
    filled = [[cell for cell in cells if cell.strip()] for cells in sheet.rows]
    asked = [len(cells) for cells in filled if cells and begins_question(usual(cells[0].split("\n")[0]))]
    alone = asked or [len(cells) for cells in filled]
    if alone.count(1) < _ALONE * len(alone):
        return False
    return looks_lined(line for cells in filled for cell in cells for line in cell.split("\n"))


def lines_of_sheet(sheet: Sheet, pictures: Sequence[tuple[int, str]], looks: Looks) -> list[Line]:
    """Return the lines of a sheet, each with its cell; pictures stand at the first line of their row.

    Args:
        sheet: the sheet.
        pictures: row from 0 and name of each.
        looks: what stands out in its cells.
    """
    found: list[Line] = []
    is_below = False
    for row, cells in enumerate(sheet.rows):
        texts = [
            (column, text, _stress(looks, row, column, line))
            for column, cell in enumerate(cells)
            for line, text in enumerate(cell.split("\n"))
            if text.strip()
        ]
        whole = "\t".join(text.strip() for _column, text, _stress_ in texts)
        is_counted = is_row_of_numbers(whole)
        if is_counted or is_below:
            texts = [(texts[0][0], whole, NOTHING)] if texts else []
        is_below = is_counted
        beside = tuple(name for place, name in pictures if place == row)
        for number, (column, text, stress) in enumerate(texts):
            where = f"{sheet.name}!{_letters(column)}{row + 1}"
            found.append(Line(where, text.strip(), beside if number == 0 else (), stress=stress))
        if not texts:
            found.append(Line(f"{sheet.name}!A{row + 1}", "", beside))
    return found


def _stress(looks: Looks, row: int, column: int, line: int) -> Stress:
    lines = looks.get((row, column), ())
    return lines[line] if line < len(lines) else NOTHING


def _letters(column: int) -> str:
    """Return the letters of a column: A to Z, AA and so on."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def told_aside(sheet: Sheet) -> list[tuple[str, str]]:
    """Return what to say of a sheet that is neither a table of questions nor a test."""
    if not any(cell.strip() for cells in sheet.rows for cell in cells):
        return []
    return [(sheet.name, _("No header with question and key was found; the sheet was left aside."))]
