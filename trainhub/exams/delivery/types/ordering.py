"""Ordering: the letters of all lines in the order that the candidate gives them."""

from __future__ import annotations

from typing import Any

from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import Answer, key_of, letters_of, wrong_form
from trainhub.kernel.i18n import _, _l

TITLE = _l("Ordering: put the lines into the right order")
RULE = _l("Each line in its right place earns its share of the marks; a wrong one costs nothing.")
MOVES = _shown.Moves.ALWAYS
ON_PAPER = _on_paper.Lettered("order")
PRACTISED = 70
offered, targets, given = _shown.offered, _shown.targets, _shown.given


def letters(options: int) -> tuple[str, ...]:
    """Return a letter for every line."""
    return letters_of(options)


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer names every line once, or is None."""
    if response is None:
        return
    if not isinstance(response, list) or sorted(response) != list(letters_of(options)):
        raise wrong_form()


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the paper's keys in the order given."""
    return [key_of(keys, letter) for letter in response] if isinstance(response, list) else None


def texts() -> dict[str, str]:
    """Return what the script of the type says."""
    return {
        "moveUp": _("Move up: {text}"),
        "moveDown": _("Move down: {text}"),
        "movedTo": _("{text}: now in place {place} of {count}"),
        "takeOrder": _("This order is my answer"),
        "orderTaken": _("The order shown is your answer."),
        "orderOpen": _("Not answered yet. Move the lines, or take the order as it stands."),
    }


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [
        _shown.practised(
            _("In which order do you come to these pages of an exam?"),
            _("The receipt"),
            _("The question whether to hand in"),
            _("The first question"),
            _("The page that waits for the beginning"),
            partial=True,
        )
    ]
