"""How an author writes what a type holds: lines of text, read strictly and shown again the same."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from trainhub.exams.bank.checking import LETTERS
from trainhub.exams.bank.details import (
    LONGEST_RESPONSE,
    Blank,
    Blanks,
    Criterion,
    Matching,
    Number,
    Rubric,
    Target,
    Unit,
)
from trainhub.exams.bank.escapes import escape, hide, show
from trainhub.exams.bank.quantities import read_number
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_TOLERANCE = re.compile(r"^(?P<variants>.*?)(?:±|\+/-)(?P<tolerance>[^±]*)$")
_CASE = re.compile(r"\[Aa\]\s*$")
_SIGNS = "|｜±[+"
"""Signs that mean something in the line of a blank."""
_PAIR = re.compile(r"([A-H])[-–—:=→>.]*(\d{1,2})")
_POINTS = re.compile(r"^(\d{1,3})(?:分|\s+分(?=[\s.、,，:：])|\s*points?\b)?[\s.、,，:：]*(.+)$")
_POINTS_BEHIND = re.compile(r"^(?P<text>.+?)\s*[（(]\s*(?P<points>\d{1,3})\s*分\s*[)）][;；。]?$")
_LIKE_POINTS = re.compile(r"分|points?\b")


class Misread(Invalid):
    """A field of the form does not say what it is for; ``field`` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def lines_of(text: str | None) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def exact(field: str, text: str | None) -> Decimal:
    """Return a number as it was written, exactly.

    Raises:
        Misread: it is none.
    """
    folded = unicodedata.normalize("NFKC", text or "").replace(",", "").replace("−", "-").strip()
    try:
        number = Decimal(folded)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or read_number(folded) is None:
        raise Misread(field, _("“%(said)s” is no number.", said=(text or "")[:20]))
    return number


def read_order(text: str) -> tuple[str, ...]:
    """Return the letters of an ordering's key in their order.

    Raises:
        Misread: something else stands there.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    if re.sub(r"[A-H\s,、;→>\-–—]", "", folded):
        raise Misread("answer", _("Name the lines in the right order, such as CADB."))
    return tuple(re.findall("[A-H]", folded))


def read_pairs(text: str) -> tuple[str, ...]:
    """Return the pairs of a matching's key, sorted.

    Raises:
        Misread: something else stands there.
    """
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text).upper())
    if re.sub(r"[,、;]", "", _PAIR.sub("", folded)):
        raise Misread("answer", _("Name a number for each letter, such as A2 B1 C3."))
    return tuple(sorted(letter + str(int(number)) for letter, number in _PAIR.findall(folded)))


def read_targets(text: str | None) -> Matching:
    """Return the right side of a matching, a line each.

    Raises:
        Misread: two lines are alike.
    """
    lines = lines_of(text)
    _require_unlike("targets", lines)
    return Matching(tuple(Target(str(number), line) for number, line in enumerate(lines, start=1)))


def _require_unlike(field: str, lines: list[str]) -> None:
    if again := next((line for place, line in enumerate(lines) if line in lines[:place]), None):
        raise Misread(field, _("“%(line)s” stands there twice.", line=again[:20]))


def read_blanks(text: str | None, any_order: bool) -> Blanks:
    """Return the blanks of a fill-in, a line each.

    Raises:
        Misread: a tolerance is no number, or no line says anything.
    """
    found = tuple(_blank(line) for line in lines_of(text))
    if not found:
        raise Misread("blanks", _("Write the right answers, a line for each blank."))
    return Blanks(found, any_order)


def _blank(line: str) -> Blank:
    line = hide(line, _SIGNS)
    case = _CASE.search(line) is not None
    line, tolerance = _CASE.sub("", line), None
    told = _TOLERANCE.match(line)
    if told is not None:
        line, tolerance = told["variants"], exact("blanks", show(told["tolerance"], _SIGNS))
    variants = [show(each.strip(), _SIGNS) for each in re.split(r"[|｜]", line) if each.strip()]
    return Blank(tuple(variants), case, tolerance)


def write_blanks(detail: Blanks) -> str:
    """Return blanks as their author writes them."""
    lines = []
    for blank in detail.blanks:
        line = " | ".join(escape(each, _SIGNS) for each in blank.accepted)
        line += "" if blank.tolerance is None else f" ± {blank.tolerance}"
        lines.append(f"{line} [Aa]" if blank.case_sensitive else line)
    return "\n".join(lines)


def read_key_number(value: str | None, tolerance: str | None, unit: str | None, units: str | None) -> Number:
    """Return the key of a numeric question from its four fields.

    Raises:
        Misread: a number cannot be read, or a line names no unit with its factor.
    """
    others = []
    for line in lines_of(units):
        name, equals, factor = line.partition("=")
        if not equals:
            raise Misread("units", _("Write a unit and what one of it is, such as kPa = 0.001."))
        others.append(Unit(name.strip(), exact("units", factor)))
    off = exact("tolerance", tolerance) if (tolerance or "").strip() else Decimal(0)
    return Number(exact("value", value), off, (unit or "").strip(), tuple(others))


def write_units(detail: Number) -> str:
    """Return other units as their author writes them."""
    return "\n".join(f"{each.name} = {each.factor}" for each in detail.units)


def read_rubric(criteria: str | None, model: str | None, longest: int | None) -> Rubric:
    """Return a rubric, a line of it a line.

    Raises:
        Misread: a line does not begin with its points.
    """
    found = tuple(_criterion(line) for line in lines_of(criteria))
    return Rubric(found, (model or "").replace("\r\n", "\n").strip(), longest or LONGEST_RESPONSE)


def _criterion(line: str) -> Criterion:
    told, behind = _POINTS.match(line), _POINTS_BEHIND.match(line)
    if told is not None:
        return Criterion(told[2].strip(), int(told[1]))
    if behind is not None:
        return Criterion(behind["text"], int(behind["points"]))
    raise Misread("criteria", _("Begin each line of the rubric with its points, such as 2 …"))


def write_criteria(detail: Rubric) -> str:
    """Return a rubric as its author writes it."""
    signs = ["分" if _LIKE_POINTS.match(each.text) else "" for each in detail.criteria]
    pairs = zip(detail.criteria, signs, strict=True)
    return "\n".join(f"{each.points}{sign} {each.text}" for each, sign in pairs)


def read_options(text: str | None) -> list[tuple[str, str]]:
    """Return options with their letters, a line each.

    Raises:
        Misread: there are more than letters, or two are alike: candidates could not tell them apart.
    """
    lines = lines_of(text)
    if len(lines) > len(LETTERS):
        raise Misread("options", _("A choice has two to eight options, each with a letter of its own."))
    _require_unlike("options", lines)
    return list(zip(LETTERS, lines, strict=False))
