"""Types of question: each brings the form of its responses, in a module of its own that bears its name.

A new type is one module here (``ResponseForm``, what most share in ``_shown`` and ``_on_paper``) and one
script in ``static/js/types``; nothing else of delivery knows which types there are. The questions of a case
set are asked one by one, each by its own type.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from trainhub.exams.delivery.types._lettered import LETTERS, Answer, wrong_form
from trainhub.exams.delivery.types._on_paper import OnPaper
from trainhub.exams.delivery.types._shown import Moves


class ResponseForm(Protocol):
    """What the module of a type offers."""

    @property
    def TITLE(self) -> Any:
        """The type's name as the candidate reads it."""

    @property
    def RULE(self) -> Any:
        """What an answer earns that is right in part, if the author chose so; None where that cannot be."""

    @property
    def MOVES(self) -> Moves:
        """Whether its options may change places."""

    @property
    def ON_PAPER(self) -> OnPaper:
        """How an answer is entered from a sheet of paper."""

    @property
    def PRACTISED(self) -> int:
        """After which others it is practised, the least first."""

    def practice(self) -> list[dict[str, Any]]:
        """Return invented questions about the page itself, as a form document has them; of no bank."""

    def offered(self, body: Any, /) -> list[Any]:
        """Return what is to choose from or to be filled, each with a key; without a text nothing is shown."""

    def targets(self, body: Any, /) -> tuple[Any, ...]:
        """Return what the options can be matched with."""

    def given(self, body: Any, /) -> dict[str, Any]:
        """Return what else of a question a candidate may have, named one by one, and nothing of its key."""

    def texts(self) -> dict[str, str]:
        """Return what its script says, in the reader's language, under names that no other type has."""

    def letters(self, options: int, /) -> tuple[str, ...]:
        """Return what can be answered where so many options are shown, in the letters shown."""

    def check(self, options: int, response: Answer, targets: int = 0, /) -> None:
        """Raise Invalid unless the question offers this answer; None takes an answer back."""

    def in_the_paper(
        self, keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = (), /
    ) -> Answer:
        """Return an answer in the paper's keys; the first of them is shown as A, the first target as 1."""


@cache
def response_forms() -> Mapping[str, ResponseForm]:
    """Return the response form of every type, found by the names of the modules."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__) if not each.name.startswith("_"))
    return {name: cast(ResponseForm, import_module(f"{__name__}.{name}")) for name in names}


def response_form(kind: str) -> ResponseForm:
    """Return the response form of one type.

    Raises:
        Invalid: delivery does not know this type of question.
    """
    found = response_forms().get(kind)
    if found is None:
        raise wrong_form()
    return found


__all__ = ["LETTERS", "Answer", "Moves", "OnPaper", "ResponseForm", "response_form", "response_forms"]
