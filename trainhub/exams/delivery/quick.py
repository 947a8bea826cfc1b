"""The three statements that run for every answer, in the words of the driver: cheaper than composing them.

What they write is what the tables say; a test writes the same rows both ways. SQLite, which is a call away,
gets row after row; PostgreSQL gets a batch as one JSON text, for there each row is a message of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

_COLUMNS = {
    "attempt_id": "integer",
    "sequence": "integer",
    "position": "integer",
    "response": "text",
    "flagged": "boolean",
    "how": "text",
    "shown_ms": "integer",
    "received_at": "timestamp",
    "link": "text",
    "circumstance": "text",
}
_HEAD = {
    "last_seen_at": "timestamp",
    "last_response_at": "timestamp",
    "last_sequence": "integer",
    "head": "text",
    "id": "integer",
}
_SEEN = {"last_seen_at": "timestamp", "id": "integer"}
_Rows = Sequence[tuple[Any, ...]]


def append_responses(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows to the journal."""
    moment = _moments(connection)
    values = [
        tuple(moment(row[name]) if name == "received_at" else row[name] for name in _COLUMNS) for row in rows
    ]
    _run(connection, _insert, _COLUMNS, values)


def move_heads(
    connection: Connection, rows: Sequence[tuple[datetime | None, datetime | None, int, str, int]]
) -> None:
    """Note with attempts how far their journals have come.

    Args:
        connection: in the transaction of the batch.
        rows: last sign of life, last answer, last number, last link, and the attempt.
    """
    moment = _moments(connection)
    _run(
        connection,
        _update,
        _HEAD,
        [(moment(seen), moment(answered), *rest) for seen, answered, *rest in rows],
    )


def note_seen(connection: Connection, rows: Sequence[tuple[datetime | None, int]]) -> None:
    """Note with attempts when they were last heard of."""
    moment = _moments(connection)
    _run(connection, _update, _SEEN, [(moment(seen), attempt_id) for seen, attempt_id in rows])


_Statement = Callable[[dict[str, str], str | None], str]


def _run(connection: Connection, statement: _Statement, columns: dict[str, str], rows: _Rows) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(statement(columns, None), list(rows))
        return
    types = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    said = json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False)
    source = f"json_to_recordset(%s::json) AS told({types})"
    connection.exec_driver_sql(statement(columns, source), (said,))


def _insert(columns: dict[str, str], source: str | None) -> str:
    # The names are those above; what comes from outside is bound.
    names = ", ".join(columns)
    if source is None:
        return f"INSERT INTO delivery_response ({names}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    return f"INSERT INTO delivery_response ({names}) SELECT {names} FROM {source}"  # noqa: S608


def _update(columns: dict[str, str], source: str | None) -> str:
    names = [name for name in columns if name != "id"]
    values = ", ".join(f"{name} = {f'told.{name}' if source else '?'}" for name in names)
    where = f"FROM {source} WHERE delivery_attempt.id = told.id" if source else "WHERE id = ?"
    return f"UPDATE delivery_attempt SET {values} {where}"  # noqa: S608


def _moments(connection: Connection) -> Callable[[datetime | None], str | None]:
    """Return how a moment is written: UTC without zone, as text; most rows of a batch share one."""
    known: dict[datetime | None, str | None] = {None: None}
    between = " " if connection.dialect.name == "sqlite" else "T"

    def moment(value: datetime | None) -> str | None:
        if value not in known and value is not None:
            known[value] = value.astimezone(UTC).replace(tzinfo=None).isoformat(between, "microseconds")
        return known[value]

    return moment
