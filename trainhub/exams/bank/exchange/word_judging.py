"""Questions of a Word document once their paragraphs have come by: judged by their options and their key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Blanks, Rubric
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, as_row, rejected
from trainhub.exams.bank.exchange.showing_pictures import Shown, carrying_of
from trainhub.exams.bank.exchange.wording import Wording
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.exams.bank.reading.judging import type_of
from trainhub.exams.bank.reading.workbook import Row
from trainhub.exams.bank.reading.written import blanks_in
from trainhub.kernel.i18n import _

_WITHIN = re.compile(
    r"[（(]\s*([A-HＡ-Ｈ](?:[\s,，、]*[A-HＡ-Ｈ])*|√|×|对|错|正确|错误)\s*[）)]\s*[。.？?]?\s*\Z"
)
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


def type_named(heading: str) -> ItemType | None:
    """Return the type of the questions below a heading, if it names one."""
    found = type_of(heading, {}) if heading else None
    return found or next((kind for kind, words in _OTHERS if any(word in heading for word in words)), None)


def judged(draft: Draft, held: dict[str, Shown]) -> Row:
    """Judge a question; ``held`` are the pictures of the document by their names."""
    question = Question(draft.where, draft.stem, explanation=draft.explanation, source=draft.source)
    question.carrying = carrying_of(list(held.values()))
    if any(name == FORMULA or name not in held for _place, name in draft.pictures):
        reason = _(
            "Drawings, formulas or footnotes stand in the question (%(count)s) that are not taken in.",
            count=len(draft.pictures),
        )
        question.doubts.append(reason)
        draft.pictures = [each for each in draft.pictures if each[1] in held]
    key = draft.key
    within = _WITHIN.search(draft.stem)
    if key is None and within is not None:
        key = within.group(1)
        question.stem = f"{draft.stem[: within.start(1)]}  {draft.stem[within.end(1) :]}"
    kind = type_named(draft.heading)
    try:
        if not key:
            raise Unfit(_("The question has no key."))
        if draft.options:
            _choice(question, draft.options, key, kind)
        else:
            _written(question, key, kind)
    except Unfit as problem:
        return rejected(draft.where, str(problem), draft.stem, kind)
    for place, name in draft.pictures:
        said = question.says(Wording("", ("img",), (held[name].name,), html=held[name].markup))
        if place and place <= len(question.options):
            question.options[place - 1] += said
        else:
            question.stem += said
    return as_row(question)


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
    blanks = blanks_in(key, holes)
    if len(blanks) != holes:
        question.doubts.append(
            _("The text has %(holes)s blanks, the key %(keys)s.", holes=holes, keys=len(blanks))
        )
    question.detail = Blanks(blanks)
