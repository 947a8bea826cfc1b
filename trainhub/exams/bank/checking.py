"""What makes a body a sound question of its type: keys name what exists, details are within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from trainhub.exams.bank.checking_media import check_media, check_scene
from trainhub.exams.bank.details import (
    LONGEST_RESPONSE,
    Blanks,
    CaseSet,
    Matching,
    Number,
    Part,
    Rubric,
    Scene,
    Unit,
)
from trainhub.exams.bank.quantities import read_number, same_unit
from trainhub.exams.bank.texts import texts_of, words_in
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

if TYPE_CHECKING:
    from trainhub.exams.bank.content import ItemBody

LETTERS = "ABCDEFGH"
TRUE, FALSE = "T", "F"
MAX_TEXT = 4000
MOST_BLANKS = 12
LONGEST_BLANK = 100
MOST_VARIANTS = 20
MOST_TARGETS = 12
MOST_UNITS = 12
LONGEST_UNIT = 20
MOST_PARTS = 10
MOST_CRITERIA = 20
MOST_DIGITS = 40

BLANK = re.compile(r"_{2,}")
"""How a stem shows a blank of a fill-in."""

Check = Callable[[str, "ItemBody"], None]


def require_texts(body: ItemBody) -> None:
    """Raise Invalid unless a body has a stem and no text is too long or holds control characters."""
    texts = texts_of(body)
    if not words_in(body, body.stem).strip() or any(len(text) > MAX_TEXT for text in texts):
        raise Invalid(_("A question needs a text, of %(count)s characters at most.", count=MAX_TEXT))
    if any(not each.isprintable() and each not in "\n\t\u3000\xa0" for text in texts for each in text):
        raise Invalid(_("The text holds control characters."))


def check_detail(kind: str, body: ItemBody, check_part: Check) -> None:
    """Raise Invalid unless options, key and detail are those of a type.

    Args:
        kind: the type.
        body: what is checked.
        check_part: checks a question of a case set.
    """
    check_media(body)
    if kind == "case_set" and isinstance(body.detail, CaseSet):
        _check_case(body, body.detail, check_part)
    elif kind in _OF_DETAILS:
        held, check = _OF_DETAILS[kind]
        if not isinstance(body.detail, held):
            _require_none(True)
        check(body, body.detail)
    else:
        _require_none(body.detail, kind not in _OF_OPTIONS)
        _OF_OPTIONS[kind](body)


def _require_none(*things: object) -> None:
    if any(things):
        raise Invalid(_("The question lacks what its type needs, or holds what its type does not have."))


def _check_options(body: ItemBody) -> list[str]:
    keys = [option.key for option in body.options]
    if not 2 <= len(keys) <= len(LETTERS) or len(set(keys)) != len(keys) or not set(keys) <= set(LETTERS):
        raise Invalid(_("A choice has two to eight options, each with a letter of its own."))
    if any(not option.text.strip() for option in body.options):
        raise Invalid(_("Every option needs a text."))
    return keys


def _check_truth(body: ItemBody) -> None:
    if body.options or body.answer not in ((TRUE,), (FALSE,)):
        raise Invalid(_("A true or false question has no options, and its key is right or wrong."))


def _check_single(body: ItemBody) -> None:
    _check_choice(body)
    if len(body.answer) != 1:
        raise Invalid(_("A single choice has exactly one key."))


def _check_choice(body: ItemBody) -> None:
    keys = _check_options(body)
    if not body.answer or not set(body.answer) <= set(keys):
        raise Invalid(_("The key names an option that does not exist."))
    if list(body.answer) != sorted(set(body.answer)):
        raise Invalid(_("The key names each option once, in order."))


def _check_ordering(body: ItemBody) -> None:
    keys = _check_options(body)
    if sorted(body.answer) != sorted(keys):
        raise Invalid(_("The key of an ordering names every line exactly once, in the right order."))


def _check_matching(body: ItemBody, detail: Matching) -> None:
    keys = _check_options(body)
    numbers = [target.key for target in detail.targets]
    if not 2 <= len(numbers) <= MOST_TARGETS or numbers != [str(each) for each in range(1, len(numbers) + 1)]:
        raise Invalid(_("A matching has two to twelve lines on its right side, numbered from 1."))
    if any(not target.text.strip() for target in detail.targets):
        raise Invalid(_("Every option needs a text."))
    if [pair[:1] for pair in body.answer] != sorted(keys) or not {pair[1:] for pair in body.answer} <= set(
        numbers
    ):
        raise Invalid(_("The key of a matching gives every line on the left one number, such as A2, B1."))


def _check_blanks(body: ItemBody, detail: Blanks) -> None:
    _require_none(body.options, body.answer)
    if not 1 <= len(detail.blanks) <= MOST_BLANKS:
        raise Invalid(_("A fill-in has one to twelve blanks."))
    shown = len(BLANK.findall(body.stem))
    if shown != len(detail.blanks):
        raise Invalid(
            _(
                "The question shows %(shown)s blanks (____), the key fills %(filled)s.",
                shown=shown,
                filled=len(detail.blanks),
            )
        )
    for blank in detail.blanks:
        if not 1 <= len(blank.accepted) <= MOST_VARIANTS or not all(
            each.strip() and len(each) <= LONGEST_BLANK for each in blank.accepted
        ):
            raise Invalid(_("Each blank has one to twenty right answers, of 100 characters at most."))
        if blank.tolerance is not None:
            _require_exact(str(blank.tolerance))
            if blank.tolerance < 0 or all(read_number(each) is None for each in blank.accepted):
                raise Invalid(
                    _("A tolerance is not below zero and stands only where the answer is a number.")
                )


def _require_exact(*numbers: str) -> None:
    if any(len(each) > MOST_DIGITS or read_number(each) is None for each in numbers):
        raise Invalid(_("A number of the key cannot be read, or has too many digits."))


def _check_number(body: ItemBody, detail: Number) -> None:
    _require_none(body.options, body.answer)
    _require_exact(str(detail.value), str(detail.tolerance), *(str(each.factor) for each in detail.units))
    if detail.tolerance < 0:
        raise Invalid(_("A tolerance is not below zero and stands only where the answer is a number."))
    if detail.units and not detail.unit:
        raise Invalid(_("Other units can be given only where the key has one."))
    if len(detail.units) > MOST_UNITS or any(each.factor <= 0 for each in detail.units):
        raise Invalid(_("There are twelve other units at most, each with a factor above zero."))
    _check_units(detail.unit, detail.units)


def _check_units(own: str, others: tuple[Unit, ...]) -> None:
    names = [own, *(each.name for each in others)] if own else []
    for place, name in enumerate(names):
        if not name.strip() or len(name) > LONGEST_UNIT or name[:1].isdigit():
            raise Invalid(_("A unit is a name of 20 characters at most that begins with no digit."))
        if any(same_unit(name, other) for other in names[:place]):
            raise Invalid(_("The unit %(name)s is given twice.", name=name))


def _check_rubric(body: ItemBody, detail: Rubric) -> None:
    _require_none(body.options, body.answer)
    if not 1 <= len(detail.criteria) <= MOST_CRITERIA or any(
        not each.text.strip() or not 1 <= each.points <= 100 for each in detail.criteria
    ):
        raise Invalid(_("A rubric has one to twenty lines, each with a text and 1 to 100 points."))
    if not 1 <= detail.longest <= LONGEST_RESPONSE:
        raise Invalid(_("A response may have 1 to %(most)s characters.", most=LONGEST_RESPONSE))


_OF_OPTIONS: dict[str, Callable[[ItemBody], None]] = {
    "true_false": _check_truth,
    "single": _check_single,
    "multiple": _check_choice,
    "ordering": _check_ordering,
}
_OF_DETAILS: dict[str, tuple[type, Callable[[ItemBody, Any], None]]] = {
    "matching": (Matching, _check_matching),
    "fill_in": (Blanks, _check_blanks),
    "numeric": (Number, _check_number),
    "constructed": (Rubric, _check_rubric),
    "hazard_spotting": (Scene, check_scene),
}
NOT_IN_A_CASE = ("case_set", "constructed", "hazard_spotting")


def _check_case(body: ItemBody, detail: CaseSet, check_part: Check) -> None:
    _require_none(body.options, body.answer)
    if not 1 <= len(detail.parts) <= MOST_PARTS:
        raise Invalid(_("A case has one to ten questions."))
    for number, part in enumerate(detail.parts, start=1):
        _check_part(number, part, check_part)


def _check_part(number: int, part: Part, check_part: Check) -> None:
    if part.type in NOT_IN_A_CASE:
        raise Invalid(_("Question %(number)s: a case has no questions of this type yet.", number=number))
    if not 1 <= part.weight <= 100:
        raise Invalid(_("Question %(number)s: its weight is a whole number from 1 to 100.", number=number))
    try:
        check_part(part.type, part.body)
    except Invalid as problem:
        raise Invalid(_("Question %(number)s: %(problem)s", number=number, problem=str(problem))) from problem
