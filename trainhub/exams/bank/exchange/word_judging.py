"""Questions of a Word document once their paragraphs have come by: judged by their options and their key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trainhub.exams.bank.content import FALSE, TRUE, ItemType
from trainhub.exams.bank.details import Rubric
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, as_row, rejected, with_files
from trainhub.exams.bank.exchange.key_lists import Part
from trainhub.exams.bank.exchange.showing_pictures import Shown, carrying_of
from trainhub.exams.bank.exchange.wording import Wording
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.exams.bank.reading.judging import Outcome, type_of
from trainhub.exams.bank.reading.workbook import Row
from trainhub.exams.bank.reading.written import blanks_in
from trainhub.kernel.i18n import _

_WITHIN = re.compile(
    r"[（(]\s*([A-HＡ-Ｈ](?:[\s,，、]*[A-HＡ-Ｈ])*|√|×|对|错|正确|错误)\s*[）)]\s*[。.？?]?\s*\Z"
)
_INSIDE = re.compile(r"[（(]\s*([A-HＡ-Ｈ]{1,8})\s*[）)]")
_HOLES = re.compile(r"_{2,}|[（(]\s{1,}[）)]")
_OTHERS = ((ItemType.FILL_IN, ("填空",)), (ItemType.CONSTRUCTED, ("简答", "问答", "论述", "案例")))
FORMULA = "oMath"


@dataclass
class Draft:
    """A question as its paragraphs come by."""

    where: str
    stem: str
    heading: str
    options: list[tuple[str, str]] = field(default_factory=list)
    key: str | None = None
    explanation: str = ""
    source: str = ""
    pictures: list[tuple[int, str]] = field(default_factory=list)
    last: str = "stem"
    number: int | None = None
    part: Part | None = None
    doubts: list[str] = field(default_factory=list)
    is_in_brackets: bool = False

    @property
    def takes_several_lines(self) -> bool:
        """Whether its answer may be several lines, each with a number."""
        return type_named(self.heading) is ItemType.CONSTRUCTED or len(_HOLES.findall(self.stem)) > 1

    @property
    def own_key(self) -> str | None:
        """The key that stands at the question, also one in brackets at the end of its text."""
        within = _WITHIN.search(self.stem) if self.key is None else None
        return self.key if within is None else within[1]


def type_named(heading: str) -> ItemType | None:
    """Return the type of the questions below a heading, if it names one."""
    found = type_of(heading, {}) if heading else None
    return found or next((kind for kind, words in _OTHERS if any(word in heading for word in words)), None)


def judged(draft: Draft, held: dict[str, Shown]) -> Row:
    """Judge a question; ``held`` are the pictures of the document by their names."""
    question = Question(draft.where, draft.stem, explanation=draft.explanation, source=draft.source)
    question.doubts += draft.doubts
    question.carrying = carrying_of(list(held.values()))
    if any(name == FORMULA or name not in held for _place, name in draft.pictures):
        reason = _(
            "Drawings, formulas or footnotes stand in the question (%(count)s) that are not taken in.",
            count=len(draft.pictures),
        )
        question.doubts.append(reason)
        draft.pictures = [each for each in draft.pictures if each[1] in held]
    key = draft.own_key
    within = _WITHIN.search(draft.stem)
    if draft.key is None and within is not None:
        question.stem = f"{draft.stem[: within.start(1)]}  {draft.stem[within.end(1) :]}"
    inside = _INSIDE.findall(draft.stem)
    if not key and draft.options and len(inside) == 1 and not draft.doubts:
        key = inside[0]
        question.stem = _INSIDE.sub("（  ）", draft.stem)
        question.doubts.append(_("Letters in brackets within the question seem to be its key."))
    kind = type_named(draft.heading)
    try:
        if not key:
            raise Unfit(_("The question has no key."))
        if draft.options:
            _choice(question, draft.options, key, kind)
        else:
            _written(question, key, kind)
    except Unfit as problem:
        if draft.doubts and not key:
            return _without_key(question, draft, kind, held)
        return rejected(draft.where, str(problem), draft.stem, kind)
    _show_pictures(question, draft, held)
    return as_row(question)


def _show_pictures(question: Question, draft: Draft, held: dict[str, Shown]) -> None:
    for place, name in draft.pictures:
        said = question.says(Wording("", ("img",), (held[name].name,), html=held[name].markup))
        if place and place <= len(question.options):
            question.options[place - 1] += said
        else:
            question.stem += said


def _without_key(question: Question, draft: Draft, kind: ItemType | None, held: dict[str, Shown]) -> Row:
    """Hold a question for which the list of keys has a key, but not one that is surely its own."""
    options = "\n".join(f"{letter}. {text}" for letter, text in draft.options)
    cells = {"type": "" if kind is None else kind.value, "stem": draft.stem, "options": options}
    _show_pictures(question, draft, held)
    reasons = " ".join(dict.fromkeys(question.doubts))
    cells = {name: text for name, text in cells.items() if text}
    row = Row(draft.where, Outcome.HELD, kind, None, reasons, cells)
    return with_files(row, question.carrying, ())


def _choice(question: Question, options: list[tuple[str, str]], key: str, kind: ItemType | None) -> None:
    question.names, question.options = (
        [letter for letter, _text in options],
        [text for _letter, text in options],
    )
    if len(set(question.names)) < len(options):
        raise Unfit(_("Two options bear one letter."))
    question.keys = "".join(question.names)
    named = letters(key)
    if named is None:
        raise Unfit(_("The key “%(key)s” names no option of the question.", key=key[:20]))
    question.key = list(named)
    told = ItemType.SINGLE if len(named) == 1 else ItemType.MULTIPLE
    question.kind = kind if kind in (ItemType.SINGLE, ItemType.MULTIPLE) else told


def _written(question: Question, key: str, kind: ItemType | None) -> None:
    said = truth(key)
    if said is not None and kind in (None, ItemType.TRUE_FALSE):
        question.kind, question.key = ItemType.TRUE_FALSE, [said]
    elif kind is ItemType.TRUE_FALSE and letters(key) in (("A",), ("B",)):
        question.kind, question.key = kind, [TRUE if letters(key) == ("A",) else FALSE]
        reason = _("The key names an option, but the row has no options; A is usually “right”.")
        question.doubts.append(reason)
    elif kind is ItemType.CONSTRUCTED:
        question.kind, question.detail = kind, Rubric((), key)
    elif kind is ItemType.FILL_IN or (kind is None and _HOLES.search(question.stem)):
        _fill_in(question, key)
    else:
        raise Unfit(_("The question has no options, and its key says neither right nor wrong."))


def _fill_in(question: Question, key: str) -> None:
    question.kind = ItemType.FILL_IN
    question.stem = _HOLES.sub(BLANK, question.stem)
    holes = question.stem.count(BLANK)
    detail = blanks_in(key, holes)
    if len(detail.blanks) != holes:
        question.doubts.append(
            _("The text has %(holes)s blanks, the key %(keys)s.", holes=holes, keys=len(detail.blanks))
        )
    if any("\n" in text for blank in detail.blanks for text in blank.accepted):
        question.doubts.append(_("The key of a blank has several lines."))
    question.detail = detail
