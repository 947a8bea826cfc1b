"""What a candidate's page asks rarely, as JSON; what it asks by the thousand is answered by the gate."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery.beacon import milliseconds
from trainhub.exams.delivery.gate import COOKIE, PATH
from trainhub.exams.delivery.holding import attempt_by_token
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.presenting import counted
from trainhub.exams.sittings import SittingState
from trainhub.kernel import clock
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotSignedIn
from trainhub.kernel.i18n import _l

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
    now = clock.now()
    facts = {
        "state": attempt.state,
        "now": milliseconds(now),
        "deadline": _deadline(attempt),
        "last_sequence": attempt.late_sequence or attempt.last_sequence,
        "head": attempt.late_head or attempt.head,
        "paused": _paused(attempt),
        "may_start": sitting.state == SittingState.OPEN and now >= sitting.starts_at,
        "starts_at": milliseconds(sitting.starts_at),
    }
    return jsonify(facts | _ended(attempt))


def _deadline(attempt: Attempt) -> int | None:
    if attempt.deadline is None:
        return None
    stood = clock.now() - attempt.paused_at if attempt.paused_at else None
    return milliseconds(attempt.deadline + stood if stood else attempt.deadline)


def _paused(attempt: Attempt) -> dict[str, Any] | None:
    halt = attempt.halt
    if attempt.state != AttemptState.PAUSED or halt is None:
        return None
    resumes_at = None if halt.resumes_at is None else milliseconds(halt.resumes_at)
    return {"kind": halt.kind, "since": milliseconds(halt.began_at), "resumes_at": resumes_at}


def _ended(attempt: Attempt) -> dict[str, Any]:
    if attempt.state != AttemptState.HANDED_IN or attempt.ended_at is None:
        return {}
    facts = {
        "ending": attempt.ending,
        "ended_at": milliseconds(attempt.ended_at),
        "receipt": attempt.receipt,
        "seal": attempt.seal,
        "late": attempt.late_state,
    }
    return facts | counted(db.session.connection(), attempt.id)
