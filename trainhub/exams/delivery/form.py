"""The order in which one candidate sees questions and options: drawn once, recorded, undone when marking."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations, product
from math import factorial
from typing import Any, Protocol

from trainhub.exams.delivery.chain import Answer
from trainhub.exams.delivery.types import Moves, response_form

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


@dataclass(frozen=True)
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

    @cached_property
    def slot(self) -> Slot:
        """What can be answered here."""
        return slot(self.type, len(self.options), len(self.targets))

    @cached_property
    def written(self) -> str:
        """The place as it is recorded; what it has not is left out."""
        plain: list[Any] = [self.number, self.type, list(self.options)]
        if self.targets or self.part:
            plain += [list(self.targets), self.part]
        return json.dumps(plain, separators=(",", ":"))

    def letters(self) -> tuple[str, ...]:
        """Return what can be answered, in the letters shown."""
        return self.slot.letters()

    def in_the_paper(self, response: Answer) -> Answer:
        """Return an answer in the paper's own option keys."""
        return response_form(self.type).in_the_paper(self.options, response, self.targets)


Form = tuple[Place, ...]

Paperwise = Answer | list[Answer]
"""What was answered to a question of the paper; for a case set the answers to its questions in order."""


MOST_PLACES = 120
"""Of so many places that a question can become all are kept ready: five options have as many orders."""


@dataclass(frozen=True)
class Drawable:
    """A question before its order is drawn; ``moves`` tells whether its options may change places."""

    number: int
    type: str
    keys: tuple[str, ...]
    moves: bool
    targets: tuple[str, ...] = ()
    part: int = 0

    def drawn(self, chance: random.Random) -> Place:
        """Return the question with its options, and what they are matched with, in any order."""
        if self._places:
            return self._places[int(chance.random() * len(self._places))]
        keys = chance.sample(self.keys, len(self.keys)) if self.moves else self.keys
        return self._place(keys, chance.sample(self.targets, len(self.targets)))

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        """All that the question can become, each once; none where they are too many."""
        orders = factorial(len(self.keys)) if self.moves else 1
        if orders * factorial(len(self.targets)) > MOST_PLACES:
            return ()
        of_keys = permutations(self.keys) if self.moves else [self.keys]
        return tuple(self._place(*each) for each in product(of_keys, permutations(self.targets)))

    def _place(self, keys: Iterable[str], targets: Iterable[str]) -> Place:
        return Place(self.number, self.type, tuple(keys), tuple(targets), self.part)


def drawable(
    number: int, kind: str, options: Iterable[_Option], targets: tuple[str, ...] = (), part: int = 0
) -> Drawable:
    """Return a question as drawing needs it; what is to be ordered always moves."""
    offered = list(options)
    moves = response_form(kind).MOVES
    is_bound = moves is Moves.UNLESS_BOUND and any(_BOUND.search(option.text) for option in offered)
    keys = tuple(option.key for option in offered)
    return Drawable(number, kind, keys, moves is not Moves.NEVER and not is_bound, targets, part)


class Deck:
    """Questions laid ready to be drawn again and again (待排题组): a type together, a case together.

    Args:
        questions: in the paper's order.
    """

    def __init__(self, questions: Iterable[Drawable]) -> None:
        groups: dict[str, dict[int, list[Drawable]]] = {}
        for each in questions:
            group = groups.setdefault("case_set" if each.part else each.type, {})
            group.setdefault(each.number, []).append(each)
        self._groups = [list(group.values()) for group in groups.values()]

    def draw(self, chance: random.Random) -> Form:
        """Draw one candidate's order: questions within their type, options within their question.

        The questions of a case stay together and in their order.

        Args:
            chance: where the order comes from; in an exam seeded from the system's randomness.
        """
        drawn: list[Place] = []
        for group in self._groups:
            for unit in sorted(group, key=lambda _unit: chance.random()):
                drawn += [each.drawn(chance) for each in unit]
        return tuple(drawn)


def draw_form(questions: Iterable[Drawable], chance: random.Random) -> Form:
    """Draw one candidate's order of some questions, as a deck of them draws it."""
    return Deck(questions).draw(chance)


def write_form(form: Form) -> str:
    """Return a form as it is recorded."""
    return f"[{','.join([place.written for place in form])}]"


def read_form(text: str) -> Form:
    """Return a recorded form."""
    return tuple(_place(*each) for each in json.loads(text))


def length_of(text: str) -> int:
    """Return how many places a recorded form has."""
    return len(json.loads(text))


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
