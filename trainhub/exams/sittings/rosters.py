"""Reading a roster of candidates (考生名册): headers found by meaning, every bad cell with its reason.

Nothing here knows the database: a row is judged by what stands in it. What the register says about the person
comes afterwards (``eligibility``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.workbooks import Sheet, read_sheets
from trainhub.people.id_numbers import parse_id_number
from trainhub.people.persons import clean_name, parse_phone

_HEADINGS = {
    "name": """姓名 考生姓名 学员姓名 名字 人员姓名 name fullname candidate candidatename""",
    "id_number": """身份证号 身份证号码 身份证 公民身份号码 居民身份证号 居民身份证号码 证件号 证件号码
        idnumber idno idcard idcardnumber residentidnumber""",
    "phone": """手机号 手机号码 手机 联系电话 联系方式 电话 电话号码 移动电话
        phone mobile telephone phonenumber""",
    "employer": """工作单位 单位 单位名称 所在单位 企业名称 用人单位 工作单位名称 所属单位
        employer company enterprise""",
    "training_body": """培训机构 培训单位 培训学校 培训机构名称 培训单位名称
        trainingbody trainingprovider trainingschool""",
    "qualification": """考试项目 考核项目 报考项目 作业项目 准操项目 操作项目 资格类型 资格类别 考试类别
        报考类别 考核类别 人员类别 报考工种 工种 qualification examination subject""",
}
MEANINGS = {meaning: frozenset(names.split()) for meaning, names in _HEADINGS.items()}
"""How the columns that we need are headed in rosters of different houses."""

LABELS = {
    "name": _l("name"),
    "id_number": _l("ID number"),
    "phone": _l("telephone"),
    "employer": _l("employer"),
    "training_body": _l("training body"),
    "qualification": _l("qualification"),
}
_REQUIRED = ("name", "id_number", "employer", "training_body", "qualification")
_HEADER_WITHIN = 20


@dataclass(frozen=True)
class RosterRow:
    """One row of a roster with what is wrong in it.

    Args:
        where: sheet and row as the spreadsheet shows them, such as ``Sheet1!36``.
        number: of the row in its sheet.
        cells: all cells as they stand there, for the workbook to correct.
        values: what the known columns hold, in the one written form where that could be made.
        reasons: what is wrong; empty if nothing.
    """

    where: str
    number: int
    cells: tuple[str, ...]
    values: dict[str, str]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """A roster as read (考生名册).

    Args:
        header: names of the columns of the first sheet with candidates.
        rows: in the order of the file.
        warnings: (where, text) of what was left aside.
        after: code of the sitting whose people come again (补考); empty: the roster is a file.
    """

    header: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    warnings: tuple[tuple[str, str], ...] = field(default=())
    after: str = ""


def read_roster(source: Path | bytes) -> Roster:
    """Read a roster, from a file or from what it holds.

    Raises:
        Invalid: it is no workbook that can be read, or no sheet has a header with name and ID number.
    """
    rows: list[RosterRow] = []
    header: tuple[str, ...] = ()
    warnings: list[tuple[str, str]] = []
    for sheet in read_sheets(source):
        place = _find_header(sheet)
        if place is None:
            if any(any(cells) for cells in sheet.rows):
                warnings.append(
                    (sheet.name, _("No header with name and ID number; the sheet was left aside."))
                )
            continue
        header = header or tuple(cell.strip() for cell in sheet.rows[place])
        rows += _rows(sheet, place)
    if not header:
        raise Invalid(
            _("No row with the headings 姓名 (name) and 身份证号 (ID number) was found in the workbook.")
        )
    if not rows:
        raise Invalid(_("The workbook holds no candidates below its header."))
    return Roster(header, tuple(_with_duplicates(rows)), tuple(warnings))


def _find_header(sheet: Sheet) -> int | None:
    for place, cells in enumerate(sheet.rows[:_HEADER_WITHIN]):
        columns = _columns(cells)
        if "name" in columns and "id_number" in columns:
            return place
    return None


def _columns(cells: list[str]) -> dict[str, int]:
    """Return which column holds what, the first of each meaning."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        heading = re.sub(r"[（(][^（）()]*[）)]|[\s*＊:：_.\-]", "", cell).lower()
        for meaning, names in MEANINGS.items():
            if heading in names:
                columns.setdefault(meaning, place)
    return columns


def _rows(sheet: Sheet, header: int) -> list[RosterRow]:
    columns = _columns(sheet.rows[header])
    rows = []
    for place in range(header + 1, len(sheet.rows)):
        cells, number = sheet.rows[place], place + 1
        filled = {
            meaning for meaning, column in columns.items() if column < len(cells) and cells[column].strip()
        }
        formulas = {meaning for meaning, column in columns.items() if (number, column) in sheet.formulas}
        if filled or formulas:
            rows.append(_row(sheet, number, columns, formulas))
    return rows


def _row(sheet: Sheet, number: int, columns: dict[str, int], formulas: set[str]) -> RosterRow:
    cells = sheet.rows[number - 1]
    values = {meaning: cells[column].strip() for meaning, column in columns.items() if column < len(cells)}
    reasons = []
    for meaning in columns:
        if meaning in formulas:
            reasons.append(
                _("The cell of the %(column)s is a formula; enter the value.", column=LABELS[meaning])
            )
            continue
        try:
            is_number = (number, columns[meaning]) in sheet.numbers
            values[meaning] = _sound(meaning, values.get(meaning, ""), is_number)
        except Invalid as wrong:
            reasons.append(str(wrong))
    return RosterRow(f"{sheet.name}!{number}", number, tuple(cells), values, tuple(reasons))


def _sound(meaning: str, value: str, is_number: bool) -> str:
    """Return a value in its one written form."""
    if not value:
        if meaning in _REQUIRED:
            raise Invalid(_("The %(column)s is missing.", column=LABELS[meaning]))
        return ""
    if meaning == "id_number":
        if is_number and len(value) > 15:
            raise Invalid(
                _("The ID number is in a number cell and has lost its last digits; make the column text.")
            )
        return parse_id_number(value)
    if meaning == "phone":
        return parse_phone(value)
    if meaning == "name":
        return clean_name(value)
    return _plain(meaning, value)


def _plain(meaning: str, value: str) -> str:
    text = " ".join(value.split())
    if len(text) > 200 or not text.isprintable():
        raise Invalid(
            _(
                "The %(column)s is longer than 200 characters or holds unprintable ones.",
                column=LABELS[meaning],
            )
        )
    return text


def _with_duplicates(rows: list[RosterRow]) -> list[RosterRow]:
    """Refuse a second row of a person, naming the first; two qualifications of one person are two rows."""
    first: dict[tuple[str, str], RosterRow] = {}
    checked = []
    for row in rows:
        key = (row.values.get("id_number", ""), row.values.get("qualification", ""))
        earlier = first.get(key) if key[0] else None
        if earlier is not None:
            reason = _("The same ID number stands in row %(row)s of this file already.", row=earlier.number)
            row = RosterRow(row.where, row.number, row.cells, row.values, (*row.reasons, reason))
        elif key[0]:
            first[key] = row
        checked.append(row)
    return checked
