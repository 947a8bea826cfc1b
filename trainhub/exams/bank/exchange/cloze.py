"""Moodle's texts with holes: ``{1:SHORTANSWER:=word}`` in the middle of a sentence."""

from __future__ import annotations

import re

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Blank, Blanks
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, decimal_of
from trainhub.exams.bank.exchange.limits import MOST_ANSWERS, too_many
from trainhub.kernel.i18n import _

_HOLE = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^\\}])*)\}", re.DOTALL)
_WORDS = {"SHORTANSWER", "SA", "MW"}
_EXACT = {"SHORTANSWER_C", "SAC", "MWC"}
_NUMBERS = {"NUMERICAL", "NM"}
_CHOICES = {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS"}
_PIECE = re.compile(r"(?:\\.|[^~\\])+", re.DOTALL)
_SAID = re.compile(r"(?:\\.|[^#\\])*", re.DOTALL)
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")


def read_cloze(question: Question, facts: dict[str, str]) -> None:
    """Take the holes of a text as blanks, or one hole with choices as a single choice.

    Raises:
        Unfit: it has none, or of a kind that cannot be taken in.
    """
    holes = list(_HOLE.finditer(question.stem))
    if not holes:
        raise Unfit(_("The text has no holes to fill in."))
    if len(holes) > MOST_ANSWERS:
        raise Unfit(too_many())
    question.stem = _HOLE.sub(BLANK, question.stem)
    kinds = [hole.group(2) for hole in holes]
    _note_what_is_left(question, holes)
    if len(holes) == 1 and kinds[0] in _CHOICES:
        _read_choice(question, holes[0].group(3))
        return
    foreign = [kind for kind in kinds if kind not in _WORDS | _EXACT | _NUMBERS]
    if foreign:
        names = "、".join(dict.fromkeys(foreign))
        raise Unfit(_("Holes of the kind %(names)s cannot be taken in.", names=names))
    question.kind = ItemType.FILL_IN
    blanks = tuple(_blank(kind, hole.group(3)) for kind, hole in zip(kinds, holes, strict=True))
    question.detail = Blanks(blanks, "any_order" in facts)


def _note_what_is_left(question: Question, holes: list[re.Match[str]]) -> None:
    said = "".join(hole.group(3) for hole in holes)
    if re.search(r"(?<!\\)#", said) and not question.is_exact:
        question.notes.append(_("What the file says after an answer (feedback) is left away."))
    if any(0 < float(each) < 100 for each in _WEIGHT.findall(said)):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
    if len({hole.group(1) or "1" for hole in holes}) > 1:
        question.notes.append(_("In the file the blanks have different weights; here they count alike."))


def _pieces(text: str) -> list[tuple[bool, str]]:
    """Return the answers of a hole: whether it earns the whole mark, and its words."""
    found = []
    for piece in _PIECE.findall(text):
        said = _SAID.findall(piece)[0]
        weight = _WEIGHT.match(said)
        is_right = said.startswith("=") or (weight is not None and float(weight.group(1)) >= 100)
        said = said.removeprefix("=") if weight is None else said[weight.end() :]
        found.append((is_right, _unescaped(said).strip()))
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\([}{~=#/\"\\])", r"\1", text)


def _read_choice(question: Question, text: str) -> None:
    question.kind = ItemType.SINGLE
    for place, (is_right, said) in enumerate(_pieces(text)):
        question.options.append(said)
        question.names.append(str(place))
        question.key += [str(place)] if is_right else []


def _blank(kind: str, text: str) -> Blank:
    accepted = [said for is_right, said in _pieces(text) if is_right and said]
    if not accepted:
        raise Unfit(_("The question has no key."))
    if kind not in _NUMBERS:
        return Blank(tuple(accepted), kind in _EXACT)
    values = [said.partition(":") for said in accepted]
    tolerance = decimal_of(values[0][2].strip() or "0")
    for value, _colon, _rest in values:
        decimal_of(value)
    return Blank(tuple(value.strip() for value, _colon, _rest in values), tolerance=tolerance)
