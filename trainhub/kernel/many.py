"""Writing many rows at once in the words of the driver: cheaper than composing a statement for each batch.

For what is written by the thousand. SQLite, which is a call away, gets row after row; PostgreSQL gets a batch
as one JSON text, for there each row is a message of its own. A room that uses it has a test which writes the
same rows by its models, too.
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
        self._run(connection, self._insert, rows)

    def update(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change the rows that have the same ``id``; the other columns are what they become."""
        self._run(connection, self._update, rows)

    def _run(
        self, connection: Connection, statements: tuple[str, str], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        if not rows:
            return
        is_sqlite = connection.dialect.name == "sqlite"
        moment = _moments(" " if is_sqlite else "T")
        kinds = self.columns.items()
        told = [
            [moment(row[name]) if kind == "timestamp" else row[name] for name, kind in kinds] for row in rows
        ]
        if is_sqlite:
            connection.exec_driver_sql(statements[0], (json.dumps(told, ensure_ascii=False),))
        else:
            named = [dict(zip(self.columns, row, strict=True)) for row in told]
            connection.exec_driver_sql(statements[1], (json.dumps(named, ensure_ascii=False),))

    @cached_property
    def _insert(self) -> tuple[str, str]:
        names = ", ".join(self.columns)
        into = f"INSERT INTO {self.table} ({names}) SELECT"
        values = ", ".join(self._by_place.values())
        return f"{into} {values} FROM json_each(?) AS told", f"{into} {names} FROM {self._by_name}"

    @cached_property
    def _update(self) -> tuple[str, str]:
        changes = [(name, value) for name, value in self._by_place.items() if name != "id"]
        set_by_place = ", ".join(f"{name} = {value}" for name, value in changes)
        set_by_name = ", ".join(f"{name} = told.{name}" for name, _value in changes)
        return (
            f"UPDATE {self.table} SET {set_by_place} FROM json_each(?) AS told "  # noqa: S608
            f"WHERE {self.table}.id = {self._by_place['id']}",
            f"UPDATE {self.table} SET {set_by_name} FROM {self._by_name} WHERE {self.table}.id = told.id",  # noqa: S608
        )

    @cached_property
    def _by_place(self) -> dict[str, str]:
        return {name: f"json_extract(told.value, '$[{place}]')" for place, name in enumerate(self.columns)}

    @cached_property
    def _by_name(self) -> str:
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
