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
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

LETTERS = "ABCDEFGHIJKL"
TRUE_FALSE = ("T", "F")

# Options that speak of their neighbours lose their sense when moved.
_BOUND = re.compile(r"(以上|上述|前述)|[A-H]\s*[、,，和与及]\s*[A-H]|\b(above|both [A-H])\b", re.IGNORECASE)


class _Option(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Place:
    """One question as one candidate sees it.

    Args:
        number: the question's number in the paper.
        type: single, multiple or true_false.
        options: the paper's option keys in the order shown; the first is shown as A.
    """

    number: int
    type: str
    options: tuple[str, ...]

    def letters(self) -> tuple[str, ...]:
        """Return what can be answered, in the letters shown."""
        return TRUE_FALSE if self.type == "true_false" else tuple(LETTERS[: len(self.options)])

    def check(self, response: Answer) -> None:
        """Raise Invalid unless the answer is one that this question offers."""
        letters = self.letters()
        given = response if isinstance(response, list) else [] if response is None else [response]
        of_form = isinstance(response, list) == (self.type == "multiple") or response is None
        if not of_form or not set(given) <= set(letters):
            raise Invalid(_l("The answer has a form that this question does not know."))

    def in_the_paper(self, response: Answer) -> Answer:
        """Return an answer in the paper's own option keys."""
        if response is None or self.type == "true_false":
            return response
        keys = dict(zip(LETTERS, self.options, strict=False))
        if isinstance(response, list):
            return sorted(keys[letter] for letter in response)
        return keys[response]


Form = tuple[Place, ...]


def draw_form(questions: Iterable[tuple[int, str, Iterable[_Option]]], chance: random.Random) -> Form:
    """Draw one candidate's order: questions within their type, options within their question.

    Args:
        questions: number, type and options of each question, in the paper's order.
        chance: where the order comes from; ``random.SystemRandom()`` in an exam.
    """
    groups: dict[str, list[Place]] = {}
    for number, kind, options in questions:
        keys = [option.key for option in options]
        if kind in ("single", "multiple") and not any(_BOUND.search(option.text) for option in options):
            chance.shuffle(keys)
        groups.setdefault(kind, []).append(Place(number, kind, tuple(keys)))
    for group in groups.values():
        chance.shuffle(group)
    return tuple(place for group in groups.values() for place in group)


def write_form(form: Form) -> str:
    """Return a form as it is recorded."""
    return json.dumps(
        [[place.number, place.type, list(place.options)] for place in form], separators=(",", ":")
    )


@lru_cache(maxsize=20_000)
def read_form(text: str) -> Form:
    """Return a recorded form; each is read once and kept, for the writer asks for it with every answer."""
    return tuple(Place(number, kind, tuple(options)) for number, kind, options in json.loads(text))


def in_the_paper(form: Form, answers: Mapping[int, Answer]) -> dict[int, Answer]:
    """Return answers by the paper's question numbers and option keys, every question of the form included."""
    return {place.number: place.in_the_paper(answers.get(shown)) for shown, place in enumerate(form, start=1)}
