"""Numeric: a number as typed and, where units are offered, a blank and the unit chosen."""

from __future__ import annotations

from typing import Any

from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import Answer, wrong_form
from trainhub.exams.delivery.types._typed import require_text
from trainhub.kernel.i18n import _, _l

TITLE = _l("Numeric: write the number")
RULE = None
LONGEST = 60
MOVES = _shown.Moves.NEVER
ON_PAPER = _on_paper.OnPaper()
PRACTISED = 50
offered, targets = _shown.offered, _shown.targets


def letters(options: int) -> tuple[str, ...]:
    """Return nothing: there is nothing to choose from."""
    return ()


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is a short text, or None; whether it is a number is for marking."""
    if response is None:
        return
    if not isinstance(response, str) or not response.strip():
        raise wrong_form()
    require_text(response, LONGEST)


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the text as it is."""
    return response


def given(body: Any) -> dict[str, Any]:
    """Return the units to choose from, in an order that tells nothing."""
    return {"units": sorted({body.detail.unit, *(each.name for each in body.detail.units)} - {""})}


def texts() -> dict[str, str]:
    """Return what the script of the type says."""
    return {
        "number": _("Your number"),
        "numberHint": _("Digits, such as 12.5 or 1.2e3."),
        "unit": _("Unit"),
        "chooseUnit": _("choose the unit"),
    }


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [_shown.practised(_("How much is three quarters of an hour?"), units=["h", "min", "s"])]
