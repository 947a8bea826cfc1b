"""Statements given to the database's driver as they stand, for what is done thousands of times a second.

A statement that goes through SQLAlchemy costs as much again as the driver takes for it: a batch of eight
answers took a fifth longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

Values = Sequence[Any] | Mapping[str, Any]
_IDLE = 0
"""``psycopg.pq.TransactionStatus.IDLE``, and that a connection is in no pipeline; the driver is not loaded
where there is SQLite."""


def run(connection: Connection, statement: str, values: Values = ()) -> Any:
    """Run a statement on a connection, in the transaction that is under way.

    Args:
        connection: one that is in no transaction begins one, as with any statement.
        statement: in the words of the driver, with its marks for what is bound.
        values: what is bound, as the driver takes it.

    Returns:
        The driver's cursor.

    Raises:
        DBAPIError: as SQLAlchemy would have raised it, without the values.
    """
    if not connection.in_transaction():
        connection.begin()
    return run_bare(connection, statement, values)


def run_bare(connection: Connection, statement: str, values: Values = ()) -> Any:
    """Run a statement and begin nothing: for the statement that begins."""
    driver: Any = connection.connection.driver_connection
    try:
        if connection.dialect.name != "sqlite" and _is_first(driver):
            # It goes out together with the BEGIN that the driver puts before it.
            with driver.pipeline():
                return driver.execute(statement, values)
        return driver.execute(statement, values)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise _told(connection, statement, problem) from problem


def _is_first(driver: Any) -> bool:
    there = driver.pgconn
    return bool(there.transaction_status == _IDLE and there.pipeline_status == _IDLE)


@contextmanager
def in_one_go(connection: Connection) -> Iterator[None]:
    """Send what is written within together with the COMMIT, as one message to PostgreSQL.

    On SQLite nothing is sent, and who began the transaction commits it. What any of the statements met is
    raised at the end.

    Raises:
        DBAPIError: nothing was committed, or nobody knows, where the connection broke.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
            ended = driver.execute("COMMIT")
    except connection.dialect.loaded_dbapi.Error as problem:
        raise _told(connection, "COMMIT", problem) from problem
    if ended.statusmessage != "COMMIT":
        raise OperationalError("COMMIT", None, RuntimeError(ended.statusmessage))


def _told(connection: Connection, statement: str, problem: Any) -> Any:
    driver = connection.connection.driver_connection
    return DBAPIError.instance(
        statement,
        None,
        problem,
        connection.dialect.loaded_dbapi.Error,
        dialect=connection.dialect,
        connection_invalidated=connection.dialect.is_disconnect(problem, driver, None),
    )
