"""Fill-in: a list of texts, one for each blank in the order of the stem; empty for a blank left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainhub.exams.bank.content import Option
from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import Answer, wrong_form
from trainhub.exams.delivery.types._typed import require_text
from trainhub.kernel.i18n import _, _l

TITLE = _l("Fill-in: write into each blank")
RULE = _l("Each blank that is filled rightly earns its share of the marks; a wrong one costs nothing.")


@dataclass(frozen=True)
class _Blanks(_on_paper.OnPaper):
    def fields(self, options: Sequence[str]) -> int:
        return len(options)

    def read(self, texts: Sequence[str], options: Sequence[str], targets: Sequence[str]) -> Answer:
        said_of_it = (_on_paper.EMPTY, _on_paper.UNREADABLE)
        return ["" if _on_paper.mark_of(text) in said_of_it else text for text in texts]

    def said(self, response: Answer, options: Sequence[str], targets: Sequence[str]) -> str:
        return " / ".join(each or _on_paper.EMPTY for each in response or ())


MOVES = _shown.Moves.NEVER
ON_PAPER = _Blanks()
PRACTISED = 40
targets = _shown.targets


def letters(options: int) -> tuple[str, ...]:
    """Return nothing: there is nothing to choose from."""
    return ()


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is a text for each blank, not all of them empty, or None."""
    if response is None:
        return
    if not isinstance(response, list) or len(response) != options or not any(response):
        raise wrong_form()
    for text in response:
        require_text(text)


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the texts as they are."""
    return response


def offered(body: Any) -> list[Any]:
    """Return the blanks as options without a text."""
    return [Option(str(place), "") for place in range(1, len(body.detail.blanks) + 1)]


def given(body: Any) -> dict[str, Any]:
    """Return how many blanks there are."""
    return {"blanks": len(body.detail.blanks)}


def texts() -> dict[str, str]:
    """Return what the script of the type says."""
    return {"blank": _("Blank {number}")}


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [
        _shown.practised(
            _("The key ____ flags a question, and the key ____ leads to the map of all questions."),
            blanks=2,
            partial=True,
        )
    ]
