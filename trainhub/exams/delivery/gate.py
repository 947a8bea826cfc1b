"""The gate: the calls of an exam that come by the thousand, answered before anything else runs.

It knows no session, no language and no page: it authenticates the attempt's token, has the writer do the
deed, and acknowledges. A refusal takes the long way, in the reader's language. The guard of these addresses
is the token of the attempt, in a cookie that no other site can send or in an Authorization header, and each
call carries a header that no foreign page can set.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from sqlalchemy.exc import DBAPIError

from trainhub.exams.delivery.beacon import milliseconds, read_beacon
from trainhub.exams.delivery.chain import Change, hash_token, read_change
from trainhub.exams.delivery.deeds import Begin, FormMissing, HandIn, Standing
from trainhub.exams.delivery.drawing import drawn_ahead
from trainhub.exams.delivery.forms_prepared import document, pass_for, prepare_on_record
from trainhub.exams.delivery.halts import is_suspended
from trainhub.exams.delivery.journal import JournalRefusal, Overloaded, Unfit
from trainhub.exams.delivery.noticing import read_noticed, refused_answer
from trainhub.exams.delivery.noting import Note, NoteRefused
from trainhub.exams.delivery.places import is_at_work
from trainhub.exams.delivery.presenting import completed, opened, prepared_for, seen
from trainhub.exams.delivery.writer import BUSY, STILL_S, packet_of, writer_of
from trainhub.kernel.db import reading
from trainhub.kernel.errors import DomainError, Invalid, NotFound, NotSignedIn, TooMany
from trainhub.kernel.i18n import _l
from trainhub.kernel.logs import log
from trainhub.people.limits import is_tried_seldom

COOKIE = "trainhub-attempt"
PATH = "/exam/attempt"
FORMS = f"{PATH}/form/"
LARGEST_BODY = 128 * 1024
LARGEST_EVENTS = 16 * 1024
EVENTS = "30 per minute"
UNFIT = "60 per minute"
RETRY_AFTER_S = "2"
BEGINNING_S = 10.0
"""How long a call to begin waits in all before it makes a last try of some seconds at the form."""

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
Answer = tuple[str, list[tuple[str, str]], bytes]

_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]
_JSON = [*_HEADERS, ("Content-Type", "application/json"), ("Cache-Control", "no-store")]
_DOCUMENT = [
    *_HEADERS,
    ("Content-Type", "application/json"),
    ("Content-Encoding", "gzip"),
    ("Cache-Control", "private, no-store"),
]
_FILE = [
    *_HEADERS[:-1],
    ("Content-Security-Policy", f"{_HEADERS[-1][1]}; sandbox"),
    ("Content-Disposition", "inline"),
    ("Cache-Control", "private, no-store"),
]
_STATUS = {
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    409: "409 Conflict",
    413: "413 Content Too Large",
    422: "422 Unprocessable Content",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}


class Gate:
    """The layer in front of an application that answers the calls of candidates' machines."""

    def __init__(self, app: Flask, inner: Wsgi) -> None:
        self._app = app
        self._inner = inner
        self._calls: dict[tuple[str, str], Callable[[dict[str, Any]], Answer]] = {
            ("GET", f"{PATH}/state"): self._state,
            ("POST", f"{PATH}/journal"): self._journal,
            ("POST", f"{PATH}/start"): self._start,
            ("POST", f"{PATH}/hand-in"): self._hand_in,
            ("POST", f"{PATH}/events"): self._events,
        }

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call of the exam, or pass everything else on."""
        path = environ.get("PATH_INFO", "")
        call = self._calls.get((environ["REQUEST_METHOD"], path))
        if call is None:
            if environ["REQUEST_METHOD"] != "GET" or not path.startswith(FORMS):
                return self._inner(environ, start_response)
            call = self._form
        try:
            status, headers, body = call(environ)
        except DomainError as refusal:
            status, headers, body = self._refused(refusal, environ)
        except Exception as problem:
            log().error("gate failed", exc_info=problem)
            status, headers, body = self._refused(Overloaded(_l("The server is busy. Try again.")), environ)
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _state(self, environ: dict[str, Any]) -> Answer:
        """Tell where the attempt stands, and what time it is."""
        with self._app.app_context():
            return _json(seen(environ.get("HTTP_X_ATTEMPT", ""), hash_token(token_in(environ))))

    def _journal(self, environ: dict[str, Any]) -> Answer:
        """Take changes in order; the answer goes out only after they are on disk."""
        code, token = _presented(environ)
        data = _body(environ)
        if not data.keys() <= {"changes", "beacon"} or not isinstance(data.get("changes"), list):
            raise Invalid(_l("A packet has a list of changes and nothing else."))
        try:
            changes = _changes(data["changes"])
            packet = packet_of(code, token, changes, read_beacon(data.get("beacon")))
            taken = writer_of(self._app).submit(packet)
        except Unfit as unfit:
            # It is called unfit only once what it said is on the disk: then the page goes on without it.
            token_hash = hash_token(token)
            if not is_tried_seldom(UNFIT, f"unfit:{token_hash}"):
                raise TooMany(_l("This machine tells too much at once.")) from None
            writer_of(self._app).submit(NoteRefused(token_hash, code, refused_answer(unfit.change)))
            raise
        facts = {
            "last_sequence": taken.last_sequence,
            "head": taken.head,
            "links": taken.links,
            "state": taken.state,
            "deadline": None if taken.deadline is None else milliseconds(taken.deadline),
            "hand_in_from": milliseconds(taken.hand_in_from),
            "now": milliseconds(taken.now),
            "beacon": taken.beacon,
            "paused": taken.paused,
            "late": taken.late,
        }
        return _json(facts)

    def _start(self, environ: dict[str, Any]) -> Answer:
        """Begin, and hand out what the page needs to show the paper; a page that comes back asks again."""
        code, token = _presented(environ)
        _body(environ)
        token_hash = hash_token(token)
        with self._app.app_context():
            standing = self._begun(Begin(token_hash, code, drawn_ahead(code)))
            return _json(opened(standing, token_hash, FORMS))

    def _begun(self, deed: Begin) -> Standing:
        """Begin; whoever has waited long by the time the form is here, which was missing, comes again for it.

        The page hangs up after 15 s: what is waited for one after the other shares ``BEGINNING_S``.
        """
        asked = time.monotonic()
        standing = writer_of(self._app).submit(deed)
        left_s = asked + BEGINNING_S - time.monotonic()
        prepare_on_record(standing.paper_code, standing.sitting_code, left_s)
        if isinstance(standing, FormMissing):
            if time.monotonic() - asked > STILL_S:
                raise Overloaded(BUSY)
            standing = writer_of(self._app).submit(deed)
        begun: Standing = standing
        return begun

    def _hand_in(self, environ: dict[str, Any]) -> Answer:
        """Hand in: the journal is sealed and the receipt returned."""
        code, token = _presented(environ)
        body = _body(environ)
        last, at_end = body.get("last_sequence"), body.get("time_is_over", False)
        if isinstance(last, bool) or not isinstance(last, int) or not isinstance(at_end, bool):
            raise Invalid(_l("The number of the last change is missing."))
        standing: Standing = writer_of(self._app).submit(HandIn(hash_token(token), last, code, at_end))
        with self._app.app_context():
            return _json(completed(standing))

    def _events(self, environ: dict[str, Any]) -> Answer:
        """Keep what the page noticed; nothing follows from it by itself."""
        code, token = _presented(environ)
        noticed = tuple(read_noticed(_body(environ, LARGEST_EVENTS)))
        token_hash = hash_token(token)
        # Counted by machine, so that a flood from one costs its neighbour at the same address nothing.
        if not is_tried_seldom(EVENTS, token_hash):
            raise TooMany(_l("This machine tells too much at once."))
        address = str(environ.get("REMOTE_ADDR", ""))
        deed = Note(token_hash, code, noticed, environ.get("HTTP_USER_AGENT", ""), address)
        return _json({"kept": writer_of(self._app).submit(deed)})

    def _form(self, environ: dict[str, Any]) -> Answer:
        """Hand out a form document, or a file it shows, to a machine that was given its address."""
        token = token_in(environ)
        token_hash = hash_token(token)
        code, _slash, digest = environ["PATH_INFO"].removeprefix(FORMS).partition("/")
        given = environ.get("QUERY_STRING", "").removeprefix("k=")
        with self._app.app_context():
            known = document(code)
            fits = hmac.compare_digest(given.encode(), pass_for(code, token_hash).encode())
            # An address that was good once opens nothing for a machine that was cut off or has handed in.
            if not fits or not is_at_work(self._app, token_hash):
                raise NotSignedIn(_l("This machine may not write to the exam. Ask the invigilator."))
            if known is None:
                known = prepared_for(token)
        if known is None or known.code != code:
            raise NotFound(_l("This paper is not there any more. Ask for it again."))
        if not digest:
            return "200 OK", _DOCUMENT, known.packed
        if digest not in known.media:
            raise NotFound(_l("This paper has no such file."))
        kind, content = known.media[digest]
        return "200 OK", [*_FILE, ("Content-Type", kind)], content

    def _refused(self, refusal: DomainError, environ: dict[str, Any]) -> Answer:
        with self._app.request_context(environ):
            facts: dict[str, Any] = {"error": str(refusal)}
        if isinstance(refusal, JournalRefusal):
            facts |= {"reason": refusal.reason, "expected": refusal.expected}
        elif isinstance(refusal, Unfit):
            facts |= {"reason": refusal.reason, "place": refusal.place}
        elif isinstance(refusal, NotSignedIn) and self._is_suspended(environ.get("HTTP_X_ATTEMPT", "")):
            facts["reason"] = "suspended"
        headers = [*_JSON, ("Retry-After", RETRY_AFTER_S)] if refusal.status in (429, 503) else _JSON
        return _STATUS.get(refusal.status, _STATUS[400]), headers, json.dumps(facts).encode()

    def _is_suspended(self, code: str) -> bool:
        """Tell why a machine was cut off; asked once by each, which then stops."""
        try:
            with self._app.app_context(), reading():
                return bool(code) and is_suspended(code)
        except DBAPIError:
            return False


def _changes(data: list[object]) -> list[Change]:
    """Read the changes of a packet.

    Raises:
        Unfit: one of them has another form.
    """
    changes = []
    for place, each in enumerate(data):
        try:
            changes.append(read_change(each))
        except Invalid as problem:
            raise Unfit(problem, place, each) from None
    return changes


def _presented(environ: dict[str, Any]) -> tuple[str, str]:
    """Return the attempt that the page believes it writes to, and the token of its machine."""
    if not environ.get("CONTENT_TYPE", "").startswith("application/json"):
        raise Invalid(_l("The exam speaks JSON."))
    return environ.get("HTTP_X_ATTEMPT", ""), token_in(environ)


def token_in(environ: dict[str, Any]) -> str:
    """Return the token that a machine shows, or nothing."""
    bearer = environ.get("HTTP_AUTHORIZATION", "")
    if bearer.startswith("Bearer "):
        return str(bearer[7:])
    for pair in environ.get("HTTP_COOKIE", "").split(";"):
        name, _equals, value = pair.strip().partition("=")
        if name == COOKIE:
            return str(value)
    return ""


def _body(environ: dict[str, Any], largest: int = LARGEST_BODY) -> dict[str, Any]:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > largest:
        raise Invalid(_l("Too many changes at once."))
    try:
        data = json.loads(environ["wsgi.input"].read(int(length)))
    except (ValueError, RecursionError):
        raise Invalid(_l("The exam speaks JSON.")) from None
    if not isinstance(data, dict):
        raise Invalid(_l("A packet has a list of changes and nothing else."))
    return data


_written = json.JSONEncoder(separators=(",", ":")).encode


def _json(facts: dict[str, Any]) -> Answer:
    return "200 OK", _JSON, _written(facts).encode()
