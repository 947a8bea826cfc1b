"""Multiple choice: a list of letters, sorted, none twice."""

from __future__ import annotations

from typing import Any

from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import (
    Answer,
    key_of,
    letters_of,
    require_offered,
    wrong_form,
)
from trainhub.kernel.i18n import _, _l

TITLE = _l("Multiple choice: choose all that are right")
RULE = _l(
    "Each right option you choose earns its share of the marks; one wrong option, and the question earns "
    "nothing."
)
MOVES = _shown.Moves.UNLESS_BOUND
ON_PAPER = _on_paper.Lettered("some")
PRACTISED = 30
offered, targets, given, texts = _shown.offered, _shown.targets, _shown.given, _shown.texts


def letters(options: int) -> tuple[str, ...]:
    """Return a letter for every option."""
    return letters_of(options)


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is a sorted list of some of the letters, or None."""
    if response is None:
        return
    if not isinstance(response, list) or not response or response != sorted(set(response)):
        raise wrong_form()
    require_offered(response, letters_of(options))


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the paper's keys of the options chosen, sorted."""
    return sorted(key_of(keys, letter) for letter in response) if isinstance(response, list) else None


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [
        _shown.practised(
            _("With what can you answer?"),
            _("With the mouse"),
            _("With a finger"),
            _("With the keys"),
            _("By telephone"),
        ),
        _shown.practised(
            _("What does the map of all questions show?"),
            _("Which questions are answered"),
            _("Which questions are flagged"),
            _("Which answers are not saved yet"),
            _("Which answers are right"),
            partial=True,
        ),
    ]
