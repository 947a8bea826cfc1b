"""One row judged: to be taken in, to be rejected with a reason, or for a person to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from trainhub.exams.bank.content import FALSE, LETTERS, PARTLY_RIGHT, TRUE, Credit, ItemType, check_body
from trainhub.exams.bank.layout_formulas import unread_in, with_formulas
from trainhub.exams.bank.reading.answers import letters, says_truth_plainly, truth
from trainhub.exams.bank.reading.chosen import (
    Asked,
    guess,
    judge_choice,
    judge_truth,
    judge_without_key,
    options_of,
    with_options_of_stem,
)
from trainhub.exams.bank.reading.classes import is_any_choice, level_of, type_of
from trainhub.exams.bank.reading.columns import COLUMN_LETTERS, Header
from trainhub.exams.bank.reading.given_away import told_in
from trainhub.exams.bank.reading.holes import filled, has_holes, is_underlined
from trainhub.exams.bank.reading.keys import NOT_TOLD, Counting, parted
from trainhub.exams.bank.reading.numbering import without_number
from trainhub.exams.bank.reading.options import Unpacked
from trainhub.exams.bank.reading.rows import Outcome, Row
from trainhub.exams.bank.reading.written import written_body
from trainhub.exams.bank.twins import twins_in
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_BEYOND = frozenset(f"option:{letter}" for letter in COLUMN_LETTERS[len(LETTERS) :])
GUARD = "\\ "
"""Before a question that begins with a number of its own, or has what looks like its key in brackets: what
follows is taken as it stands."""
PARTIAL, WHOLE = "部分得分", "全对得分"
_PLAIN = {TRUE: "正确", FALSE: "错误"}
_CREDITS = {
    PARTIAL: Credit.PARTIAL,
    "partial": Credit.PARTIAL,
    WHOLE: Credit.ALL_OR_NOTHING,
    "all": Credit.ALL_OR_NOTHING,
}


def judge(
    where: str,
    cells: dict[str, str],
    header: Header,
    due: int | None = None,
    counting: Counting = NOT_TOLD,
) -> Row:
    """Judge one row; a formula in a cell gives its question layout.

    One that cannot be read, and two options that say the same, hold the row.

    Args:
        where: its place.
        cells: what it says, by the meaning of its columns.
        header: of the sheet.
        due: the number that the rows around it count up to.
        counting: how the keys of the sheet name options.
    """
    row = _without_key(_credited(_judged(where, cells, header, due, counting)))
    if row.body is None or row.type is None:
        return row
    doubts = [each for each in (unread_in(row.body), twins_in(row.body)) if each]
    if doubts:
        return replace(row, outcome=Outcome.HELD, reason=" ".join([row.reason, *doubts]).strip())
    return replace(row, body=with_formulas(row.body))


def _without_key(row: Row) -> Row:
    """Return a row whose question does not say its key; held where it seems to say another one."""
    if row.outcome is not Outcome.GOOD or row.body is None or row.type is None:
        return row
    if row.cells.get("stem", "").startswith(GUARD):
        return row
    told = told_in(row.body, row.type)
    if told is None:
        return row
    row = replace(row, body=replace(row.body, stem=told.stem))
    if told.doubt:
        return replace(row, outcome=Outcome.HELD, reason=told.doubt)
    return replace(row, notes=(*row.notes, told.note))


def _credited(row: Row) -> Row:
    """Return a row whose question earns in part what its rule says; a rule that is not known is named."""
    said = row.cells.get("credit", "")
    if row.body is None or row.type not in PARTLY_RIGHT or not said:
        return row
    if said.lower() not in _CREDITS:
        note = _("The rule of credit “%(name)s” is not known: all or nothing.", name=said[:20])
        return replace(row, notes=(*row.notes, note))
    return replace(row, body=replace(row.body, credit=_CREDITS[said.lower()]))


def _judged(where: str, cells: dict[str, str], header: Header, due: int | None, counting: Counting) -> Row:
    said = cells.get("point", ""), level_of(cells)
    draft = Row(where, Outcome.REJECTED, None, None, "", cells, *said)
    text = cells.get("stem", "")
    stem = text[len(GUARD) :].strip() if text.startswith(GUARD) else without_number(text, due)
    if not stem:
        return replace(draft, reason=_("The question has no text."))
    asked = Asked(stem, options_of(cells), *parted(cells.get("answer", "")), counting)
    kind = _kind_of(cells, header, asked)
    if cells.get("answer") and (beyond := [name[-1] for name in cells if name in _BEYOND]):
        text = _(
            "A question has eight options at most: %(letters)s cannot be kept.", letters="、".join(beyond)
        )
        return replace(draft, type=kind, outcome=Outcome.HELD, reason=text)
    if kind is None:
        return replace(draft, reason=_unknown(cells, asked))
    return _judged_as(kind, replace(draft, type=kind), asked, header)


def _kind_of(cells: Mapping[str, str], header: Header, asked: Asked) -> ItemType | None:
    """Return the type of a row; 单项填空 without options is no single choice."""
    if not cells.get("type") or is_any_choice(cells["type"]):
        is_open = not cells.get("type") and not asked.unpacked.options and asked.unpacked.is_certain
        apart = with_options_of_stem(asked) if is_open and letters(asked.key) else asked
        if apart.unpacked.options:
            return guess(apart)
        found = guess(asked)
        return ItemType.FILL_IN if is_open and _seems_filled(asked, found) else found
    kind = type_of(cells["type"], header.codes)
    is_blank = kind is ItemType.SINGLE and "填空" in cells["type"] and not asked.unpacked.options
    return ItemType.FILL_IN if is_blank else kind


def _seems_filled(asked: Asked, found: ItemType | None) -> bool:
    """Tell whether a question has blanks, and a key that is not plainly right or wrong."""
    return bool(asked.key) and has_holes(asked.stem) and not (found and says_truth_plainly(asked.key))


def _judged_as(kind: ItemType, draft: Row, asked: Asked, header: Header) -> Row:
    if not draft.cells.get("answer") and not (kind is ItemType.CONSTRUCTED and draft.cells.get("rubric")):
        if kind in (ItemType.FILL_IN, ItemType.CONSTRUCTED) and asked.unpacked.options:
            return _keyed_by_options(draft, kind, asked)
        return judge_without_key(draft, asked)
    if kind is ItemType.TRUE_FALSE:
        said = header.truths.get(asked.key)
        return judge_truth(draft, asked if said is None else replace(asked, key=_PLAIN[said]))
    if kind in (ItemType.SINGLE, ItemType.MULTIPLE):
        return judge_choice(draft, kind, asked)
    return _judge_written(draft, kind, asked.stem, asked.unpacked)


def _keyed_by_options(draft: Row, kind: ItemType, asked: Asked) -> Row:
    """Hold a question to be written whose answers stand in the columns of options, as some templates want."""
    sign = "；" if kind is ItemType.FILL_IN else "\n"
    cells = draft.cells | {"answer": sign.join(each.text for each in asked.unpacked.options)}
    row = _judge_written(replace(draft, cells=cells), kind, asked.stem, Unpacked((), True))
    reason = " ".join((row.reason, _("The answers seem to stand in the columns of the options."))).strip()
    return replace(row, cells=draft.cells, outcome=Outcome.HELD, reason=reason)


def _unknown(cells: Mapping[str, str], asked: Asked) -> str:
    """Return why a row has no type that can be taken in."""
    if cells.get("type"):
        return _("The type “%(name)s” cannot be taken in yet.", name=cells["type"][:20])
    if not asked.key:
        return _("The question has no key.")
    if asked.unpacked.options:
        return _("The key “%(key)s” names no option of the row.", key=asked.key[:20])
    return _("The key “%(key)s” says neither right nor wrong.", key=asked.key[:20])


def _judge_written(draft: Row, kind: ItemType, stem: str, unpacked: Unpacked) -> Row:
    """Judge a question whose key is no letter; a type that the bank does not keep yet is held."""
    try:
        body = written_body(kind, stem, unpacked.options, draft.cells)
    except Invalid as problem:
        return replace(draft, reason=str(problem))
    try:
        check_body(kind, body)
    except Invalid as problem:
        return replace(draft, outcome=Outcome.HELD, body=body, reason=str(problem))
    doubt = _doubt_of_blanks(stem, draft.cells) if kind is ItemType.FILL_IN else ""
    return replace(draft, outcome=Outcome.HELD if doubt else Outcome.GOOD, body=body, reason=doubt)


def _doubt_of_blanks(stem: str, cells: Mapping[str, str]) -> str:
    """Return why the blanks of a question may be meant otherwise; nothing where that is certain."""
    key = cells.get("answer", "")
    is_told = bool(cells.get("type")) or (is_underlined(stem) and truth(key) is None)
    return filled(stem, key).doubt or ("" if is_told else _("Nothing says that it is to be filled in."))
