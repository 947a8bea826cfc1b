"""Hazard spotting: marks in the order set, ``1234,5678`` on a picture, ``12500`` at a moment of a film."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import current_app

from trainhub.exams.bank.content import Option
from trainhub.exams.bank.details import Target
from trainhub.exams.bank.hazards import are_alike, is_film, read_marks
from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import Answer, wrong_form
from trainhub.kernel.i18n import _, _l, ngettext

TITLE = _l("Hazard spotting: mark every hazard")
RULE = _l(
    "Each hazard you mark earns its share of the marks; each mark where there is none takes off {percent} "
    "percent of one hazard, never below zero. A second mark on the same hazard neither earns nor costs."
)
_CROSSES = re.compile(r"\s*[;、\s]\s*")


@dataclass(frozen=True)
class _Crosses(_on_paper.OnPaper):
    """Crosses as the exam page sends marks; moments of a film cannot be marked on paper."""

    def has_picture(self, targets: Sequence[str]) -> bool:
        return not targets

    def read(self, texts: Sequence[str], options: Sequence[str], targets: Sequence[str]) -> Answer:
        crosses = _CROSSES.split(_on_paper.plain(texts[0]))
        if targets:
            raise _on_paper.NotOffered
        if len(crosses) > len(options):
            raise _on_paper.NotOffered(partial(_too_many, len(options)))
        return crosses

    def said(self, response: Answer, options: Sequence[str], targets: Sequence[str]) -> str:
        return " ".join(response or ())

    def are_same(self, one: Answer, other: Answer, targets: Sequence[str], within: int) -> bool | None:
        """Crosses need not lie on the very same point."""
        if not isinstance(one, list) or not isinstance(other, list):
            return None
        both = [read_marks(each, bool(targets)) or [] for each in (one, other)]
        return are_alike(both[0], both[1], within)


def _too_many(most: int, number: str) -> str:
    return _(
        "Question %(number)s takes %(most)s crosses at most: enter ? if there are more.",
        number=number,
        most=most,
    )


MOVES = _shown.Moves.NEVER
ON_PAPER = _Crosses()
PRACTISED = 90


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


def offered(body: Any) -> list[Any]:
    """Return the marks that may be set as options without a text."""
    return [Option(str(place), "") for place in range(1, body.detail.most_marks + 1)]


def targets(body: Any) -> tuple[Any, ...]:
    """Return, of a film, one thing without a text: its time."""
    return (Target("1", ""),) if is_film(body.detail) else ()


def given(body: Any) -> dict[str, Any]:
    """Return the picture or film, without its hazards."""
    detail = body.detail
    medium = next(each for each in body.media if each.name == detail.medium)
    told = [medium.digest, medium.content_type, medium.description]
    return {"scene": told, "most": detail.most_marks, "percent": detail.false_percent, "partial": True}


def texts() -> dict[str, str]:
    """Return what the script of the type says."""
    return texts_of_marks() | {
        "sceneHint": _("Click or tap on each hazard. A mark is taken back below the picture."),
        "sceneFilmHint": _("Play the film and mark the moment at which you see a hazard."),
        "scenePlay": _("Play the film"),
        "scenePause": _("Stop the film"),
        "sceneNow": _("Mark this moment"),
    }


def texts_of_marks() -> dict[str, str]:
    """Return what is said wherever marks are set on a picture."""
    return {
        "sceneKeys": _(
            "Arrows move the cross, with Shift further; Enter sets a mark, Delete takes the nearest away."
        ),
        "sceneUndo": _("Take the last mark back"),
        "sceneCountOne": ngettext("{count} mark set, at most {most}", "{count} marks set, at most {most}", 1),
        "sceneCount": ngettext("{count} mark set, at most {most}", "{count} marks set, at most {most}", 2),
        "sceneFull": _("All {most} marks are set. Take one back to set another."),
        "sceneAt": _("{across} percent across, {down} percent down"),
        "sceneRemove": _("Remove mark {number}"),
    }


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    picture = [
        f"{current_app.static_url_path}/img/practice-yard.png",
        "image/png",
        _("A yard: a crane with a load, two people, an open shaft."),
    ]
    return [
        _shown.practised(
            _("Mark what is dangerous in this yard."),
            scene=picture,
            most=5,
            percent=50,
            partial=True,
        )
    ]
