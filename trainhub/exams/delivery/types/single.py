"""Single choice: one letter."""

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

TITLE = _l("Single choice")
RULE = None
MOVES = _shown.Moves.UNLESS_BOUND
offered, targets, given, texts = _shown.offered, _shown.targets, _shown.given, _shown.texts


def letters(options: int) -> tuple[str, ...]:
    """Return a letter for every option."""
    return letters_of(options)


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is one of the letters, or None."""
    if isinstance(response, list):
        raise wrong_form()
    require_offered([] if response is None else [response], letters_of(options))


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the paper's key of the option chosen."""
    return key_of(keys, response) if isinstance(response, str) else None
