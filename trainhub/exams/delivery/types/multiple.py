"""Multiple choice: a list of letters, sorted, none twice."""

from __future__ import annotations

from trainhub.exams.delivery.types import _shown
from trainhub.exams.delivery.types._lettered import (
    Answer,
    key_of,
    letters_of,
    require_offered,
    wrong_form,
)
from trainhub.kernel.i18n import _l

TITLE = _l("Multiple choice: choose all that are right")
RULE = _l(
    "Each right option you choose earns its share of the marks; one wrong option, and the question earns "
    "nothing."
)
MOVES = _shown.Moves.UNLESS_BOUND
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
