"""The order in which one candidate sees questions and options: drawn once, recorded, undone when marking."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

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
        options: how many options are shown.
    """

    type: str
    options: int

    def letters(self) -> tuple[str, ...]:
        """Return what can be answered, in the letters shown."""
        return response_form(self.type).letters(self.options)

    def check(self, response: Answer) -> None:
        """Raise Invalid unless the answer is one that this question offers."""
        response_form(self.type).check(self.options, response)


slot = lru_cache(maxsize=None)(Slot)
"""Return the one slot of a type and number of options: ten thousand forms share a handful."""


@dataclass(frozen=True, slots=True)
class Place:
    """One question as one candidate sees it.

    Args:
        number: the question's number in the paper.
        type: one of ``types``.
        options: the paper's option keys in the order shown; the first is shown as A.
    """

    number: int
    type: str
    options: tuple[str, ...]

    @property
    def slot(self) -> Slot:
        """What can be answered here."""
        return slot(self.type, len(self.options))

    def letters(self) -> tuple[str, ...]:
        """Return what can be answered, in the letters shown."""
        return self.slot.letters()

    def in_the_paper(self, response: Answer) -> Answer:
        """Return an answer in the paper's own option keys."""
        return response_form(self.type).in_the_paper(self.options, response)


Form = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Drawable:
    """A question before its order is drawn; ``moves`` tells whether its options may change places."""

    number: int
    type: str
    keys: tuple[str, ...]
    moves: bool


def drawable(number: int, kind: str, options: Iterable[_Option]) -> Drawable:
    """Return a question as drawing needs it."""
    offered = list(options)
    moves = kind in ("single", "multiple") and not any(_BOUND.search(option.text) for option in offered)
    return Drawable(number, kind, tuple(option.key for option in offered), moves)


def draw_form(questions: Iterable[Drawable], chance: random.Random) -> Form:
    """Draw one candidate's order: questions within their type, options within their question.

    Args:
        questions: in the paper's order.
        chance: where the order comes from; in an exam seeded from the system's randomness.
    """
    groups: dict[str, list[Place]] = {}
    for each in questions:
        keys = list(each.keys)
        if each.moves:
            chance.shuffle(keys)
        groups.setdefault(each.type, []).append(Place(each.number, each.type, tuple(keys)))
    for group in groups.values():
        chance.shuffle(group)
    return tuple(place for group in groups.values() for place in group)


def write_form(form: Form) -> str:
    """Return a form as it is recorded."""
    return json.dumps(
        [[place.number, place.type, list(place.options)] for place in form], separators=(",", ":")
    )


def read_form(text: str) -> Form:
    """Return a recorded form."""
    return tuple(Place(number, kind, tuple(options)) for number, kind, options in json.loads(text))


def slots_of(text: str) -> tuple[Slot, ...]:
    """Return what can be answered at each place of a recorded form."""
    return tuple(slot(kind, len(options)) for _number, kind, options in json.loads(text))


def in_the_paper(form: Form, answers: Mapping[int, Answer]) -> dict[int, Answer]:
    """Return answers by the paper's question numbers and option keys, every question of the form included."""
    return {place.number: place.in_the_paper(answers.get(shown)) for shown, place in enumerate(form, start=1)}
