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
    String,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from trainhub.kernel.db import UtcDateTime, db
from trainhub.kernel.driving import run

Moment = Callable[[datetime | None], str | None]
_SQLITE, _POSTGRESQL = sqlite.dialect(), psycopg.dialect()  # type: ignore[no-untyped-call]
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
            run(connection, f"{before}{values}{after}", bound)

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
        run(connection, statement, (json.dumps(told, ensure_ascii=False),))

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
    """A statement whose rows come in one call, and which is composed once for each database.

    Args:
        statement: its columns are texts, whole numbers, moments and truth; what is bound, texts and whole
            numbers.
        among: a column, and the name under which ``rows`` is given the values that it may have.
    """

    def __init__(
        self, statement: Select[*tuple[Any, ...]], among: tuple[ColumnElement[Any], str] | None = None
    ) -> None:
        self._statement = statement
        self._among = among
        kinds = [column.type for column in statement.selected_columns]
        self._moments = [place for place, kind in enumerate(kinds) if isinstance(kind, UtcDateTime)]
        self._truths = [place for place, kind in enumerate(kinds) if isinstance(kind, Boolean)]

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows, in the statement's order on PostgreSQL and in any on SQLite."""
        if connection.dialect.name == "sqlite":
            return self._rows_of_sqlite(connection, parameters)
        statement, constants = self._on_postgresql
        rows = [list(row) for row in run(connection, statement, {**constants, **parameters}).fetchall()]
        for row in rows:
            for place in self._moments:
                if row[place] is not None:
                    row[place] = row[place].replace(tzinfo=UTC)
        return rows

    def _rows_of_sqlite(self, connection: Connection, parameters: Mapping[str, Any]) -> list[list[Any]]:
        statement, values = self._on_sqlite
        if self._among is not None:
            name = self._among[1]
            parameters = {**parameters, name: json.dumps(parameters[name])}
        bound = [parameters.get(name, value) for name, value in values]
        rows: list[list[Any]] = json.loads(run(connection, statement, bound).fetchone()[0] or "[]")
        for row in rows:
            for place in self._moments:
                if row[place] is not None:
                    row[place] = datetime.fromisoformat(row[place]).replace(tzinfo=UTC)
            for place in self._truths:
                if row[place] is not None:
                    row[place] = bool(row[place])
        return rows

    @cached_property
    def _on_postgresql(self) -> tuple[str, Mapping[str, Any]]:
        """The statement in the words of PostgreSQL's driver, and the values that stand in it."""
        inner = self._statement
        if self._among is not None:
            column, name = self._among
            # One statement whatever the number of values: PostgreSQL plans it once.
            inner = inner.where(column == any_(bindparam(name, type_=ARRAY(column.type))))
        composed = inner.compile(dialect=_POSTGRESQL)
        return str(composed), composed.params

    @cached_property
    def _on_sqlite(self) -> tuple[str, list[tuple[str, Any]]]:
        """The statement in SQLite's words, and in their order names and values of what is bound."""
        inner = self._statement
        if self._among is not None:
            column, name = self._among
            told = func.json_each(bindparam(name, type_=String)).table_valued("value")
            inner = inner.where(column.in_(select(told.c.value)))
        each = inner.subquery("each")
        composed = select(func.json_group_array(func.json_array(*each.c))).compile(dialect=_SQLITE)
        return str(composed), [(name, composed.params[name]) for name in composed.positiontup or ()]


def _moments(between: str) -> Moment:
    """Return how a moment is written: UTC without zone, as text; most rows of a batch share one."""
    known: dict[datetime | None, str | None] = {None: None}

    def moment(value: datetime | None) -> str | None:
        if value not in known and value is not None:
            known[value] = value.astimezone(UTC).replace(tzinfo=None).isoformat(between, "microseconds")
        return known[value]

    return moment
