"""What the candidate's page says, in the reader's language: its script holds no text of its own."""

from __future__ import annotations

from typing import Any

from trainhub.exams.delivery.types import hazard_spotting, response_forms
from trainhub.kernel.i18n import _, once_per_language


@once_per_language
def texts_of_the_page() -> dict[str, Any]:
    """Return the page's texts by name; ``{…}`` stands for what the script puts in."""
    forms = response_forms().items()
    names = {
        "types": {name: str(form.TITLE) for name, form in forms},
        "rules": {name: _rule(form.RULE) for name, form in forms if form.RULE},
    }
    own = {name: text for _type, form in forms for name, text in form.texts().items()}
    return (
        own
        | _state_of_saving()
        | _trouble()
        | _questions()
        | _cases()
        | _time()
        | _pause()
        | _ending()
        | names
    )


def _rule(rule: Any) -> str:
    return _("%(rule)s The marks of a question are rounded down to a whole number.", rule=rule)


def _state_of_saving() -> dict[str, str]:
    return {
        "saved": _("All answers saved"),
        "saving": _("Saving"),
        "offline": _("No connection. Changes kept on this machine and sent when it is back: {count}."),
        "offlineSaved": _("No connection. All answers so far are saved; you can go on."),
        "offlineUnkept": _("No connection. Changes kept only as long as this page stays open: {count}."),
        "busy": _("The server is busy. Changes kept on this machine and sent again: {count}."),
        "busyUnkept": _(
            "The server is busy. Changes kept only as long as this page stays open, and sent again: {count}."
        ),
        "notTaken": _(
            "The server does not take what was changed last in the questions {list}. It is kept on this "
            "machine; tell the invigilator."
        ),
        "notTakenUnkept": _(
            "The server does not take what was changed last in the questions {list}. It is kept only as long "
            "as this page stays open; tell the invigilator."
        ),
        "faultState": _("Answers are kept on this machine and not at the server. You can go on."),
        "noStore": _(
            "This browser keeps nothing on this machine. Do not close or reload the page, and tell "
            "the invigilator."
        ),
    }


def _trouble() -> dict[str, str]:
    return {
        "differs": _(
            "What the server has is not what it acknowledged here. What this machine kept is sent again; "
            "tell the invigilator."
        ),
        "overtaken": _(
            "Answers given here without network were overtaken by what was given at another machine. "
            "Please look at these questions again: {list}"
        ),
        "aside": _(
            "The server cannot take an answer that was given here to the questions {list}. It is set aside, "
            "kept as evidence and told to the invigilator. Look at these questions and answer them again."
        ),
        "fault": _(
            "The exam's software is at fault, not you: answers to the questions {list} do not get to the "
            "server. They are kept on this machine and sent again by themselves; the invigilator has been "
            "told. Go on answering, and stay at this machine."
        ),
        "faultUnkept": _(
            "The exam's software is at fault, not you: answers to the questions {list} do not get to the "
            "server. They are kept only as long as this page stays open, and sent again by themselves; the "
            "invigilator has been told. Go on answering, and do not close this page."
        ),
        "moved": _(
            "This machine may not write to the exam any more: it goes on at another machine, or the "
            "invigilator "
            "lets you in here again. What was saved is kept."
        ),
        "blockedLeft": _("Not saved yet, but kept on this machine: changes to the questions {list}"),
        "blockedLeftUnkept": _(
            "Not saved yet, and kept only as long as this page stays open: changes to the questions {list}"
        ),
        "elsewhere": _(
            "The exam is open in another window. Go on there, or close it; this one then goes on."
        ),
        "loading": _("Fetching the paper"),
        "loadFailed": _("The paper could not be fetched. Trying again."),
        "unknownType": _(
            "This page does not know this kind of question. Tell the invigilator; you can go on with "
            "the others."
        ),
    }


