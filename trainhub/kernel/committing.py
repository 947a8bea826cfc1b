"""Committing one batch after the other, for the threads that write by the thousand."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from sqlalchemy.engine import Connection, Engine

from trainhub.kernel.driving import in_one_go

T = TypeVar("T")

RESTED_S = 1.0
GATHERED_FOR_S = 0.002
"""How long a batch waits for as many as the one before had: whoever was answered together comes again nearly
together, and two batches would cost nearly twice as much as one."""
GLANCE_S = 0.0005
"""Between two looks at who has come: being woken for each of them costs the other threads more."""


def gather(waiting: queue.SimpleQueue[T], batch: list[T], most: int, awaited: int = 0) -> None:
    """Add what waits to a batch; wait a moment for the others while they are fewer than is awaited.

    Args:
        waiting: what is taken from.
        batch: what is added to.
        most: so many it may have.
        awaited: so many the batch before had; none is waited for without.
    """
    until = time.monotonic() + GATHERED_FOR_S
    while len(batch) < most:
        try:
            batch.append(waiting.get_nowait())
        except queue.Empty:
            if len(batch) >= awaited or time.monotonic() > until:
                return
            time.sleep(GLANCE_S)


class Committer:
    """Commits one batch after the other on a connection that one thread keeps for itself.

    On PostgreSQL what a batch writes goes out together with its COMMIT, as one message; what any statement of
    it meets is raised before the batch counts as done. A connection on which anything failed is thrown away.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._used_at = 0.0

    def commit(self, work: Callable[[Connection, Callable[[], object]], T]) -> T:
        """Do something in a transaction of its own; returns once it is durable.

        Args:
            work: is given the connection, and what to call once it has read all it wants to and only writes.
        """
        self._make_ready()
        assert self._connection is not None
        try:
            with self._connection.begin(), ExitStack() as until_committed:
                one_go = in_one_go(self._connection)
                done = work(self._connection, lambda: until_committed.enter_context(one_go))
        except BaseException:
            self.close()
            raise
        self._used_at = time.monotonic()
        return done

    def _make_ready(self) -> None:
        """Have a connection; one that rested is asked first whether anybody is still at its other end."""
        if self._connection is not None and time.monotonic() - self._used_at > RESTED_S:
            try:
                self._engine.dialect.do_ping(self._connection.connection.dbapi_connection)  # type: ignore[arg-type]
            except Exception:
                self.close()
        if self._connection is None:
            self._connection = _made_for_batches(self._engine.connect())

    def close(self) -> None:
        """Throw the connection away; the next batch makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _made_for_batches(connection: Connection) -> Connection:
    """Let SQLite keep in memory what would undo a single statement of many rows, instead of in a file.

    And let PostgreSQL find the few rows of a batch by their index: it takes every batch for a hundred rows
    and would read a table of ten thousand attempts from end to end for four answers.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.execute("PRAGMA temp_store=MEMORY")
    else:
        driver.execute("SET enable_seqscan TO off")
        driver.commit()
    return connection
