"""What the candidate's page says, in the reader's language: its script holds no text of its own."""

from __future__ import annotations

from trainhub.kernel.i18n import _


def texts_of_the_page() -> dict[str, str]:
    """Return the page's texts by name; ``{…}`` stands for what the script puts in."""
    return _state_of_saving() | _questions() | _time() | _ending()


def _state_of_saving() -> dict[str, str]:
    return {
        "saved": _("All answers saved"),
        "saving": _("Saving"),
        "offline": _("No connection. {count} changes are kept on this machine and sent when it is back."),
        "offlineSaved": _("No connection. All answers so far are saved; you can go on."),
        "noStore": _("This browser keeps nothing on this machine. Tell the invigilator."),
        "differs": _("What the server has is not what it acknowledged here. Tell the invigilator."),
        "moved": _("This exam goes on at another machine. Nothing can be answered here any more."),
        "elsewhere": _(
            "The exam is open in another window. Go on there, or close it; this one then goes on."
        ),
        "loading": _("Fetching the paper"),
        "loadFailed": _("The paper could not be fetched. Trying again."),
    }


def _questions() -> dict[str, str]:
    return {
        "position": _("Question {position} of {count}"),
        "single": _("Single choice"),
        "multiple": _("Multiple choice: choose all that are right"),
        "true_false": _("True or false"),
        "true": _("True"),
        "false": _("False"),
        "marks": _("Marks: {marks}"),
        "answered": _("answered"),
        "unanswered": _("not answered"),
        "flagged": _("flagged"),
        "notSaved": _("not saved yet"),
        "flag": _("Flag (G)"),
        "unflag": _("Remove flag (G)"),
        "counts": _("{answered} answered · {open} open · {flagged} flagged"),
    }


def _time() -> dict[str, str]:
    return {
        "left": _("{minutes} minutes left"),
        "lastMinute": _("1 minute left"),
        "moreTime": _("Your time was extended."),
        "over": _("Time is over. Your answers are being handed in."),
        "begins": _("The exam begins at {time}. This page goes on by itself."),
        "mayBegin": _("The exam is open. You may begin."),
    }


def _ending() -> dict[str, str]:
    return {
        "handInFrom": _("You may hand in from {time} on."),
        "allAnswered": _("All {count} questions are answered."),
        "openLeft": _("Not answered: {list}"),
        "flaggedLeft": _("Flagged: {list}"),
        "unsent": _("Your answers are being sent first."),
        "handInFailed": _("Handing in did not arrive. Trying again; your answers are kept."),
        "endedCandidate": _("You have handed in."),
        "endedDeadline": _("Time was over; your answers were handed in."),
        "endedClosed": _("The sitting was closed; your answers were handed in."),
        "endedMisconduct": _("The exam was ended by the invigilators. You were told why."),
        "received": _("{answered} of {count} questions answered, handed in at {time}."),
    }
