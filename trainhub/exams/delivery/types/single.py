"""Single choice: one letter."""

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

TITLE = _l("Single choice")
RULE = None
MOVES = _shown.Moves.UNLESS_BOUND
ON_PAPER = _on_paper.Lettered("one")
PRACTISED = 20
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


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [
        _shown.practised(
            _("Which clock counts in the exam?"),
            _("The clock of the server"),
            _("The clock of this machine"),
            _("The clock of the candidate"),
            _("The clock on the wall"),
        ),
        _shown.practised(
            _("Which key flags a question, to be looked at again later?"),
            "G",
            "A",
            "T",
            "1",
        ),
        _shown.practised(
            _("The sign at the top says that there is no connection. What do you do?"),
            _("Go on answering, and tell the invigilator if it stays so"),
            _("Close the browser"),
            _("Switch the machine off"),
            _("Begin the exam a second time"),
        ),
        _shown.practised(
            _("What happens when the network is back?"),
            _("The changes are sent by themselves"),
            _("The exam begins anew"),
            _("The paper is handed in"),
            **{_shown.IN_CASE: True},
        ),
    ]
