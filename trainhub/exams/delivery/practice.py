"""Invented questions for practice: about the page itself, of every type, and none of any bank."""

from __future__ import annotations

from typing import Any

from trainhub.kernel.i18n import _

MARKS = 5


def practice_questions() -> list[dict[str, Any]]:
    """Return the questions of practice as a form document has them, in the reader's language."""
    return [*_true_or_false(), *_single(), *_multiple()]


def _question(kind: str, stem: str, *options: str) -> dict[str, Any]:
    return {"type": kind, "marks": MARKS, "stem": stem, "options": list(options)}


def _true_or_false() -> list[dict[str, Any]]:
    return [
        _question("true_false", _("An answer counts as saved only when the server has it on disk.")),
        _question("true_false", _("Without network you have to stop answering.")),
        _question("true_false", _("You can change every answer until you hand in.")),
    ]


def _single() -> list[dict[str, Any]]:
    return [
        _question(
            "single",
            _("Which clock counts in the exam?"),
            _("The clock of the server"),
            _("The clock of this machine"),
            _("The clock of the candidate"),
            _("The clock on the wall"),
        ),
        _question(
            "single",
            _("Which key flags a question, to be looked at again later?"),
            "G",
            "A",
            "T",
            "1",
        ),
        _question(
            "single",
            _("The sign at the top says that there is no connection. What do you do?"),
            _("Go on answering, and tell the invigilator if it stays so"),
            _("Close the browser"),
            _("Switch the machine off"),
            _("Begin the exam a second time"),
        ),
    ]


def _multiple() -> list[dict[str, Any]]:
    return [
        _question(
            "multiple",
            _("With what can you answer?"),
            _("With the mouse"),
            _("With a finger"),
            _("With the keys"),
            _("By telephone"),
        ),
        _question(
            "multiple",
            _("What does the map of all questions show?"),
            _("Which questions are answered"),
            _("Which questions are flagged"),
            _("Which answers are not saved yet"),
            _("Which answers are right"),
        ),
    ]
