"""Connections to PostgreSQL opened before the first request needs them."""

from __future__ import annotations

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from trainhub.kernel.logs import log

AHEAD = 8
"""A third of what a process keeps: a rush finds them, and many quiet processes do not fill the server."""


def open_ahead(engine: Engine) -> int:
    """Open some connections, so that a rush does not begin by waiting for all of them.

    A connection costs the server a process and this one several messages: opened by the first candidates of a
    sitting, all who wait behind them pay as well. SQLite needs none.

    Args:
        engine: of this process, after it was forked.

    Returns:
        How many were opened: fewer than ``AHEAD`` where the database refuses more or does not answer. What is
        missing is opened when it is asked for.
    """
    if engine.dialect.name != "postgresql":
        return 0
    opened: list[Connection] = []
    try:
        while len(opened) < AHEAD:
            opened.append(engine.connect())
    except DBAPIError as problem:
        log().warning("connections not opened ahead", opened=len(opened), error=type(problem.orig).__name__)
    finally:
        for connection in opened:
            connection.close()
    return len(opened)
