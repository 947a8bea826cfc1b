"""One row judged: to be taken in, to be rejected with a reason, or for a person to decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from trainhub.exams.bank.content import (
    LETTERS,
    PARTLY_RIGHT,
    Credit,
    ItemBody,
    ItemType,
    Option,
    check_body,
)
from trainhub.exams.bank.details import Medium
from trainhub.exams.bank.layout_formulas import unread_in, with_formulas
from trainhub.exams.bank.media.cleaning import CleanMedium
from trainhub.exams.bank.reading.answers import is_pair_of_truth, key_of, letters, truth_of
from trainhub.exams.bank.reading.columns import COLUMN_LETTERS, Header
from trainhub.exams.bank.reading.given_away import told_in
from trainhub.exams.bank.reading.options import Unpacked, unpack, without_labels
from trainhub.exams.bank.reading.written import WRITTEN_WORDS, written_body
from trainhub.exams.bank.texts import words_in
from trainhub.exams.bank.twins import twins_in
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_NUMBERED = re.compile(r"\s*[(（]?\s*(\d{1,4})\s*[)）.．、:：]\s*(.*)", re.DOTALL)
_TYPE_WORDS = (
    (ItemType.SINGLE, ("单选", "单项", "single", "singlechoice", "radio")),
    (ItemType.MULTIPLE, ("多选", "多项", "不定项", "multiple", "multiplechoice", "checkbox")),
    (ItemType.TRUE_FALSE, ("判断", "是非", "对错", "正误", "truefalse", "true/false", "true_false", "judge")),
    *WRITTEN_WORDS,
)
_LEVELS = {
    word: level
    for level, words in enumerate(
        ("易 简单 容易 较易 低 easy", "中 中等 一般 适中 medium", "难 困难 较难 很难 高 hard difficult"), 1
    )
    for word in words.split()
}
_BEYOND = frozenset(f"option:{letter}" for letter in COLUMN_LETTERS[len(LETTERS) :])
GUARD = "\\ "
"""Before a question that begins with a number of its own, or has what looks like its key in brackets: what
follows is taken as it stands."""
PARTIAL, WHOLE = "部分得分", "全对得分"
_CREDITS = {
    PARTIAL: Credit.PARTIAL,
    "partial": Credit.PARTIAL,
    WHOLE: Credit.ALL_OR_NOTHING,
    "all": Credit.ALL_OR_NOTHING,
}


class Outcome(StrEnum):
    """What a row is judged to be."""

    GOOD = "good"
    REJECTED = "rejected"
    HELD = "held"


@dataclass(frozen=True)
class Row:
    """One row of a question file with its judgement.

    Args:
        where: sheet and row as the spreadsheet shows them, such as ``Sheet1!36``.
        outcome: good, rejected or held.
        type: of the question, if that is known.
        body: what it says; of a held row a proposal, or None if there is none to make.
        reason: why it is not good.
        cells: the cells that were read, by their meaning; for a person who decides.
        point: what its column of knowledge points says.
        level: 1 to 3, if given.
        notes: what a person should know although the row is good.
        media: the files that it shows, cleaned, to be kept with it; of a held row all that came with it.
        named: what the file calls them.
    """

    where: str
    outcome: Outcome
    type: ItemType | None
    body: ItemBody | None
    reason: str
    cells: dict[str, str]
    point: str = ""
    level: int | None = None
    notes: tuple[str, ...] = ()
    media: tuple[CleanMedium, ...] = ()
    named: tuple[Medium, ...] = ()


def read_cells(cells: list[str], header: Header) -> dict[str, str]:
    """Return the cells of a row by their meaning; options of separate columns as ``option:A`` …"""
    found = {name: cells[place].strip() for name, place in header.columns.items() if place < len(cells)}
    for letter, place in header.options.items():
        if place < len(cells) and cells[place].strip():
            found[f"option:{letter}"] = cells[place].strip()
    return found


def number_of(stem: str) -> int | None:
    """Return the number with which a stem begins, if it does."""
    found = _NUMBERED.fullmatch(stem)
    return int(found.group(1)) if found else None


def without_number(stem: str, due: int | None = None) -> str:
    """Return a stem without its number.

    Args:
        stem: as it stands in the file.
        due: the number that the rows around it count up to; a number before a digit, or without a sign after
            it, may be a quantity and is taken away only if it is this one.
    """
    found = _NUMBERED.fullmatch(stem)
    if found is not None and found.group(2).strip():
        number, rest = int(found.group(1)), found.group(2).strip()
        if not rest[0].isdigit():
            return rest
        return without_number(rest, number) if number == due else stem.strip()
    bare = re.fullmatch(rf"\s*{due}\s*[，,]?\s*([^\d\s].*)", stem, re.DOTALL) if due is not None else None
    return bare.group(1).strip() if bare is not None else stem.strip()


def type_of(text: str, codes: dict[str, str]) -> ItemType | None:
    """Return the type that a cell names, by words or by a number that the heading explains."""
    word = codes.get(text.strip(), text).lower().replace(" ", "")
    for kind, words in _TYPE_WORDS:
        if any(each in word for each in words):
            return kind
    return None


def judge(where: str, cells: dict[str, str], header: Header, due: int | None = None) -> Row:
    """Judge one row; a formula in a cell gives its question layout.

    One that cannot be read, and two options that say the same, hold the row.
    """
    row = _without_key(_credited(_judged(where, cells, header, due)))
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


def _judged(where: str, cells: dict[str, str], header: Header, due: int | None) -> Row:
    said = cells.get("point", ""), level_of(cells)
    draft = Row(where, Outcome.REJECTED, None, None, "", cells, *said)
    text = cells.get("stem", "")
    stem = text[len(GUARD) :].strip() if text.startswith(GUARD) else without_number(text, due)
    if not stem:
        return replace(draft, reason=_("The question has no text."))
    unpacked = _options(cells)
    kind = type_of(cells["type"], header.codes) if cells.get("type") else _guess(cells, unpacked)
    if cells.get("answer") and (beyond := [name[-1] for name in cells if name in _BEYOND]):
        text = _(
            "A question has eight options at most: %(letters)s cannot be kept.", letters="、".join(beyond)
        )
        return replace(draft, type=kind, outcome=Outcome.HELD, reason=text)
    if kind is None:
        named = cells.get("type", "")[:20]
        return replace(draft, reason=_("The type “%(name)s” cannot be taken in yet.", name=named or "–"))
    draft = replace(draft, type=kind)
    if not cells.get("answer") and not (kind is ItemType.CONSTRUCTED and cells.get("rubric")):
        return replace(draft, reason=_("The question has no key."))
    if kind is ItemType.TRUE_FALSE:
        return _judge_truth(draft, stem, unpacked)
    if kind in (ItemType.SINGLE, ItemType.MULTIPLE):
        return _judge_choice(draft, kind, stem, unpacked)
    return _judge_written(draft, kind, stem, unpacked)


def level_of(cells: Mapping[str, str]) -> int | None:
    """Return how hard a question is said to be, 1 to 3, if its row says so."""
    text = cells.get("level", "")
    return int(text) if text in ("1", "2", "3") else _LEVELS.get(text.lower())


def _options(cells: dict[str, str]) -> Unpacked:
    own = [Option(name[-1], text) for name, text in cells.items() if name.startswith("option:")]
    return Unpacked(without_labels(own), True, _left_out(own)) if own else unpack(cells.get("options", ""))


def _left_out(own: list[Option]) -> str:
    """Return the first letter whose column is empty though that of a later one is not."""
    letters_ = [option.key for option in own]
    return next((letter for letter in LETTERS[: len(own)] if letter not in letters_), "")


def _guess(cells: dict[str, str], unpacked: Unpacked) -> ItemType | None:
    """Return the type that options and key speak of, where no column tells it."""
    answer = cells.get("answer", "")
    if not unpacked.options or is_pair_of_truth(unpacked.options):
        return ItemType.TRUE_FALSE if truth_of(answer, unpacked.options) else None
    named = key_of(answer, unpacked.options)
    return None if not named else ItemType.SINGLE if len(named) == 1 else ItemType.MULTIPLE


def _body(draft: Row, stem: str, options: tuple[Option, ...], answer: tuple[str, ...]) -> ItemBody:
    explanation, source = draft.cells.get("explanation", ""), draft.cells.get("source", "")
    return ItemBody(stem, options, answer, explanation, source)


def _judge_truth(draft: Row, stem: str, unpacked: Unpacked) -> Row:
    answer = draft.cells["answer"]
    if unpacked.options and not is_pair_of_truth(unpacked.options):
        return replace(draft, reason=_("The options of a true or false question are not right and wrong."))
    said = truth_of(answer, unpacked.options)
    named = letters(answer)
    if said is None and not unpacked.options and named in (("A",), ("B",)):
        proposed = _body(draft, stem, (), ("T" if named == ("A",) else "F",))
        reason = _("The key names an option, but the row has no options; A is usually “right”.")
        return replace(draft, outcome=Outcome.HELD, body=proposed, reason=reason)
    if said is None:
        return replace(draft, reason=_("The key “%(key)s” says neither right nor wrong.", key=answer[:20]))
    return _checked(draft, _body(draft, stem, (), (said,)))


def _judge_choice(draft: Row, kind: ItemType, stem: str, unpacked: Unpacked) -> Row:
    answer = key_of(draft.cells["answer"], unpacked.options)
    if not unpacked.is_certain:
        return _held(draft, stem, unpacked, answer)
    if unpacked.missing and unpacked.options:
        held = _held(draft, stem, unpacked, answer)
        return replace(held, reason=_("The option %(letter)s is missing.", letter=unpacked.missing))
    if unpacked.missing:
        return replace(draft, reason=_("The option %(letter)s is missing.", letter=unpacked.missing))
    if not unpacked.options:
        return replace(draft, reason=_("The question has no options."))
    keys = {option.key for option in unpacked.options}
    if not answer or not set(answer) <= keys:
        shown = draft.cells["answer"][:20]
        return replace(draft, reason=_("The key “%(key)s” names no option of the row.", key=shown))
    if kind is ItemType.SINGLE and len(answer) > 1:
        return replace(draft, reason=_("A single choice has exactly one key."))
    if kind is ItemType.MULTIPLE and len(answer) == 1:
        draft = replace(draft, notes=(_("A multiple choice with one key alone."),))
    return _checked(draft, _body(draft, stem, unpacked.options, answer))


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
    return replace(draft, outcome=Outcome.GOOD, body=body)


def _held(draft: Row, stem: str, unpacked: Unpacked, answer: tuple[str, ...]) -> Row:
    """Hold a row whose options cannot be told apart for certain, with a proposal where one is sound."""
    proposal: ItemBody | None = _body(draft, stem, unpacked.options, answer)
    try:
        assert proposal is not None and draft.type is not None
        check_body(draft.type, proposal)
    except Invalid:
        proposal = None
    reason = _("The options cannot be told apart for certain: separators or letters are out of order.")
    return replace(draft, outcome=Outcome.HELD, body=proposal, reason=reason)


def _checked(draft: Row, body: ItemBody) -> Row:
    assert draft.type is not None
    try:
        check_body(draft.type, body)
    except Invalid as problem:
        return replace(draft, reason=str(problem))
    return replace(draft, outcome=Outcome.GOOD, body=body)


def as_proposal(row: Row) -> dict[str, Any] | None:
    """Return the proposed repair of a held row as plain values, or None."""
    if row.body is None or row.type is None:
        return None
    return {
        "type": row.type.value,
        "stem": words_in(row.body, row.body.stem),
        "options": {option.key: words_in(row.body, option.text) for option in row.body.options},
        "answer": "".join(row.body.answer),
    }
