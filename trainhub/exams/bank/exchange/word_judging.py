"""Questions of a Word document once their paragraphs have come by: judged by their options and their key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trainhub.exams.bank.content import ItemType, Option
from trainhub.exams.bank.details import Blanks, Rubric
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, as_row, rejected, with_files
from trainhub.exams.bank.exchange.key_lists import Part
from trainhub.exams.bank.exchange.limits import LONGEST_QUESTION, too_long
from trainhub.exams.bank.exchange.showing_pictures import Shown, carrying_of
from trainhub.exams.bank.exchange.word_keys import edge_key, proposed_key
from trainhub.exams.bank.exchange.wording import Wording
from trainhub.exams.bank.reading.answers import says_truth_plainly, truth
from trainhub.exams.bank.reading.classes import level_of, type_of
from trainhub.exams.bank.reading.holes import filled
from trainhub.exams.bank.reading.keys import choice_meant, truth_meant
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.workbook import Row
from trainhub.kernel.i18n import _

_HOLES = re.compile(r"_{2,}|[（(]\s{1,}[）)]")
_OTHERS = ((ItemType.FILL_IN, ("填空",)), (ItemType.CONSTRUCTED, ("简答", "问答", "论述", "案例")))
_EITHER = re.compile(r"multiple[\s-]*choice", re.IGNORECASE)
FORMULA = "oMath"


@dataclass
class Draft:
    """A question as its paragraphs come by (试题草稿).

    Args:
        where: its place.
        stem: what it asks.
        heading: what names its type.
        options: letter and text of each.
        key: as it was written; None if none was found.
        explanation: why.
        source: article of the law it rests on.
        point: knowledge point.
        level: how hard it is.
        pictures: number of the option at which each stands, 0 for the question, and its name.
        last: the part that was read last.
        number: that it bears.
        part: heading below which it stands.
        doubts: reasons to hold it.
        is_in_brackets: whether its number stands in brackets.
        is_key_above: whether its key stands above its options.
        notes: what a person should know.
        underlined: lines with underlined words, each without and with signs around these.
        stressed: kind and words of what stands out in it.
        signs: those before its options that seem to say which are right.
        counted: how many lines of its text are counted with a bracket: 1) 2) 3).
        is_bracketed: whether its own number has a bracket behind it.
        is_small: whether its options bear small letters.
        filled: what its underlined words fill in; where they are certainly its key.
    """

    where: str
    stem: str
    heading: str
    options: list[tuple[str, str]] = field(default_factory=list)
    key: str | None = None
    explanation: str = ""
    source: str = ""
    point: str = ""
    level: str = ""
    pictures: list[tuple[int, str]] = field(default_factory=list)
    last: str = "stem"
    number: int | None = None
    part: Part | None = None
    doubts: list[str] = field(default_factory=list)
    is_in_brackets: bool = False
    is_key_above: bool = False
    notes: list[str] = field(default_factory=list)
    underlined: list[tuple[str, str]] = field(default_factory=list)
    stressed: list[tuple[str, str]] = field(default_factory=list)
    signs: set[str] = field(default_factory=set)
    counted: int = 0
    is_bracketed: bool = False
    is_small: bool = False
    filled: Blanks | None = None

    @property
    def takes_several_lines(self) -> bool:
        """Whether its answer may be several lines, each with a number."""
        return type_named(self.heading) is ItemType.CONSTRUCTED or len(_HOLES.findall(self.stem)) > 1

    @property
    def own_key(self) -> str | None:
        """The key that stands at the question, also one in brackets at the end of its text."""
        within = edge_key(self.stem, has_options=bool(self.options)) if self.key is None else None
        return self.key if within is None else within[0]


def type_named(heading: str) -> ItemType | None:
    """Return the type of the questions below a heading, if it names one; "multiple choice" names none."""
    if _EITHER.search(heading):
        return None
    found = type_of(heading, {}) if heading else None
    return found or next((kind for kind, words in _OTHERS if any(word in heading for word in words)), None)


def judged(draft: Draft, held: dict[str, Shown]) -> Row:
    """Judge a question; ``held`` are the pictures of the document by their names."""
    question = Question(draft.where, draft.stem, explanation=draft.explanation, source=draft.source)
    question.point, question.level = draft.point, level_of({"level": draft.level})
    question.doubts += draft.doubts
    question.notes += draft.notes
    question.carrying = carrying_of(list(held.values()))
    if any(name == FORMULA or name not in held for _place, name in draft.pictures):
        reason = _(
            "Drawings, formulas or footnotes stand in the question (%(count)s) that are not taken in.",
            count=len(draft.pictures),
        )
        question.doubts.append(reason)
        draft.pictures = [each for each in draft.pictures if each[1] in held]
    kind = type_named(draft.heading)
    texts = (draft.stem, draft.key or "", draft.explanation, *(text for _letter, text in draft.options))
    if any(len(each) > LONGEST_QUESTION for each in texts):
        return rejected(draft.where, too_long(), draft.stem[:LONGEST_QUESTION], kind)
    key = _key_of(question, draft)
    try:
        if draft.filled is not None:
            question.kind, question.detail = ItemType.FILL_IN, draft.filled
        elif not key:
            raise Unfit(_("The question has no key."))
        elif draft.options:
            _choice(question, draft.options, key, kind)
        else:
            _written(question, key, kind)
    except Unfit as problem:
        if draft.doubts and not key:
            return _without_key(question, draft, kind, held)
        return rejected(draft.where, str(problem), draft.stem, kind)
    _show_pictures(question, draft, held)
    return as_row(question)


def _key_of(question: Question, draft: Draft) -> str | None:
    """Return the key of a draft; one in the question is taken out of it, one that is not certain doubted."""
    if draft.key is not None or draft.filled is not None:
        return draft.key
    has_options = bool(draft.options)
    within = edge_key(draft.stem, has_options=has_options)
    is_open = has_options or type_named(draft.heading) in (None, ItemType.TRUE_FALSE)
    if within is None and is_open and not draft.doubts:
        within = proposed_key(draft.stem, has_options=has_options)
        if within is not None:
            question.doubts.append(_("Letters in brackets within the question seem to be its key."))
    if within is None:
        return None
    question.stem = within[1]
    return within[0]


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
    offered = [Option(letter, text) for letter, text in options]
    is_told = kind in (ItemType.SINGLE, ItemType.MULTIPLE)
    meant = choice_meant(key, offered, kind if kind and is_told else ItemType.MULTIPLE, question.stem)
    if meant is None:
        raise Unfit(_("The key “%(key)s” names no option of the question.", key=key[:20]))
    question.key = list(meant.keys)
    question.doubts += [meant.doubt] if meant.doubt else []
    question.notes += [meant.note] if meant.note else []
    told = ItemType.SINGLE if len(meant.keys) == 1 else ItemType.MULTIPLE
    question.kind = kind if is_told else told


def _written(question: Question, key: str, kind: ItemType | None) -> None:
    said = truth(key)
    if said is not None and (kind is ItemType.TRUE_FALSE or (kind is None and says_truth_plainly(key))):
        question.kind, question.key = ItemType.TRUE_FALSE, [said]
    elif kind is ItemType.TRUE_FALSE and (meant := truth_meant(key, ())) is not None:
        question.kind, question.key = kind, list(meant.keys)
        question.doubts.append(meant.doubt)
    elif kind is ItemType.CONSTRUCTED:
        question.kind, question.detail = kind, Rubric((), key)
    elif kind is ItemType.FILL_IN or (kind is None and _HOLES.search(question.stem)):
        _fill_in(question, key)
    else:
        raise Unfit(_("The question has no options, and its key says neither right nor wrong."))


def _fill_in(question: Question, key: str) -> None:
    question.kind = ItemType.FILL_IN
    found = filled(_HOLES.sub(BLANK, question.stem), key)
    question.stem, question.detail = found.stem, found.detail
    question.doubts += [found.doubt] if found.doubt else []
    if found.is_appended or not found.is_even:
        holes = 0 if found.is_appended else found.holes
        counts = {"holes": holes, "keys": len(found.detail.blanks)}
        question.doubts.append(_("The text has %(holes)s blanks, the key %(keys)s.", **counts))
    if any("\n" in text for blank in found.detail.blanks for text in blank.accepted):
        question.doubts.append(_("The key of a blank has several lines."))
