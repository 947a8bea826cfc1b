"""Structured logs: a JSON line per event, with the request's id, no personal data and no word of an item.

What an exception says may be what it broke on: a question, an answer, a row. So the log has where it happened
and of what kind it was, never its message.

A log that cannot be written stops nobody: neither the journal's thread nor an answer waits for a full disk.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request

from trainhub.kernel.identifiers import random_id


def without_words(exception: BaseException) -> str:
    """Return where an exception happened and its kind, and those it came from; nothing that it says."""
    return "\n".join(_told(exception, set()))


def _told(exception: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(exception))
    before = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
    for frame in traceback.extract_tb(exception.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
    kind = type(exception)
    yield f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(exception, BaseExceptionGroup):
        for each in exception.exceptions:
            yield from _told(each, seen)


def _of(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    return without_words(exc_info[1])


class _WithoutWords(logging.Formatter):
    """How libraries' own records are written: as they say them, with exceptions as the house logs them."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line; what another handler made of its exception does not count."""
        record.exc_text = None
        line = super().format(record)
        record.exc_text = None
        return line

    def formatException(self, ei: Any) -> str:
        """Return an exception without what it says."""
        return "" if ei[1] is None else without_words(ei[1])


class _Lines(structlog.PrintLogger):
    """Prints a line where that is possible; who tells what happened goes on in any case."""

    def msg(self, message: str) -> None:
        """Print a line, or lose it: on a full disk, or where nobody reads any more."""
        with suppress(OSError, ValueError):
            super().msg(message)

    debug = info = warning = error = critical = msg


def configure_logging(level: int = logging.INFO) -> None:
    """Have structlog write JSON lines to standard error, and let nothing else write what exceptions say."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_WithoutWords("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    sys.excepthook = lambda _kind, problem, _trace: log().critical("process ended", exc_info=problem)
    threading.excepthook = lambda found: log().error("thread ended", exc_info=found.exc_value)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_of),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: _Lines(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log() -> Any:
    """Return the logger."""
    return structlog.get_logger()


def install(app: Flask) -> None:
    """Give each request an id and one line in the log: the route's pattern, never the address itself."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = random_id()[:16]
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "-")
    if request.endpoint not in ("static", "kernel.live"):
        milliseconds = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
        rule = request.url_rule.rule if request.url_rule else "-"
        log().info("request", method=request.method, route=rule, status=response.status_code, ms=milliseconds)
    return response
