"""Hazard spotting: marks in the order set, ``1234,5678`` on a picture, ``12500`` at a moment of a film."""

from __future__ import annotations

from typing import Any

from trainhub.exams.bank.content import Option
from trainhub.exams.bank.details import Target
from trainhub.exams.bank.hazards import is_film, read_marks
from trainhub.exams.delivery.types import _shown
from trainhub.exams.delivery.types._lettered import Answer, wrong_form
from trainhub.kernel.i18n import _, _l, ngettext

TITLE = _l("Hazard spotting: mark every hazard")
RULE = _l(
    "Each hazard you mark earns its share of the marks; each mark where there is none takes off {percent} "
    "percent of one hazard, never below zero. A second mark on the same hazard neither earns nor costs."
)
MOVES = _shown.Moves.NEVER


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
