"""Workbooks that show their keys instead of saying them: right options in colour, on a fill, or bold.

What stands out is judged as in a Word document; a colour that one column has in all rows tells of the column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trainhub.exams.bank.content import ItemType, Option
from trainhub.exams.bank.exchange.sheet_looks import Looks
from trainhub.exams.bank.exchange.word_judging import Draft
from trainhub.exams.bank.exchange.word_marked import give_marked, standing_out
from trainhub.exams.bank.reading.chosen import options_of
from trainhub.exams.bank.reading.columns import HEADER_WITHIN, find_header, header_in, with_one_head
from trainhub.exams.bank.reading.given_away import key_in_options
from trainhub.exams.bank.reading.layouts import Columns
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.sections import types_said
from trainhub.exams.bank.reading.workbook import ParsedFile, Row, read_sheet_list
from trainhub.kernel.workbooks import Sheet

_KEY = "答案"
_FEWEST = 3
_TITLES = {ItemType.SINGLE: "单选题", ItemType.MULTIPLE: "多选题", ItemType.TRUE_FALSE: "判断题"}


def with_column_of_keys(sheet: Sheet, looks: Looks) -> Sheet:
    """Return a sheet whose headings name no key with an empty column for it, if options stand out in it."""
    is_typed = bool(types_said(sheet, 0))
    if not looks or find_header(sheet.rows, is_typed=is_typed) is not None:
        return sheet
    for row, cells in enumerate(sheet.rows[:HEADER_WITHIN]):
        header = header_in(row, [*cells, _KEY], is_typed=is_typed)
        if header is not None and header.columns["answer"] == len(cells):
            offered = {*header.options.values(), header.columns.get("options", -1)}
            if any(below > row and column in offered for below, column in looks):
                width = max(map(len, sheet.rows))
                rows = [[*each, *[""] * (width + 1 - len(each))] for each in sheet.rows]
                rows[row][width] = _KEY
                return replace(sheet, rows=rows)
    return sheet


def with_keys_shown(
    parsed: ParsedFile, sheets: Sequence[Sheet], looks: Mapping[str, Looks], columns: Columns
) -> ParsedFile:
    """Return the rows of tables with the keys that their options show.

    Args:
        parsed: the rows as the sheets say them.
        sheets: from which they were read.
        looks: what stands out in each.
        columns: what was said about their columns.
    """
    by_name = {each.name: each for each in sheets}
    drafts = {row.where: draft for row in parsed.rows if (draft := _draft(row, by_name, looks)) is not None}
    _leave_columns(list(drafts.values()))
    give_marked([each for each in drafts.values() if each.options])
    keys = {where: each.key for where, each in drafts.items() if each.key and (each.notes or each.doubts)}
    told = _read_with(keys, sheets, columns) if keys else {}
    rows = [_shown(row, drafts.get(row.where), told.get(row.where)) for row in parsed.rows]
    return replace(parsed, rows=tuple(rows))


def _draft(row: Row, sheets: Mapping[str, Sheet], looks: Mapping[str, Looks]) -> Draft | None:
    """Return a row of a choice as a question of a document: its options, and which of them stand out."""
    name, _sign, number = row.where.rpartition("!")
    offered = options_of(row.cells).options
    is_choice = row.type is None or row.type in _TITLES
    if not (is_choice and looks.get(name)) or len(offered) < 2 or key_in_options(offered)[1]:
        return None
    heading = "" if row.type is None else _TITLES[row.type]
    options = [(each.key, each.text) for each in offered]
    stem = row.cells.get("stem", "")
    draft = Draft(row.where, stem, heading, options, key=row.cells.get("answer") or None)
    draft.stressed = list(_stressed(row, int(number) - 1, offered, sheets[name], looks[name]))
    return draft


def _stressed(
    row: Row, place: int, offered: Sequence[Option], sheet: Sheet, looks: Looks
) -> Iterator[tuple[str, str]]:
    """Yield kind and words of what stands out among the options of a row; of one in its own column, all."""
    packed = row.cells.get("options", "")
    own = {name[-1]: text for name, text in row.cells.items() if name.startswith("option:")}
    texts = {each.key: each.text for each in offered}
    for column, cell in enumerate(sheet.rows[place]):
        said = cell.strip()
        for stress in looks.get((place, column), ()) if said else ():
            for kind, piece in stress.pieces:
                letters = [letter for letter, text in own.items() if text == said == piece]
                yield from ((kind, f"{letter}. {texts[letter]}") for letter in letters if letter in texts)
                if not own and said == packed:
                    yield kind, piece


def _leave_columns(drafts: Sequence[Draft]) -> None:
    """Leave what makes the same options of all rows stand out: it tells of the column."""
    found: dict[str, list[str]] = {}
    for draft in drafts:
        for kind, named in standing_out(draft).items():
            found.setdefault(kind, []).append(named)
    of_columns = {kind for kind, named in found.items() if len(named) >= _FEWEST and len(set(named)) == 1}
    for draft in drafts:
        draft.stressed = [each for each in draft.stressed if each[0] not in of_columns]


def _read_with(keys: Mapping[str, str], sheets: Sequence[Sheet], columns: Columns) -> dict[str, Row]:
    """Return the rows of sheets as they read with these keys in their columns of keys."""
    filled = []
    for sheet in sheets:
        rows = with_one_head(sheet.rows)
        place = _place_of_keys(sheet, rows, columns)
        for row, cells in enumerate(rows if place is not None else ()):
            key = keys.get(f"{sheet.name}!{row + 1}")
            if key is not None and place is not None and place < len(cells) and not cells[place].strip():
                cells[place] = key
        filled.append(replace(sheet, rows=rows))
    return {row.where: row for row in read_sheet_list(filled, columns=columns, asks=False).rows}


def _place_of_keys(sheet: Sheet, rows: Sequence[Sequence[str]], columns: Columns) -> int | None:
    layout = columns.layout_of(sheet)
    if layout is not None:
        return layout.meanings.index("answer") if "answer" in layout.meanings else None
    header = find_header(rows, is_typed=bool(types_said(sheet, 0)))
    return None if header is None else header.columns["answer"]


def _shown(row: Row, draft: Draft | None, told: Row | None) -> Row:
    """Return a row with the key that its options show; held where that is not certain."""
    if draft is None or not (draft.notes or draft.doubts):
        return row
    doubts = " ".join(draft.doubts)
    if row.cells.get("answer"):
        is_held = doubts and row.outcome is not Outcome.REJECTED
        return replace(row, outcome=Outcome.HELD, reason=f"{row.reason} {doubts}".strip()) if is_held else row
    if told is None or told.cells.get("answer") != draft.key:
        is_open = doubts and not draft.key
        return replace(row, outcome=Outcome.HELD, reason=doubts) if is_open else row
    cells = {name: text for name, text in told.cells.items() if name != "answer"}
    told = replace(told, cells=cells, notes=(*told.notes, *draft.notes))
    if doubts and told.outcome is not Outcome.REJECTED:
        return replace(told, outcome=Outcome.HELD, reason=f"{told.reason} {doubts}".strip())
    return told
