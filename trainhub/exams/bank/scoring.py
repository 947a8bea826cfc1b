"""Marks for a response: a pure function of the key and of what was answered, exact from end to end.

What a response earns that is right in part is a rule of its item (``Credit``), shown to author, reviewer and
candidate:

- single choice, true or false, numeric: all or nothing.
- multiple choice: all or nothing; with partial credit each right option chosen earns its share, and any
  wrong option chosen earns nothing at all.
- fill-in, ordering, matching: all or nothing; with partial credit each right blank, line in its right place
  or right pair earns its share, and a wrong one costs nothing.
- hazard spotting: each hazard hit earns its share, each mark on nothing takes off its percentage of one.
- case set: each question earns by its own rule, and counts by its weight.

The marks of a question are its share of them, rounded down to a whole mark once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from trainhub.exams.bank.content import Credit, ItemBody, ItemType
from trainhub.exams.bank.details import Blank, Blanks, CaseSet, Number, Scene
from trainhub.exams.bank.folding import fold
from trainhub.exams.bank.hazards import share_of
from trainhub.exams.bank.quantities import read_number, read_quantity, same_unit

Response = Any
"""What was answered, in the paper's keys: an option key, a number as typed, a list of keys, pairs or texts,
for a case set a list of the responses to its questions, or None for unanswered."""

NOTHING, ALL = Fraction(0), Fraction(1)
OF_THEIR_OWN = (ItemType.CASE_SET, ItemType.HAZARD_SPOTTING)
"""Types with a rule of their own, always in part."""


def score(kind: str, body: ItemBody, response: Response) -> Fraction:
    """Return the share of its marks that a response earns: 0 to 1, exactly.

    Args:
        kind: type of the item.
        body: of the item.
        response: what was answered; of a form that the type does not have it earns nothing.
    """
    if response is None:
        return NOTHING
    share = _SCORES[ItemType(kind)](body, response)
    if body.credit is Credit.PARTIAL or kind in OF_THEIR_OWN:
        return share
    return ALL if share == ALL else NOTHING


def marks_for(share: Fraction, possible: int) -> int:
    """Return the whole marks that a share of the possible ones is, rounded down."""
    return int(share * possible)


def _texts(response: Response) -> list[str]:
    """Return a response as a list of texts; empty if it is anything else."""
    if isinstance(response, list) and all(isinstance(each, str) for each in response):
        return response
    return []


def _one(body: ItemBody, response: Response) -> Fraction:
    given = [response] if isinstance(response, str) else response
    return ALL if isinstance(given, list) and tuple(given) == body.answer else NOTHING


def _multiple(body: ItemBody, response: Response) -> Fraction:
    given = _texts(response)
    chosen, key = set(given), set(body.answer)
    if len(chosen) != len(given) or not chosen <= key:
        return NOTHING
    return Fraction(len(chosen), len(key))


def _ordering(body: ItemBody, response: Response) -> Fraction:
    given = _texts(response)
    if sorted(given) != sorted(body.answer):
        return NOTHING
    return Fraction(
        sum(one == other for one, other in zip(given, body.answer, strict=True)), len(body.answer)
    )


def _matching(body: ItemBody, response: Response) -> Fraction:
    given = _texts(response)
    if len({pair[:1] for pair in given}) != len(given):
        return NOTHING
    return Fraction(len(set(given) & set(body.answer)), len(body.answer))


def _fill_in(body: ItemBody, response: Response) -> Fraction:
    given, detail = _texts(response), body.detail
    if not isinstance(detail, Blanks) or len(given) != len(detail.blanks):
        return NOTHING
    if detail.any_order:
        right = _most_matched(given, detail.blanks)
    else:
        right = sum(fits(blank, text) for blank, text in zip(detail.blanks, given, strict=True))
    return Fraction(right, len(detail.blanks))


def _most_matched(given: Sequence[str], blanks: Sequence[Blank]) -> int:
    """Return how many blanks can be filled rightly where each text may fill any one of them."""
    filled: dict[int, int] = {}

    def place(text: int, tried: set[int]) -> bool:
        for blank, wanted in enumerate(blanks):
            if blank not in tried and fits(wanted, given[text]):
                tried.add(blank)
                if blank not in filled or place(filled[blank], tried):
                    filled[blank] = text
                    return True
        return False

    return sum(place(text, set()) for text in range(len(given)))


def fits(blank: Blank, text: str) -> bool:
    """Tell whether a text may stand in a blank; width, spaces and, unless it counts, letters' size aside.

    Raised and lowered digits may be typed as people can type them, but beside a digit they are no digits.
    """
    if not text.strip():
        return False
    folded = _folded(text, blank.case_sensitive)
    if any(_folded(each, blank.case_sensitive) == folded for each in blank.accepted):
        return True
    number = None if blank.tolerance is None else read_number(text)
    if number is None or blank.tolerance is None:
        return False
    keys = [read_number(each) for each in blank.accepted]
    return any(key is not None and abs(number - key) <= Fraction(blank.tolerance) for key in keys)


def _folded(text: str, case_sensitive: bool) -> str:
    folded = fold("".join(text.split()))
    return folded if case_sensitive else folded.casefold()


def _numeric(body: ItemBody, response: Response) -> Fraction:
    detail = body.detail
    read = read_quantity(response) if isinstance(response, str) else None
    if read is None or not isinstance(detail, Number):
        return NOTHING
    number, unit = read
    factor = _factor(detail, unit)
    if factor is None:
        return NOTHING
    off = abs(number * factor - Fraction(detail.value))
    return ALL if off <= Fraction(detail.tolerance) else NOTHING


def _factor(detail: Number, unit: str) -> Fraction | None:
    """Return how much of the key's unit one of a unit is; None for a unit that does not count.

    Where only one unit can be meant it may be left out; where others are offered it may not.
    """
    if same_unit(unit, detail.unit) or (not unit and not detail.units):
        return ALL
    found = next((each for each in detail.units if same_unit(each.name, unit)), None)
    return None if found is None else Fraction(found.factor)


def _case_set(body: ItemBody, response: Response) -> Fraction:
    detail = body.detail
    if (
        not isinstance(detail, CaseSet)
        or not isinstance(response, list)
        or len(response) != len(detail.parts)
    ):
        return NOTHING
    earned = sum(
        (
            part.weight * score(part.type, part.body, each)
            for part, each in zip(detail.parts, response, strict=True)
        ),
        NOTHING,
    )
    return earned / sum(part.weight for part in detail.parts)


def _hazards(body: ItemBody, response: Response) -> Fraction:
    return share_of(body.detail, response) if isinstance(body.detail, Scene) else NOTHING


def _by_people(body: ItemBody, response: Response) -> Fraction:
    raise ValueError("a response that people mark has no computed score")


_SCORES: Mapping[ItemType, Callable[[ItemBody, Response], Fraction]] = {
    ItemType.TRUE_FALSE: _one,
    ItemType.SINGLE: _one,
    ItemType.MULTIPLE: _multiple,
    ItemType.FILL_IN: _fill_in,
    ItemType.NUMERIC: _numeric,
    ItemType.ORDERING: _ordering,
    ItemType.MATCHING: _matching,
    ItemType.CONSTRUCTED: _by_people,
    ItemType.CASE_SET: _case_set,
    ItemType.HAZARD_SPOTTING: _hazards,
}
