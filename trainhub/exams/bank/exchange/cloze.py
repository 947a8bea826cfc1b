"""Moodle's texts with holes: ``{1:SHORTANSWER:=word}`` in the middle of a sentence."""

from __future__ import annotations

import re
from dataclasses import replace

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Blank, Blanks
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, decimal_of
from trainhub.exams.bank.exchange.limits import MOST_ANSWERS, too_many
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.kernel.i18n import _

_HOLE = re.compile(r"\{(\d*):([A-Za-z_]+):((?:\\.|[^\\}])*)\}", re.DOTALL)
_OPENED = re.compile(r"\{\d*:[A-Za-z_]+:")
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
    said = [_told(question, hole.group(3)) for hole in holes]
    question.stem = _HOLE.sub(BLANK, question.stem)
    if _OPENED.search(question.stem):
        raise Unfit(_("A brace is not closed."))
    kinds = [hole.group(2) for hole in holes]
    _note_what_is_left(question, said)
    if len({hole.group(1) or "1" for hole in holes}) > 1:
        question.notes.append(_("In the file the blanks have different weights; here they count alike."))
    if len(holes) == 1 and kinds[0] in _CHOICES:
        _read_choice(question, said[0])
        return
    foreign = [kind for kind in kinds if kind not in _WORDS | _EXACT | _NUMBERS]
    if foreign:
        names = "、".join(dict.fromkeys(foreign))
        raise Unfit(_("Holes of the kind %(names)s cannot be taken in.", names=names))
    question.kind = ItemType.FILL_IN
    blanks = tuple(
        _with_tolerance(_blank(question, kind, text), facts.get(f"tolerance{place}"))
        for place, (kind, text) in enumerate(zip(kinds, said, strict=True))
    )
    question.detail = Blanks(blanks, "any_order" in facts)


def _told(question: Question, text: str) -> str:
    """Return what stands in a hole: words already, but in a text that kept its layout still HTML."""
    if not question.carrying.is_laid(question.stem):
        return text
    wording = from_html(text)
    if wording.lost:
        names = "、".join(wording.lost)
        question.doubts.append(_("The text holds what plain text cannot show: %(names)s.", names=names))
    return wording.text


def _note_what_is_left(question: Question, holes: list[str]) -> None:
    said = "".join(holes)
    if re.search(r"(?<!\\)#", said) and not question.is_exact:
        question.notes.append(_("What the file says after an answer (feedback) is left away."))
    if any(0 < float(each) < 100 for each in _WEIGHT.findall(said)):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))


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


def _with_tolerance(blank: Blank, said: str | None) -> Blank:
    """Return a blank with the tolerance that our own export says beside a hole for words."""
    return blank if said is None else replace(blank, tolerance=decimal_of(said))


def _blank(question: Question, kind: str, text: str) -> Blank:
    accepted = [said for is_right, said in _pieces(text) if is_right and said]
    if not accepted:
        raise Unfit(_("The question has no key."))
    if kind not in _NUMBERS:
        return Blank(tuple(accepted), kind in _EXACT)
    values = [said.partition(":") for said in accepted]
    tolerance = decimal_of(values[0][2].strip() or "0")
    for value, _colon, rest in values:
        decimal_of(value)
        if decimal_of(rest.strip() or "0") != tolerance:
            question.doubts.append(_("Several numbers or ranges are right; one alone can be the key."))
    return Blank(tuple(value.strip() for value, _colon, _rest in values), tolerance=tolerance)
