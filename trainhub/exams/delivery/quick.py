"""The three statements that run for every answer, in the words of the driver: cheaper than composing them.

What they write is what the tables say; a test writes the same rows both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

_COLUMNS = (
    "attempt_id", "sequence", "position", "response", "flagged", "how", "shown_ms", "received_at", "link",
    "circumstance",
)  # fmt: skip
_INSERT = "INSERT INTO delivery_response ({columns}) VALUES ({marks})"
_HEAD = (
    "UPDATE delivery_attempt SET last_seen_at = {mark}, last_response_at = {mark}, last_sequence = {mark}, "
    "head = {mark} WHERE id = {mark}"
)
_SEEN = "UPDATE delivery_attempt SET last_seen_at = {mark} WHERE id = {mark}"


def append_responses(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows to the journal."""
    if rows:
        moment = _moments(connection)
        values = [
            tuple(moment(row[name]) if name == "received_at" else row[name] for name in _COLUMNS)
            for row in rows
        ]
        marks = ", ".join([_mark(connection)] * len(_COLUMNS))
        connection.exec_driver_sql(_INSERT.format(columns=", ".join(_COLUMNS), marks=marks), values)


def move_heads(
    connection: Connection, rows: Sequence[tuple[datetime | None, datetime | None, int, str, int]]
) -> None:
    """Note with attempts how far their journals have come.

    Args:
        connection: in the transaction of the batch.
        rows: last sign of life, last answer, last number, last link, and the attempt.
    """
    if rows:
        moment = _moments(connection)
        values = [(moment(seen), moment(answered), *rest) for seen, answered, *rest in rows]
        connection.exec_driver_sql(_HEAD.format(mark=_mark(connection)), values)


def note_seen(connection: Connection, rows: Sequence[tuple[datetime | None, int]]) -> None:
    """Note with attempts when they were last heard of."""
    if rows:
        moment = _moments(connection)
        values = [(moment(seen), attempt_id) for seen, attempt_id in rows]
        connection.exec_driver_sql(_SEEN.format(mark=_mark(connection)), values)


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


def _moments(connection: Connection) -> Any:
    """Return how a moment is written: UTC without zone, on SQLite as text; most rows of a batch share one."""
    known: dict[datetime | None, Any] = {None: None}
    is_text = connection.dialect.name == "sqlite"

    def moment(value: datetime | None) -> Any:
        if value not in known and value is not None:
            naive = value.astimezone(UTC).replace(tzinfo=None)
            known[value] = naive.isoformat(" ", "microseconds") if is_text else naive
        return known[value]

    return moment
