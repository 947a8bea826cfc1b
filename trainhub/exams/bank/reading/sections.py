"""Parts of a sheet: headings such as 二、多选题 among its rows, and rows of other headings further down."""

from __future__ import annotations

import re

from trainhub.exams.bank.reading.classes import type_of
from trainhub.exams.bank.reading.columns import Header, header_in
from trainhub.kernel.workbooks import Sheet

_LONGEST = 80
_BEGINS = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]{1,3}(?:部分|大题|[、.．:：\s])|[(（][一二三四五六七八九十]{1,3}[)）]"
    r"|(?:part|section)\s+(?:[ivx]{1,4}|\d{1,2}|[a-e])\b|[ivx]{1,4}\s*[.、)])",
    re.IGNORECASE,
)
ENGLISH = (
    r"(?:multiple|single)[\s-]*(?:choice|answer|response)|true\s*(?:/|or|and|-)?\s*false|yes\s*/\s*no"
    r"|fill[\s-]*in[\s-]*(?:the[\s-]*)?blanks?|essay"
)
"""What a heading of a part calls its questions in English, beside "questions"."""
_KINDS = re.compile(
    rf"单项|单选|多项|多选|不定项|判断|是非|填空|计算|排序|匹配|连线|简答|问答|论述|{ENGLISH}", re.IGNORECASE
)
_TITLE = re.compile(rf"(?:{_KINDS.pattern})(?:选择)?(?:题|\s*questions?)?", re.IGNORECASE)
_ONE = {"单项": "单选", "多项": "多选", "不定项": "多选", "是非": "判断", "问答": "简答", "论述": "简答"}


def parts_of(sheet: Sheet, header: Header) -> dict[int, tuple[Header, int]]:
    """Return the headers of a sheet, each with the row at which its rows end, by the row where it stands."""
    if header.row < 0:
        return {header.row: (header, len(sheet.rows))}
    found = [header]
    head = [cell.strip() for cell in sheet.rows[header.row]]
    for row in range(header.row + 1, len(sheet.rows)):
        other = header_in(row, sheet.rows[row])
        if [cell.strip() for cell in sheet.rows[row]] == head:
            continue
        if other is not None and (other.columns, other.options) != (found[-1].columns, found[-1].options):
            found.append(other)
    ends = [each.row for each in found[1:]] + [len(sheet.rows)]
    return {each.row: (each, end) for each, end in zip(found, ends, strict=True)}


def types_said(sheet: Sheet, above: int) -> dict[int, str]:
    """Return what says the type of the rows below it, by its row: headings, or the name of the sheet as -1.

    Args:
        sheet: the sheet.
        above: the first row that can speak of these rows.
    """
    found = {-1: sheet.name} if _names_one(sheet.name) else {}
    for row in range(above, len(sheet.rows)):
        said = [cell.strip() for cell in sheet.rows[row] if cell.strip()]
        if len(said) == 1 and len(said[0]) <= _LONGEST and _is_heading(said[0]):
            found[row] = said[0]
    return found


def _is_heading(text: str) -> bool:
    return _names_one(text) and (bool(_BEGINS.match(text)) or bool(_TITLE.fullmatch(text)))


def _names_one(text: str) -> bool:
    """Tell whether a text names one type of question, and no other."""
    named = {_ONE.get(each, each) for each in _KINDS.findall(text)}
    return len(named) == 1 and type_of(text, {}) is not None
