"""Who asks: the attempt of a candidate's machine, for what the gate does not answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from trainhub.exams.delivery.gate import COOKIE, PATH
from trainhub.exams.delivery.holding import attempt_by_token
from trainhub.exams.delivery.models import Attempt
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
