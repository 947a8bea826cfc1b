"""True or false: T or F, the same on the page and in the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import Answer, require_offered, wrong_form
from trainhub.kernel.i18n import _, _l

TITLE = _l("True or false")
RULE = None
TRUE_FALSE = ("T", "F")
ALIASES = dict.fromkeys([*"TY1对正V", "正确"], "√") | dict.fromkeys([*"FXN20错误", "错误", "不对"], "×")
"""Keys and words that say one of the two."""


@dataclass(frozen=True)
class _Signs(_on_paper.OnPaper):
    def keys(self, options: Sequence[str]) -> str:
        return "√×"

    def read(self, texts: Sequence[str], options: Sequence[str], targets: Sequence[str]) -> Answer:
        sign = _on_paper.plain(texts[0])
        sign = self.aliases.get(sign, sign)
        if len(sign) != 1 or sign not in "√×":
            raise _on_paper.NotOffered
        return TRUE_FALSE["√×".index(sign)]

    def said(self, response: Answer, options: Sequence[str], targets: Sequence[str]) -> str:
        return "√" if response == "T" else "×"


MOVES = _shown.Moves.NEVER
ON_PAPER = _Signs("one", aliases=ALIASES)
PRACTISED = 10
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


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [
        _shown.practised(_("An answer counts as saved only when the server has it on disk.")),
        _shown.practised(_("Without network you have to stop answering.")),
        _shown.practised(_("You can change every answer until you hand in.")),
        _shown.practised(_("The three changes are lost."), **{_shown.IN_CASE: True}),
    ]
