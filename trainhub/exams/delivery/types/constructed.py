"""Constructed response: a text of one's own, in lines as long as one likes, marked by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from trainhub.exams.bank.details import LONGEST_RESPONSE
from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import Answer, wrong_form
from trainhub.exams.delivery.types._typed import require_text
from trainhub.kernel.i18n import _, _l, ngettext

TITLE = _l("Constructed response: write your answer")
RULE = None
LONGEST = LONGEST_RESPONSE
"""Characters that the journal takes of one response; a rubric may allow fewer."""


@dataclass(frozen=True)
class _Text(_on_paper.OnPaper):
    def read(self, texts: Sequence[str], options: Sequence[str], targets: Sequence[str]) -> Answer:
        if len(texts[0]) > LONGEST:
            raise _on_paper.NotOffered(partial(_too_long, len(texts[0])))
        return texts[0]


def _too_long(length: int, number: str) -> str:
    return _(
        "Question %(number)s: %(count)s characters were entered, and %(most)s are taken at most. "
        "Nothing was cut; shorten it.",
        number=number,
        count=length,
        most=LONGEST,
    )


MOVES = _shown.Moves.NEVER
ON_PAPER = _Text(is_long=True)
PRACTISED = 60
offered, targets = _shown.offered, _shown.targets


def letters(options: int) -> tuple[str, ...]:
    """Return nothing: there is nothing to choose from."""
    return ()


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is a text with something in it, in one line or several, or None."""
    if response is None:
        return
    if not isinstance(response, str) or not response.strip():
        raise wrong_form()
    if len(response) > LONGEST:
        raise wrong_form()
    require_text(response.replace("\n", ""), LONGEST)


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the text as it is."""
    return response


def given(body: Any) -> dict[str, Any]:
    """Return how much may be written."""
    return {"longest": min(body.detail.longest, LONGEST)}


def texts() -> dict[str, str]:
    """Return what the script of the type says."""
    return {
        "yourAnswer": _("Your answer"),
        "written": _("{count} of {most} characters"),
        "writtenFull": _("No more than {most} characters can be written."),
        "writtenOverOne": _written_over(1),
        "writtenOver": _written_over(2),
    }


def _written_over(characters: int) -> str:
    return ngettext(
        "{over} character too many: only the first {most} are saved. Shorten your answer.",
        "{over} characters too many: only the first {most} are saved. Shorten your answer.",
        characters,
    )


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [_shown.practised(_("Say in two sentences how you came here today."), longest=200)]
