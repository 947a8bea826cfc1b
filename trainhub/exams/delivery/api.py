"""What the candidate's page asks of the server, as JSON: begin, the paper once, the journal, hand-in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery.admission import attempt_by_token
from trainhub.exams.delivery.chain import read_change
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.journal import JournalRefusal, Overloaded
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.papers_opened import questions_for
from trainhub.exams.delivery.reading import shown_responses
from trainhub.exams.delivery.working import earliest_hand_in, hand_in, start
from trainhub.exams.delivery.writer import append, commits_in_groups
from trainhub.exams.sittings import SittingState
from trainhub.kernel import clock
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Conflict, Invalid, NotSignedIn
from trainhub.kernel.i18n import _l

COOKIE = "trainhub-attempt"
PATH = "/exam/attempt"
CODE_HEADER = "X-Attempt"

api = Blueprint("attempt", __name__, url_prefix=PATH)


@api.record_once
def _token_instead_of_form(state: Any) -> None:
    """Let the attempt's token stand for the form token.

    The cookie is strict about its site, and each call carries a header that no foreign page can send.
    """
    state.app.extensions["csrf"].exempt(api)


def presented_token() -> str:
    """Return the token that a machine presents, as a bearer or as its cookie; empty if none."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else request.cookies.get(COOKIE, "")


def own_attempt() -> Attempt:
    """Return the attempt of the machine that asks.

    Raises:
        NotSignedIn: there is no token, it was withdrawn, or it belongs to another attempt than the page says.
    """
    attempt = attempt_by_token(presented_token())
    if attempt is None or attempt.code != request.headers.get(CODE_HEADER):
        raise NotSignedIn(_l("This machine may not write to the exam. Ask the invigilator."))
    return attempt


@api.get("/state")
@open_to_all("the attempt's token says who asks")
def state() -> ResponseReturnValue:
    """Tell where the attempt stands, and what time it is."""
    attempt = own_attempt()
    sitting = attempt.sitting
    may_start = sitting.state == SittingState.OPEN and clock.now() >= sitting.starts_at
    return jsonify(_standing(attempt) | {"may_start": may_start, "starts_at": _moment(sitting.starts_at)})


@api.post("/start")
@open_to_all("the attempt's token says who asks")
@writes
def begin() -> ResponseReturnValue:
    """Begin the exam: from here the time runs."""
    return jsonify(_standing(start(own_attempt())))


@api.post("/paper")
@open_to_all("the attempt's token says who asks")
@writes
def paper() -> ResponseReturnValue:
    """Hand out the paper as this candidate sees it, with what the server has of their answers."""
    attempt = own_attempt()
    if attempt.state != AttemptState.WORKING:
        raise Conflict(_l("The exam has not begun for you, or is over."))
    sitting = attempt.sitting
    answers = [
        {"position": position, "response": response, "flagged": flagged}
        for position, (response, flagged) in sorted(shown_responses(attempt).items())
    ]
    return jsonify(
        _standing(attempt)
        | {
            "questions": questions_for(attempt),
            "answers": answers,
            "hand_in_from": _moment(sitting.starts_at + earliest_hand_in(sitting)),
        }
    )


@api.post("/journal")
@open_to_all("the attempt's token says who asks")
@commits_in_groups
def journal() -> ResponseReturnValue:
    """Take changes in order; the answer goes out only after they are on disk."""
    data = request.get_json()
    if not isinstance(data, dict) or data.keys() != {"changes"} or not isinstance(data["changes"], list):
        raise Invalid(_l("A packet has a list of changes and nothing else."))
    changes = [read_change(each) for each in data["changes"]]
    try:
        taken = append(request.headers.get(CODE_HEADER, ""), presented_token(), changes)
    except JournalRefusal as refusal:
        return jsonify(error=str(refusal), reason=refusal.reason, expected=refusal.expected), 409
    except Overloaded as refusal:
        return jsonify(error=str(refusal)), 503, {"Retry-After": "2"}
    return jsonify(
        last_sequence=taken.last_sequence,
        head=taken.head,
        links={str(sequence): link for sequence, link in taken.links.items()},
        state=taken.state,
        deadline=_moment(taken.deadline),
        now=_moment(taken.now),
    )


@api.post("/hand-in")
@open_to_all("the attempt's token says who asks")
@writes
def give_in() -> ResponseReturnValue:
    """Hand in: the journal is sealed and the receipt returned."""
    data = request.get_json()
    last = data.get("last_sequence") if isinstance(data, dict) else None
    if isinstance(last, bool) or not isinstance(last, int):
        raise Invalid(_l("The number of the last change is missing."))
    return jsonify(_standing(hand_in(own_attempt(), last)))


def _standing(attempt: Attempt) -> dict[str, Any]:
    facts = {
        "state": attempt.state,
        "now": _moment(clock.now()),
        "deadline": _moment(attempt.deadline),
        "last_sequence": attempt.last_sequence,
        "head": attempt.head,
    }
    if attempt.state != AttemptState.HANDED_IN:
        return facts
    answered = sum(response is not None for response, _flag in shown_responses(attempt).values())
    return facts | {
        "ending": attempt.ending,
        "ended_at": _moment(attempt.ended_at),
        "receipt": attempt.receipt,
        "seal": attempt.seal,
        "answered": answered,
        "questions": len(read_form(attempt.form)) if attempt.form else 0,
    }


def _moment(value: datetime | None) -> int | None:
    """Return a moment as milliseconds since 1970: what the page's clock reckons with."""
    return None if value is None else round(value.timestamp() * 1000)
