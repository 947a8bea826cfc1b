"""Engines that behave: durable commits, one writer at SQLite's pen, looks that never write."""

from __future__ import annotations

import time
from contextvars import ContextVar
from functools import partial
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

from trainhub.kernel.driving import run_bare
from trainhub.kernel.durability import demand_durable_commits
from trainhub.kernel.patience import present
from trainhub.kernel.turns import Turns, TurnTaking, turns_at

LONGEST_LOG = 4_000
"""Pages of SQLite's log, 16 MB, that a commit carries over itself where ``checkpointing`` did not."""

SYNCHRONOUS = "FULL"
"""On SQLite a commit is on the disk before anybody hears of it; only tests, which may lose all, say OFF."""

BUSY_MS = 15_000
"""How long SQLite looks for its pen where nobody waits for the answer to a call."""

_REPEATABLE_READ = 3
"""``psycopg.IsolationLevel.REPEATABLE_READ``, without loading the driver where there is SQLite."""

reads_only: ContextVar[bool] = ContextVar("trainhub_reads_only", default=False)
"""Whether what begins now may only read."""


def prepare_engine(engine: Engine, role: str | None = None) -> None:
    """Make an engine behave: foreign keys, WAL and IMMEDIATE writes on SQLite, read-only reads on both.

    On both a commit is on disk before anybody hears of it.

    Args:
        engine: whose connections.
        role: the role of PostgreSQL that every connection puts on, if it exists and the login may.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, turns_of(engine)))
    else:
        # The driver is loaded only where it is used.
        from trainhub.kernel.listening import listen

        event.listen(engine, "do_connect", listen)
        event.listen(engine, "checkin", _forget_reading)
        event.listen(engine, "connect", demand_durable_commits)
        if role:
            event.listen(engine, "connect", partial(_put_on, role))
    event.listen(engine, "begin", _begin)


def _forget_reading(connection: Any, _record: Any) -> None:
    """Hand a connection back as it was made: whoever takes it next may write."""
    if connection is not None and not connection.closed:
        _look_only(connection, False)


def _look_only(driver: Any, reading: bool) -> None:
    """Let what a connection of PostgreSQL begins next be a look at one state, or a deed.

    All questions of a look see what was committed when the first was asked, as on SQLite: a page never shows
    halves of two states. The driver says it with BEGIN: no message more.
    """
    if driver.read_only != reading:
        driver.read_only = reading
        driver.isolation_level = _REPEATABLE_READ if reading else None


def _put_on(role: str, connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(session_user, oid, 'MEMBER')", (role,)
        )
        if cursor.fetchone():
            cursor.execute(f'SET ROLE "{role}"')
    connection.commit()


def _prepare_sqlite(turns: Turns | None, connection: Any, _record: Any) -> None:
    if isinstance(connection, TurnTaking):
        connection.turns = turns
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        f"synchronous={SYNCHRONOUS}",
        f"busy_timeout={BUSY_MS}",
        # What is deleted is gone from the file, however SQLite was built.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA wal_autocheckpoint={LONGEST_LOG}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.info["began"] = time.monotonic()
    reading = reads_only.get()
    if connection.dialect.name == "sqlite":
        # Said when it changes: thousands of glances a second follow each other on the same connections.
        if connection.info.get("reads") is not reading:
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
            connection.info["reads"] = reading
        if reading:
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)
    else:
        if not reading and (patience := present()) is not None:
            patience.come(writes=True)
        driver = connection.connection.driver_connection
        if driver is not None and not driver.closed:
            _look_only(driver, reading)


def _begin_writing(connection: Connection) -> None:
    """Take SQLite's pen; a call that is answered waits no longer for it than its patience lasts."""
    patience = present()
    if patience is None:
        _take_pen(connection)
        return
    patience.come(writes=True)
    failed: OperationalError | None = None
    for seconds in patience.spells():
        try:
            return _take_pen(connection, seconds)
        except OperationalError as problem:
            failed = problem
    assert failed is not None
    raise failed


def _take_pen(connection: Connection, patience_s: float | None = None) -> None:
    driver = connection.connection.driver_connection
    taking_turns = driver if isinstance(driver, TurnTaking) else None
    until = None if patience_s is None else time.monotonic() + patience_s
    try:
        if taking_turns is not None:
            taking_turns.take_turn(patience_s)
        _wait_for_pen(connection, until)
        run_bare(connection, "BEGIN IMMEDIATE")
    except BaseException:
        if taking_turns is not None:
            taking_turns.give_back_turn()
        raise


def _wait_for_pen(connection: Connection, until: float | None) -> None:
    """Let SQLite look for the pen again and again until a moment; said where it differs from before."""
    left = BUSY_MS if until is None else max(50, round(until - time.monotonic(), 1) * 1000)
    if connection.info.get("waits") != left:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={left:.0f}")
        connection.info["waits"] = left


def turns_of(engine: Engine) -> Turns | None:
    """Return how the transactions that write on an engine take turns; None where all may write at once."""
    database = engine.url.database
    is_file = engine.dialect.name == "sqlite" and database and database != ":memory:"
    return turns_at(str(database)) if is_file else None
