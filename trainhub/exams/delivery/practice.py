"""Invented questions for practice: about the page itself, of every type, and none of any bank."""

from __future__ import annotations

from typing import Any

from flask import current_app

from trainhub.kernel.i18n import _

MARKS = 5


def practice_questions() -> list[dict[str, Any]]:
    """Return the questions of practice as a form document has them, in the reader's language."""
    return [
        *_true_or_false(),
        *_single(),
        *_multiple(),
        *_written(),
        *_arranged(),
        _hazards(),
        *_case(),
    ]


def _question(kind: str, stem: str, *options: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "marks": MARKS, "stem": stem, "options": list(options)} | more


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
            partial=True,
        ),
    ]


def _written() -> list[dict[str, Any]]:
    return [
        _question(
            "fill_in",
            _("The key ____ flags a question, and the key ____ leads to the map of all questions."),
            blanks=2,
            partial=True,
        ),
        _question("numeric", _("How much is three quarters of an hour?"), units=["h", "min", "s"]),
        _question("constructed", _("Say in two sentences how you came here today."), longest=200),
    ]


def _arranged() -> list[dict[str, Any]]:
    return [
        _question(
            "ordering",
            _("In which order do you come to these pages of an exam?"),
            _("The receipt"),
            _("The question whether to hand in"),
            _("The first question"),
            _("The page that waits for the beginning"),
            partial=True,
        ),
        _question(
            "matching",
            _("What does each sign of the map say?"),
            _("A filled square"),
            _("A small flag"),
            _("A dashed frame"),
            targets=[_("not saved yet"), _("answered"), _("flagged"), _("wrong")],
            partial=True,
        ),
    ]


def _hazards() -> dict[str, Any]:
    picture = [
        f"{current_app.static_url_path}/img/practice-yard.png",
        "image/png",
        _("A yard: a crane with a load, two people, an open shaft."),
    ]
    return _question(
        "hazard_spotting",
        _("Mark what is dangerous in this yard."),
        scene=picture,
        most=5,
        percent=50,
        partial=True,
    )


def _case() -> list[dict[str, Any]]:
    case = _(
        "At a machine the network fails for two minutes. The candidate goes on answering; the sign at the "
        "top says that three changes are kept on the machine."
    )
    return [
        _question(
            "true_false",
            _("The three changes are lost."),
            case={"text": case, "part": 1, "parts": 2, "marks": 2 * MARKS},
        ),
        _question(
            "single",
            _("What happens when the network is back?"),
            _("The changes are sent by themselves"),
            _("The exam begins anew"),
            _("The paper is handed in"),
            case={"text": case, "part": 2, "parts": 2, "marks": 2 * MARKS},
        ),
    ]
