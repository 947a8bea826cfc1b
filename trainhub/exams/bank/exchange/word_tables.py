"""Tables of a Word document: those with headings, one question each, keys by number, or mere layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.etree import _Element

from trainhub.exams.bank.exchange.encodings import tidy
from trainhub.exams.bank.exchange.found import rejected
from trainhub.exams.bank.exchange.inline import with_inline, without_its_picture
from trainhub.exams.bank.exchange.key_lists import from_grid, number_before
from trainhub.exams.bank.exchange.showing_pictures import Shown, with_pictures
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_lines import Line, begins_question, is_option
from trainhub.exams.bank.exchange.word_questions import Gatherer
from trainhub.exams.bank.exchange.word_runs import cells_in, rows_in, with_blanks
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.exams.bank.reading.columns import find_header, meaning_of
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.workbook import Row, read_sheet_list
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import Sheet

_BARE_NUMBER = re.compile(r"\s*(\d{1,4})\s*[.．、]?\s*")
_TEXT = re.compile(r"[\u4e00-\u9fff]{2}|[A-Za-z]{3}")
_FORM_WORDS = re.compile(
    r"[\s:：]*(?:题号?|大题|[一二三四五六七八九十]{1,2}|\d{1,4}|总分|合计|得分|分数|成绩|姓名|单位|工种|性别|日期|部门|班级|学号|考号"
    r"|准考证号?|身份证号?|评卷人|阅卷人|监考人?|复核人?|签名|签字|考试时间|工作单位)?[\s:：]*"
)


@dataclass(frozen=True)
class Table:
    """A table with the texts of its cells (文档表格)."""

    name: str
    element: _Element
    cells: list[list[str]]


def table_of(element: _Element, number: int) -> Table:
    """Return a table; ``number`` is its place among those of the document."""
    cells = [
        [tidy("\n".join(_paragraph_text(each) for each in cell.iter("p"))).strip() for cell in cells_in(row)]
        for row in rows_in(element)
    ]
    return Table(f"table {number}", element, cells)


def read_table(
    table: Table, gatherer: Gatherer, held: dict[str, Shown], names: dict[str, list[str]]
) -> list[Row]:
    """Read a table; what is laid out in it goes to the gatherer.

    Args:
        table: the table.
        gatherer: gathers the questions around it.
        held: pictures of the document.
        names: those of each row of the table, by its place.

    Returns:
        Rows that are judged already.
    """
    if not any(text for row in table.cells for text in row):
        return []
    cells = _with_type(table.cells, gatherer.title)
    if find_header(cells) is not None:
        parsed = read_sheet_list([Sheet(table.name, cells)], asks=False)
        gatherer.warnings += parsed.warnings
        return [with_inline(_with_named(row, names.get(row.where, []), held)) for row in parsed.rows]
    turned = [list(column) for column in zip(*table.cells, strict=False)]
    if len(table.cells) > 2 and find_header(turned[:1]) is not None:
        shown = [name for place in names for name in names[place]]
        return _read_turned(table, turned, gatherer, held, shown)
    keys = from_grid(table.cells, table.name)
    if keys is not None:
        gatherer.take_keys(keys)
        if not keys:
            gatherer.warnings.append((table.name, _("An empty table for answers was left aside.")))
        return []
    return _read_layout(table, gatherer, names)


def _read_turned(
    table: Table, turned: list[list[str]], gatherer: Gatherer, held: dict[str, Shown], shown: list[str]
) -> list[Row]:
    """Read a table whose headings stand one below the other: each further column is a question."""
    parsed = read_sheet_list([Sheet(table.name, turned)], asks=False)
    gatherer.warnings += parsed.warnings
    return [
        with_inline(_with_named(replace(row, where=_column(row.where, table.name)), shown, held))
        for row in parsed.rows
    ]


def _column(where: str, name: str) -> str:
    number = where.rpartition("!")[2]
    return name if number == "2" else f"{name} column {number}"


def _with_type(cells: list[list[str]], title: str) -> list[list[str]]:
    """Return cells of questions and keys with the type that the heading above the table names."""
    named = type_named(title)
    head = {meaning_of(cell) for cell in cells[0]} if cells else set()
    if named is None or not {"stem", "answer"} <= head or "type" in head:
        return cells
    width = max(len(row) for row in cells)
    first, *others = ([*row, *[""] * (width - len(row))] for row in cells)
    return [[*first, "题型"], *([*row, named.value if any(row) else ""] for row in others)]


def _read_layout(table: Table, gatherer: Gatherer, names: dict[str, list[str]]) -> list[Row]:
    """Read a table in whose cells questions are laid out; rows that say something else are rejected."""
    lines = _lines_of(table)
    open_ = gatherer.open
    begins = any(begins_question(text) for row in lines for _place, text in row)
    is_within = open_ is not None and open_.own_key is None
    if open_ is not None and is_within and all(is_option(text) for row in lines for _place, text in row):
        for number, row in enumerate(lines, start=1):
            where = f"{table.name}!{number}"
            _take_row(gatherer, where, row, tuple(names.get(where, ())), has_key=False)
        return []
    if open_ is not None and is_within and not _goes_on_with(open_, lines):
        _doubt(open_, table.cells)
        return []
    rows, has_begun = [], False
    for number, (cells, row) in enumerate(zip(table.cells, lines, strict=True), start=1):
        where = f"{table.name}!{number}"
        is_question = begins and any(begins_question(text) for _place, text in row)
        has_begun = has_begun or is_question
        if has_begun:
            _take_row(gatherer, where, row, tuple(names.get(where, ())), has_key=is_question)
        elif _is_form(cells):
            gatherer.warnings.append((where, _("A row of a form was left aside.")))
        else:
            reason = _("The row stands below no headings, and no number begins a question in it.")
            rows.append(rejected(where, reason, " | ".join(cell for cell in cells if cell)))
    return rows


def _goes_on_with(draft: Draft, lines: Sequence[Sequence[tuple[int, str]]]) -> bool:
    """Tell whether a table below a question begins the next one, and is not a table of figures within it."""
    first = next((text for row in lines for _place, text in row), "")
    said = number_before(first)
    return (
        begins_question(first)
        and said is not None
        and (draft.number is None or said[0] == draft.number + 1 or (said[0] == 1 and bool(draft.options)))
    )


def _is_form(cells: Sequence[str]) -> bool:
    """Tell whether a row belongs to a form for names and marks."""
    first = next((cell for cell in cells if cell), "")
    labels = _FORM_WORDS.fullmatch(first) is not None and not first.isdecimal()
    return all(_FORM_WORDS.fullmatch(cell) for cell in cells) or (labels and max(map(len, cells)) <= 20)


def _lines_of(table: Table) -> list[list[tuple[int, str]]]:
    """Return the lines of each row with the cell in which they stand; a number of its own joins its text."""
    found = []
    for cells in table.cells:
        texts = list(cells)
        number = next((place for place, text in enumerate(texts) if text), 0)
        said = _BARE_NUMBER.fullmatch(texts[number]) if number + 1 < len(texts) else None
        if said is not None and _TEXT.search(texts[number + 1]):
            texts[number], texts[number + 1] = "", f"{said[1]}. {texts[number + 1]}"
        found.append(
            [(place, line.strip()) for place, text in enumerate(texts) for line in text.split("\n") if line]
        )
    return found


def _take_row(
    gatherer: Gatherer,
    where: str,
    lines: Sequence[tuple[int, str]],
    pictures: tuple[str, ...],
    *,
    has_key: bool,
) -> None:
    """Give the lines of a row to the gatherer; a last cell that may be a key is only proposed as one."""
    last_cell = lines[-1][0] if lines else 0
    is_alone = len(lines) > 1 and lines[-2][0] != last_cell
    said = lines[-1][1] if lines else ""
    may_be_key = has_key and is_alone and (letters(said) is not None or truth(said) is not None)
    for place, (_cell, text) in enumerate(lines[:-1] if may_be_key else lines):
        ahead = lines[place + 1][1] if place + 1 < len(lines) else ""
        gatherer.take(Line(where, text, pictures if place == 0 else ()), ahead)
    open_ = gatherer.open
    if may_be_key and open_ is not None and open_.own_key is None:
        open_.key = said
        open_.doubts.append(
            _("The last cell of the row seems to be the key, but it stands below no heading.")
        )


def _doubt(draft: Draft, cells: Sequence[Sequence[str]]) -> None:
    """Hold a question in which a table stands; its cells are shown in lines."""
    lines = [" | ".join(cell.replace("\n", " ") for cell in row) for row in cells if any(row)]
    draft.stem = "\n".join([draft.stem, *lines])
    draft.doubts.append(_("A table stands in the question; its cells are shown as lines."))


def _with_named(row: Row, names: list[str], held: dict[str, Shown]) -> Row:
    if not names:
        return without_its_picture(row)
    shown = [held[name] for name in names if name in held]
    row = row if len(shown) == len(names) else _held_for_pictures(row)
    return with_pictures(row, shown) if shown else row


def _held_for_pictures(row: Row) -> Row:
    """Return a good row held, because pictures stand in it."""
    if row.outcome is not Outcome.GOOD:
        return row
    return replace(
        row, outcome=Outcome.HELD, reason=_("A picture stands in the row, which is not taken in yet.")
    )


def _paragraph_text(paragraph: _Element) -> str:
    return with_blanks(
        "".join("\n" if each.tag == "br" else each.text or "" for each in paragraph.iter("t", "br"))
    )
