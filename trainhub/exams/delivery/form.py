"""The order in which one candidate sees questions and options: drawn once, recorded, undone when marking."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from trainhub.exams.delivery.chain import Answer
from trainhub.exams.delivery.types import response_form

# Options that speak of their neighbours lose their sense when moved.
_BOUND = re.compile(r"(以上|上述|前述)|[A-H]\s*[、,，和与及]\s*[A-H]|\b(above|both [A-H])\b", re.IGNORECASE)


class _Option(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """What can be answered at one place of a form (答题位): all that saving needs to know of a question.

    Args:
        type: one of ``types``.
        options: how many options are shown, or blanks to be filled.
        targets: how many things they can be matched with.
    """

    type: str
    options: int
    targets: int = 0

    def letters(self) -> tuple[str, ...]:
        """Return what can be answered, in the letters shown."""
        return response_form(self.type).letters(self.options)

    def check(self, response: Answer) -> None:
        """Raise Invalid unless the answer is one that this question offers."""
        response_form(self.type).check(self.options, response, self.targets)


slot = lru_cache(maxsize=None)(Slot)
"""Return the one slot of a type and number of options and targets: ten thousand forms share a handful."""


@dataclass(frozen=True, slots=True)
class Place:
    """One question as one candidate sees it.

    Args:
        number: the question's number in the paper.
        type: one of ``types``.
        options: the paper's option keys in the order shown; the first is shown as A. Of a fill-in its blanks.
        targets: of a matching the paper's keys of its right side in the order shown; the first is shown as 1.
        part: which question of a case set, from 1; 0 for a question that stands alone.
    """

    number: int
    type: str
    options: tuple[str, ...]
    targets: tuple[str, ...] = ()
    part: int = 0

    @property
    def slot(self) -> Slot:
        """What can be answered here."""
        return slot(self.type, len(self.options), len(self.targets))

    def letters(self) -> tuple[str, ...]:
        """Return what can be answered, in the letters shown."""
        return self.slot.letters()

    def in_the_paper(self, response: Answer) -> Answer:
        """Return an answer in the paper's own option keys."""
        return response_form(self.type).in_the_paper(self.options, response, self.targets)


Form = tuple[Place, ...]


Paperwise = Answer | list[Answer]
"""What was answered to a question of the paper; for a case set the answers to its questions in order."""


@dataclass(frozen=True, slots=True)
class Drawable:
    """A question before its order is drawn; ``moves`` tells whether its options may change places."""

    number: int
    type: str
    keys: tuple[str, ...]
    moves: bool
    targets: tuple[str, ...] = ()
    part: int = 0


SHUFFLED = ("single", "multiple", "matching", "ordering")


def drawable(
    number: int, kind: str, options: Iterable[_Option], targets: tuple[str, ...] = (), part: int = 0
) -> Drawable:
    """Return a question as drawing needs it; what is to be ordered always moves."""
    offered = list(options)
    bound = kind != "ordering" and any(_BOUND.search(option.text) for option in offered)
    keys = tuple(option.key for option in offered)
    return Drawable(number, kind, keys, kind in SHUFFLED and not bound, targets, part)


def draw_form(questions: Iterable[Drawable], chance: random.Random) -> Form:
    """Draw one candidate's order: questions within their type, options within their question.

    The questions of a case stay together and in their order.

    Args:
        questions: in the paper's order.
        chance: where the order comes from; in an exam seeded from the system's randomness.
    """
    groups: dict[str, dict[int, list[Place]]] = {}
    for each in questions:
        keys, targets = list(each.keys), list(each.targets)
        if each.moves:
            chance.shuffle(keys)
        chance.shuffle(targets)
        group = groups.setdefault("case_set" if each.part else each.type, {})
        place = Place(each.number, each.type, tuple(keys), tuple(targets), each.part)
        group.setdefault(each.number, []).append(place)
    drawn: list[Place] = []
    for group in groups.values():
        units = list(group.values())
        chance.shuffle(units)
        drawn += [place for unit in units for place in unit]
    return tuple(drawn)


def write_form(form: Form) -> str:
    """Return a form as it is recorded; what a place has not is left out."""
    return json.dumps([_plain(place) for place in form], separators=(",", ":"))


def _plain(place: Place) -> list[Any]:
    plain: list[Any] = [place.number, place.type, list(place.options)]
    if place.targets or place.part:
        plain += [list(place.targets), place.part]
    return plain


def read_form(text: str) -> Form:
    """Return a recorded form."""
    return tuple(_place(*each) for each in json.loads(text))


def _place(number: int, kind: str, options: list[str], targets: Iterable[str] = (), part: int = 0) -> Place:
    return Place(number, kind, tuple(options), tuple(targets), part)


def slots_of(text: str) -> tuple[Slot, ...]:
    """Return what can be answered at each place of a recorded form."""
    return tuple(
        slot(kind, len(options), len(more[0]) if more else 0)
        for _number, kind, options, *more in json.loads(text)
    )


def in_the_paper(form: Form, answers: Mapping[int, Answer]) -> dict[int, Paperwise]:
    """Return answers by the paper's question numbers and option keys, every question of the form included."""
    found: dict[int, Paperwise] = {}
    parts: dict[int, dict[int, Answer]] = {}
    for shown, place in enumerate(form, start=1):
        answer = place.in_the_paper(answers.get(shown))
        if place.part:
            parts.setdefault(place.number, {})[place.part] = answer
        else:
            found[place.number] = answer
    for number, given in parts.items():
        in_order: list[Answer] = [given[part] for part in sorted(given)]
        found[number] = in_order if any(each is not None for each in in_order) else None
    return found
