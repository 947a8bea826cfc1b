"""Statements given to SQLite's driver as they stand, for what is done thousands of times a second.

A statement that goes through SQLAlchemy costs as much again as SQLite takes for it: a batch of eight answers
took a fifth longer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def run(connection: Connection, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
    """Run a statement on a connection to SQLite, in the transaction that is under way.

    Args:
        connection: one that is in no transaction begins one, as with any statement.
        statement: in SQLite's words, with question marks.
        values: what is bound, as the driver takes it.

    Raises:
        DBAPIError: as SQLAlchemy would have raised it, without the values.
    """
    if not connection.in_transaction():
        connection.begin()
    return run_bare(connection, statement, values)


def run_bare(connection: Connection, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
    """Run a statement and begin nothing: for the statement that begins."""
    driver: Any = connection.connection.driver_connection
    try:
        done: sqlite3.Cursor = driver.execute(statement, values)
    except sqlite3.Error as problem:
        told = DBAPIError.instance(statement, None, problem, sqlite3.Error, dialect=connection.dialect)
        raise told from problem
    return done
