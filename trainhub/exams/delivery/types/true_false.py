"""True or false: T or F, the same on the page and in the paper."""

from __future__ import annotations

from trainhub.exams.delivery.types import _shown
from trainhub.exams.delivery.types._lettered import Answer, require_offered, wrong_form
from trainhub.kernel.i18n import _, _l

TITLE = _l("True or false")
RULE = None
TRUE_FALSE = ("T", "F")
MOVES = _shown.Moves.NEVER
offered, targets, given = _shown.offered, _shown.targets, _shown.given


def letters(options: int) -> tuple[str, ...]:
    """Return T and F, whatever the paper calls its options."""
    return TRUE_FALSE


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is T, F or None."""
    if isinstance(response, list):
        raise wrong_form()
    require_offered([] if response is None else [response], TRUE_FALSE)


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the answer as it is."""
    return response


def texts() -> dict[str, str]:
    """Return what the script of the type says."""
    return {"true": _("True"), "false": _("False")}
