"""The desk's gate: answers the boards that hundreds of desks ask for every other second, before Flask does.

A request that shows a good pass costs a signature, a look into memory and mostly an empty answer. Any other goes on
to Flask, which asks who it is, what they are appointed to, and issues the next pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Flask

from trainhub.exams.invigilation.centre import live_centre
from trainhub.exams.invigilation.live import Busy, Page, live_board
from trainhub.exams.invigilation.passes import HEADER, DeskPass, read_pass
from trainhub.kernel import clock
from trainhub.kernel.db import reading
from trainhub.kernel.logs import log
from trainhub.kernel.rooms import Wsgi

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

NOW_HEADER = "X-Now"
PASS_KEY = "HTTP_" + HEADER.upper().replace("-", "_")
HEADERS = [
    ("Cache-Control", "private, no-cache"),
    ("Vary", "Accept-Encoding, Cookie"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]


def gate(app: Flask, behind: Wsgi) -> Wsgi:
    """Put the desk's gate in front of an application."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        written = environ.get(PASS_KEY)
        if written and environ["REQUEST_METHOD"] == "GET":
            granted = read_pass(app, written, environ.get("PATH_INFO", ""), _cookies(environ))
            if granted:
                return _answer(app, granted, environ, start_response)
        return behind(environ, start_response)

    return answer


def _answer(
    app: Flask, granted: DeskPass, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    try:
        with app.app_context():
            page = _page(granted)
    except Busy:
        return _later(start_response)
    except Exception as problem:
        log().error("board not read", error=type(problem).__name__)
        return _later(start_response)
    return _send(page, environ, start_response)


def _page(granted: DeskPass) -> Page:
    if granted.sitting_id is None:
        return live_centre(granted.numbers or frozenset()).moment(reading).page(None)
    return live_board(granted.sitting_id).moment(reading).page(granted.numbers)


def _send(page: Page, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a board, or with nothing where the desk has it already."""
    headers = [*HEADERS, ("ETag", page.tag), (NOW_HEADER, str(round(clock.now().timestamp() * 1000)))]
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


def _later(start_response: StartResponse) -> Iterable[bytes]:
    start_response("503 Service Unavailable", [*HEADERS, ("Retry-After", "1"), ("Content-Length", "0")])
    return []


def _cookies(environ: Environ) -> dict[str, str]:
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}
