"""Hazard spotting: marks in the order set, ``1234,5678`` on a picture, ``12500`` at a moment of a film."""

from __future__ import annotations

from trainhub.exams.bank.hazards import read_marks
from trainhub.exams.delivery.types._lettered import Answer, wrong_form
from trainhub.kernel.i18n import _l

TITLE = _l("Hazard spotting: mark every hazard")
RULE = _l(
    "Each hazard you mark earns its share of the marks; each mark where there is none takes off {percent} "
    "percent of one hazard, never below zero. A second mark on the same hazard neither earns nor costs."
)


def letters(options: int) -> tuple[str, ...]:
    """Return nothing: there is nothing to choose from."""
    return ()


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is a list of marks, no more than there are places for, or None.

    Args:
        options: how many marks may be set.
        response: the answer.
        targets: 1 if they are moments of a film.
    """
    if response is None:
        return
    if not isinstance(response, list) or not 1 <= len(response) <= options:
        raise wrong_form()
    if read_marks(response, bool(targets)) is None:
        raise wrong_form()


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the marks as they are."""
    return response
