"""The layer before the gate: a call of a candidate's page is heard only from where its sitting demands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from trainhub.exams.delivery.gate import FORMS, PATH, RETRY_AFTER_S, Gate, StartResponse, Wsgi, token_in
from trainhub.exams.delivery.refusals import note
from trainhub.exams.delivery.surroundings import Refusal, check, check_token
from trainhub.exams.delivery.writer import BUSY
from trainhub.kernel.logs import log

_HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]


def checkpoint(app: Flask, inner: Wsgi) -> Wsgi:
    """Return the gate with the checkpoint before it."""
    return Checkpoint(app, Gate(app, inner))


class Checkpoint:
    """Asks of each call of an exam where it comes from, before anything else hears it."""

    def __init__(self, app: Flask, inner: Wsgi) -> None:
        self._app = app
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Turn a call away, or pass it on; pages and everything else of the house ask for themselves."""
        path = environ.get("PATH_INFO", "")
        try:
            refusal = self._judge(environ, path) if path.startswith(f"{PATH}/") else None
        except SQLAlchemyError as problem:
            # Where the database cannot say what is demanded, the page keeps what it has and comes again.
            log().error("surroundings not read", error=type(problem).__name__)
            return self._busy(environ, start_response)
        if refusal is None:
            return self._inner(environ, start_response)
        with self._app.request_context(environ):
            facts = {"error": str(refusal.sentence), "reason": refusal.reason, "cause": refusal.cause}
            note(refusal)
        body = json.dumps(facts).encode()
        start_response("403 Forbidden", [*_HEADERS, ("Content-Length", str(len(body)))])
        return [body]

    def _busy(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        with self._app.request_context(environ):
            body = json.dumps({"error": str(BUSY)}).encode()
        headers = [*_HEADERS, ("Retry-After", RETRY_AFTER_S), ("Content-Length", str(len(body)))]
        start_response("503 Service Unavailable", headers)
        return [body]

    def _judge(self, environ: dict[str, Any], path: str) -> Refusal | None:
        # Behind here nobody is let in whose token belongs to another attempt than the call names. A form
        # names none, and is asked for once.
        if path.startswith(FORMS):
            return check_token(token_in(environ), environ, app=self._app)
        code = environ.get("HTTP_X_ATTEMPT", "")
        return check(code, environ, app=self._app) if code else None
