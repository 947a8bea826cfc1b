"""The desk's gate: answers the boards that hundreds of desks ask for every second or two, before Flask does.

A request that shows a good pass costs a signature, a look into memory and mostly an empty answer. Any other
goes on to Flask, a few at a time, which asks who it is, what they are appointed to, and issues the next pass.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Flask

from trainhub.exams.invigilation.centre import live_centre
from trainhub.exams.invigilation.live import FRESH_S, STALE_S, Busy, Live, Moment, Rooms, live_board
from trainhub.exams.invigilation.passes import HEADER, DeskPass, read_pass
from trainhub.exams.invigilation.standing import has_ended
from trainhub.kernel import clock
from trainhub.kernel.db import reading
from trainhub.kernel.logs import log
from trainhub.kernel.rooms import Wsgi

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

BOARDS = re.compile(r"/exam/(desk/[^/]+|centre)/board")
LOOKERS = 6
"""So many calls of a process may read boards at once, or wait for one: the other threads are the exam's."""
RENEWALS = 4
"""So many desks at once may take the long way to their next pass; the others ask again a moment later."""

PASS_KEY = "HTTP_" + HEADER.upper().replace("-", "_")
HEADERS = [
    ("Cache-Control", "no-store"),
    ("Vary", "Accept-Encoding, Cookie"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]


def gate(app: Flask, behind: Wsgi) -> Wsgi:
    """Put the desk's gate in front of an application."""
    looking, renewing = threading.Semaphore(LOOKERS), threading.Semaphore(RENEWALS)

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        address = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "GET" or not BOARDS.fullmatch(address):
            return behind(environ, start_response)
        granted = read_pass(app, environ.get(PASS_KEY, ""), address, _cookies(environ))
        try:
            found = _found(app, granted, looking) if granted else None
        except Busy:
            return _later(start_response)
        except Exception as problem:
            log().error("board not read", error=type(problem).__name__)
            return _later(start_response)
        if found is not None:
            return _send(*found, environ, start_response)
        if not renewing.acquire(blocking=False):
            return _later(start_response)
        try:
            return behind(environ, start_response)
        finally:
            renewing.release()

    return answer


def _found(app: Flask, granted: DeskPass, looking: threading.Semaphore) -> tuple[Moment, Rooms] | None:
    """Return what a pass opens, or None where what it rests on does not stand any more."""
    with app.app_context():
        if has_ended(app, granted.sign_in):
            return None
        if granted.sitting_id is None:
            return moment_of(live_centre(granted.numbers or frozenset()), looking), None
        moment = moment_of(live_board(granted.sitting_id), looking)
        board: Any = moment.shown
        return (moment, granted.numbers) if board.staff == granted.staff else None


def moment_of(board: Live, looking: threading.Semaphore) -> Moment:
    """Return a board that is fresh, or one that is fresh enough where too many are being read already.

    Raises:
        Busy: too many are, and there is none that is fresh enough.
    """
    if moment := board.recent(FRESH_S):
        return moment
    if not looking.acquire(blocking=False):
        if moment := board.recent(STALE_S):
            return moment
        raise Busy
    try:
        return board.moment(reading)
    finally:
        looking.release()


def _send(moment: Moment, rooms: Rooms, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a board, or with nothing where the desk has it already; and how old it is."""
    page = moment.page(rooms)
    headers = [*HEADERS, ("ETag", page.tag), *times_of(moment).items()]
    if environ.get("HTTP_IF_NONE_MATCH") == page.tag:
        start_response("304 Not Modified", headers)
        return []
    body = page.plain
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body = page.packed
        headers.append(("Content-Encoding", "gzip"))
    headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def times_of(moment: Moment) -> dict[str, str]:
    """Return what a desk is told of times: what the clock says, and how old the board is; milliseconds."""
    return {
        "X-Now": str(round(clock.now().timestamp() * 1000)),
        "X-Age": str(round(moment.age * 1000)),
    }


def _later(start_response: StartResponse) -> Iterable[bytes]:
    # At once, says the header in whole seconds: the page adds a part of one, so that not all come together.
    start_response("503 Service Unavailable", [*HEADERS, ("Retry-After", "0"), ("Content-Length", "0")])
    return []


def _cookies(environ: Environ) -> dict[str, str]:
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}
