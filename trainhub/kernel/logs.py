"""Structured logs: a JSON line per event, with the request's id and no personal data."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

from trainhub.kernel.identifiers import random_id


def configure_logging(level: int = logging.INFO) -> None:
    """Have structlog write JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
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
