"""Items as tables: a row each, a column for what only some types have where one of the items has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from trainhub.exams.bank.authoring import write_criteria
from trainhub.exams.bank.content import LETTERS, Credit, ItemBody, ItemType, Option
from trainhub.exams.bank.details import LONGEST_RESPONSE, Blanks, Matching, Number, Rubric
from trainhub.exams.bank.exchange.sheet_cells import settled
from trainhub.exams.bank.exchange.standing import Pair, Standing, stood
from trainhub.exams.bank.exchange.tables import guarded
from trainhub.exams.bank.reading.blanks import write_blanks
from trainhub.exams.bank.reading.given_away import told_in
from trainhub.exams.bank.reading.judging import GUARD, PARTIAL
from trainhub.exams.bank.reading.numbering import number_of
from trainhub.exams.bank.reading.options import without_labels
from trainhub.exams.bank.reading.written import write_number, write_targets
from trainhub.kernel.workbooks import Sheet
from trainhub.kernel.written_workbooks import cell_text, write_workbook

_OPTIONS = tuple(f"选项{letter}" for letter in LETTERS)
_ALWAYS = ("题型", "题目", *_OPTIONS, "答案", "解析", "依据", "知识点", "难度", "认知层次")
_SOMETIMES = ("匹配项", "评分标准", "字数上限", "得分规则")
_WORDS = {
    ItemType.SINGLE: "单选题",
    ItemType.MULTIPLE: "多选题",
    ItemType.TRUE_FALSE: "判断题",
    ItemType.FILL_IN: "填空题",
    ItemType.NUMERIC: "计算题",
    ItemType.ORDERING: "排序题",
    ItemType.MATCHING: "匹配题",
    ItemType.CONSTRUCTED: "简答题",
}
_LEVELS = {None: "", 1: "易", 2: "中", 3: "难"}
_COGNITIVE = {"": "", "remember": "识记", "understand": "理解", "apply": "应用"}
_TRUTHS = {"T": "正确", "F": "错误"}

Table = list[list[str]]


def table_of(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> Table:
    """Return items as rows below their headings; a type that has no row stays out."""
    rows = [_row(kind, body, standing) for kind, body, standing in stood(items, standings) if kind in _WORDS]
    names = (*_ALWAYS, *_SOMETIMES)
    used = [name in _ALWAYS or any(row[place] for row in rows) for place, name in enumerate(names)]
    return [
        [cell for cell, is_used in zip(cells, used, strict=True) if is_used] for cells in [list(names), *rows]
    ]


def _row(kind: ItemType, body: ItemBody, standing: Standing) -> list[str]:
    is_guarded = number_of(body.stem) is not None or body.stem[:2] == GUARD or told_in(body, kind) is not None
    stem = f"{GUARD}{body.stem}" if is_guarded else body.stem
    options = {option.key: option.text for option in _labelled(body.options)}
    texts = [options.get(letter, "") for letter in LETTERS]
    place = [standing.point, _LEVELS[standing.level], _COGNITIVE[standing.cognitive]]
    credit = PARTIAL if body.credit is Credit.PARTIAL else ""
    always = [_WORDS[kind], stem, *texts, _key(kind, body), body.explanation, body.source_article, *place]
    return [*always, *_beside(body), credit]


def _labelled(options: Sequence[Option]) -> Sequence[Option]:
    """Return options with their letters where each begins as if with its own: one letter is taken away."""
    if without_labels(options) == tuple(options):
        return options
    return [Option(each.key, f"{each.key}. {each.text}") for each in options]


def _key(kind: ItemType, body: ItemBody) -> str:
    match body.detail:
        case Blanks():
            return write_blanks(body.detail)
        case Number():
            return write_number(body.detail)
        case Rubric():
            return body.detail.model
        case Matching():
            return "、".join(body.answer)
    answer = "".join(body.answer)
    return _TRUTHS.get(answer, answer) if kind is ItemType.TRUE_FALSE else answer


def _beside(body: ItemBody) -> list[str]:
    """Return what only some types have: right side, rubric and length."""
    match body.detail:
        case Matching():
            return [write_targets(body.detail), "", ""]
        case Rubric(longest=longest):
            return ["", write_criteria(body.detail), "" if longest == LONGEST_RESPONSE else str(longest)]
    return ["", "", ""]


def write_csv(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return items as a table that no spreadsheet computes."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in table_of(items, standings))
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def write_excel(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return items as a workbook."""
    head, *rows = table_of(items, standings)
    return write_workbook("题目", head, rows)


def is_kept_by_excel(item: Pair) -> bool:
    """Tell whether cells of a workbook say of an item what those of a CSV file say."""
    rows = table_of([item])
    cleaned = [[cell_text(cell) for cell in row] for row in rows]
    return settled(Sheet("", cleaned), {}, {}).rows == rows
