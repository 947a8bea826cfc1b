"""Writing many rows at once in the words of the driver: cheaper than composing a statement for each batch.

For what is written by the thousand. SQLite gets some dozens of rows a call, for with each call a thread lets
go of the interpreter and waits among all others to get it back; PostgreSQL gets a batch as one JSON text, for
there each row is a message of its own. A room that uses it has a test which writes the same rows by its
models, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Select,
    SQLColumnExpression,
    any_,
    func,
    literal,
    select,
)

from trainhub.kernel.db import UtcDateTime, db

Moment = Callable[[datetime | None], str | None]
A_CALL = 64
"""Rows that SQLite is given at once: there are as many statements to be kept ready as numbers up to it."""


@dataclass(frozen=True)
class Rows:
    """Rows of one shape for one table.

    Args:
        table: its name.
        columns: PostgreSQL's type of each column by its name.

    Names and types stand in the code; what comes from outside is bound.
    """

    table: str
    columns: Mapping[str, str]

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows."""
        if connection.dialect.name == "sqlite":
            self._run_on_sqlite(connection, self._insert_values, rows)
        else:
            self._run_on_postgresql(connection, self._insert_told, rows)

    def update(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change the rows that have the same ``id``; the other columns are what they become."""
        if connection.dialect.name == "sqlite":
            self._run_on_sqlite(connection, self._update_values, rows)
        else:
            self._run_on_postgresql(connection, self._update_told, rows)

    def _run_on_sqlite(
        self, connection: Connection, statement: tuple[str, str], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        moment, kinds = _moments(" "), self.columns.items()
        before, after = statement
        for first in range(0, len(rows), A_CALL):
            lot = rows[first : first + A_CALL]
            bound = tuple(
                moment(row[name]) if kind == "timestamp" else row[name] for row in lot for name, kind in kinds
            )
            values = ",".join([self._one_row] * len(lot))
            connection.exec_driver_sql(f"{before}{values}{after}", bound)

    def _run_on_postgresql(
        self, connection: Connection, statement: str, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        if not rows:
            return
        moment, kinds = _moments("T"), self.columns.items()
        told = [
            {name: moment(row[name]) if kind == "timestamp" else row[name] for name, kind in kinds}
            for row in rows
        ]
        connection.exec_driver_sql(statement, (json.dumps(told, ensure_ascii=False),))

    @cached_property
    def _one_row(self) -> str:
        return f"({','.join('?' * len(self.columns))})"

    @cached_property
    def _names(self) -> str:
        return ", ".join(self.columns)

    @cached_property
    def _changes(self) -> str:
        return ", ".join(f"{name} = told.{name}" for name in self.columns if name != "id")

    @cached_property
    def _insert_values(self) -> tuple[str, str]:
        return f"INSERT INTO {self.table} ({self._names}) VALUES ", ""  # noqa: S608

    @cached_property
    def _update_values(self) -> tuple[str, str]:
        change = f"UPDATE {self.table} SET {self._changes} FROM told WHERE {self.table}.id = told.id"  # noqa: S608
        return f"WITH told({self._names}) AS (VALUES ", f") {change}"

    @cached_property
    def _insert_told(self) -> str:
        return f"INSERT INTO {self.table} ({self._names}) SELECT {self._names} FROM {self._told}"  # noqa: S608

    @cached_property
    def _update_told(self) -> str:
        return f"UPDATE {self.table} SET {self._changes} FROM {self._told} WHERE {self.table}.id = told.id"  # noqa: S608

    @cached_property
    def _told(self) -> str:
        types = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        return f"json_to_recordset(%s::json) AS told({types})"


def among(column: SQLColumnExpression[int], numbers: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many whole numbers, which go out as one value.

    Thousands of values of their own are composed, sent and read one by one in both databases.
    """
    if db.engine.dialect.name == "sqlite":
        told = func.json_each(json.dumps(list(numbers))).table_valued("value")
        return column.in_(select(told.c.value))
    return column == any_(literal(list(numbers), ARRAY(BigInteger)))


class Reading:
    """A statement whose rows come in one call.

    Args:
        statement: its columns are texts, whole numbers, moments and truth.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        inner = statement.subquery("each")
        self._in_one = select(func.json_group_array(func.json_array(*inner.c)))
        kinds = [column.type for column in inner.c]
        self._moments = [place for place, kind in enumerate(kinds) if isinstance(kind, UtcDateTime)]
        self._truths = [place for place, kind in enumerate(kinds) if isinstance(kind, Boolean)]

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows, in the statement's order on PostgreSQL and in any on SQLite."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, parameters).all()
        rows: list[list[Any]] = json.loads(connection.scalar(self._in_one, parameters) or "[]")
        for row in rows:
            for place in self._moments:
                if row[place] is not None:
                    row[place] = datetime.fromisoformat(row[place]).replace(tzinfo=UTC)
            for place in self._truths:
                if row[place] is not None:
                    row[place] = bool(row[place])
        return rows


def _moments(between: str) -> Moment:
    """Return how a moment is written: UTC without zone, as text; most rows of a batch share one."""
    known: dict[datetime | None, str | None] = {None: None}

    def moment(value: datetime | None) -> str | None:
        if value not in known and value is not None:
            known[value] = value.astimezone(UTC).replace(tzinfo=None).isoformat(between, "microseconds")
        return known[value]

    return moment