def _questions() -> dict[str, str]:
    return {
        "position": _("Question {position} of {count}"),
        "marks": _("Marks: {marks}"),
        "answered": _("answered"),
        "unanswered": _("not answered"),
        "flagged": _("flagged"),
        "notSaved": _("not saved yet"),
        "flag": _("Flag (G)"),
        "unflag": _("Remove flag (G)"),
        "unflagged": _("flag removed"),
        "chosen": _("{option} chosen"),
        "notChosen": _("{option} no longer chosen"),
        "readAloud": _("Read aloud (R)"),
        "stopReading": _("Stop reading (R)"),
        "counts": _("{answered} answered · {open} open · {flagged} flagged"),
    }


def _cases() -> dict[str, str]:
    return {
        "caseOf": _("The case: question {part} of {parts}"),
        "caseMarks": _("Marks of the whole case: {marks}"),
    }


def texts_of_marks() -> dict[str, str]:
    """Return what is said where the marks of an answer sheet are set on their picture."""
    return hazard_spotting.texts_of_marks() | {
        "sceneHint": _("Click where the lines of each cross meet; the grid is that of the sheet."),
    }


def _time() -> dict[str, str]:
    return {
        "left": _("{minutes} minutes left"),
        "lastMinute": _("1 minute left"),
        "moreTime": _("Your time was extended."),
        "timeUnsure": _(
            "This machine slept or its clock was set. How much time is left is asked of the server."
        ),
        "over": _("Time is over. Your answers are being handed in."),
        "overOffline": _(
            "Time is over and there is no connection. Leave the page open and tell the invigilator. "
            "Changes kept on this machine and sent when it is back: {count}."
        ),
        "overOfflineUnkept": _(
            "Time is over and there is no connection. Leave the page open and tell the invigilator. "
            "Changes kept only as long as it stays open: {count}."
        ),
        "begins": _("The exam begins at {time}. This page goes on by itself."),
        "mayBegin": _("The exam is open. You may begin."),
        "beginning": _("Beginning"),
        "beginBusy": _(
            "Many begin at this moment. Yours begins by itself; your time runs only from then on."
        ),
    }


def _pause() -> dict[str, str]:
    return {
        "pausedFault": _("The invigilator has paused the exam because of a fault."),
        "pausedSeat": _("The invigilator has stopped this seat. Please stay seated; somebody comes to you."),
        "pausedSuspension": _(
            "The sitting is suspended. The invigilators tell you when and where it goes on."
        ),
        "suspended": _("The sitting is suspended"),
        "pausedSince": _("Paused since {time}."),
        "pausedResumes": _("It is to go on at {time}."),
        "goesOn": _("The exam goes on."),
    }


def _ending() -> dict[str, str]:
    return {
        "handInFrom": _("You may hand in from {time} on."),
        "allAnswered": _("All {count} questions are answered."),
        "openLeft": _("Not answered: {list}"),
        "flaggedLeft": _("Flagged: {list}"),
        "lacking": _(
            "The server lacks your answers to the questions {list}. Ask the invigilator before you hand in: "
            "afterwards they cannot be sent."
        ),
        "unsent": _("Your answers are being sent first."),
        "handInFailed": _("Handing in did not arrive. Trying again; your answers are kept."),
        "endedCandidate": _("You have handed in."),
        "endedDeadline": _("Time was over; your answers were handed in."),
        "endedClosed": _("The sitting was closed; your answers were handed in."),
        "endedBrokenOff": _("The exam was broken off and did not go on. It does not count."),
        "endedMisconduct": _("The exam was ended by the invigilators. You were told why."),
        "endedReplaced": _("The exam goes on with a reserve paper."),
        "received": _("{answered} of {count} questions answered, handed in at {time}."),
        "notReceived": _(
            "Not received by the server: changes to the questions {list}. They are kept on this machine; "
            "tell the invigilator before you leave."
        ),
        "notReceivedUnkept": _(
            "Not received by the server: changes to the questions {list}. They are kept only as long as this "
            "page stays open; tell the invigilator before you leave."
        ),
        "lateProvisional": _(
            "Answers given without network arrived after the end. Whether they count is decided by "
            "the invigilator."
        ),
        "lateConfirmed": _("Answers that arrived after the end were confirmed: they count."),
        "lateRefused": _("Answers that arrived after the end were refused: they do not count."),
    }
