"""What SQLite knows of its tables when it plans a query: kept true as they grow, a table at a time.

PostgreSQL's autovacuum counts by itself. SQLite counts only when it is told to (ANALYZE), and plans without
as if all tables had a million rows: of two ways it may take the one that is a thousand times longer. So
after migrations, and while a process serves, a table that has grown to several times what was last counted is
counted again. Of each index some hundred entries are looked at (sqlite.org/lang_analyze.html, "approximate
ANALYZE"), so that the pen is held for milliseconds however large the table is; with that limit SQLite keeps
figures alone and no samples of what stands in the rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text

from trainhub.kernel.db import after_commit, db, reading, transaction
from trainhub.kernel.housekeeping import Chore

LOOKED_AT = 400
"""Entries of an index that are looked at."""
GROWN = 4
"""A table that has so many times the rows that were counted is planned for anew."""
FEW = 100
"""Rows of a table that is never worth the while: any way through it is short."""
EVERY_S = 60.0
"""Between two looks at how far tables have grown, where the last found nothing."""

_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
_HAS_COUNTS = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"
_SIZE = (
    "SELECT '{name}', coalesce((SELECT max(rowid) FROM {table}) - (SELECT min(rowid) FROM {table}) + 1, 0)"
)
_COUNTED = "SELECT tbl, group_concat(coalesce(idx, '') || ' ' || stat), max(CAST(stat AS INTEGER))"


class Counting:
    """What a process knows of the counts, and since when.

    Each connection reads the counts when it opens: those that are open are let go of where some changed,
    whichever process it was that counted.
    """

    def __init__(self) -> None:
        self._look_at = 0.0
        self._sizes: dict[str, int] = {}
        self._plans_by: frozenset[tuple[str, str]] | None = None

    def is_due(self) -> bool:
        """Tell whether a table has outgrown what was counted, or another process has counted."""
        if db.engine.dialect.name != "sqlite" or time.monotonic() < self._look_at:
            return False
        connection = db.session.connection()
        is_any = next(self._outgrown(connection), None) is not None or self._is_behind(connection)
        if not is_any:
            self._look_at = time.monotonic() + EVERY_S
        return is_any

    def count_one(self) -> str | None:
        """Count the table that has grown most, in the present deed; returns its name if there was one.

        PostgreSQL counts by itself.
        """
        if db.engine.dialect.name != "sqlite":
            return None
        connection = db.session.connection()
        grown = max(self._outgrown(connection), default=None)
        if grown is not None:
            _times, name, size = grown
            connection.execute(text(f"PRAGMA analysis_limit={LOOKED_AT:d}"))
            connection.execute(text(f"ANALYZE {_quoted(connection, name)}"))
            self._sizes[name] = size
        self._plans_by = _counts_in(connection)
        after_commit(db.engine.dispose)
        return None if grown is None else grown[1]

    def _is_behind(self, connection: Connection) -> bool:
        if self._plans_by is None:
            self._plans_by = _counts_in(connection)
        return self._plans_by != _counts_in(connection)

    def _outgrown(self, connection: Connection) -> Iterator[tuple[float, str, int]]:
        """Yield tables that have outgrown their count: how many times, which, and how large they are."""
        counted = _rows_counted(connection)
        for name, size in _sizes_in(connection):
            known = max(FEW / GROWN, counted.get(name, 0), self._sizes.get(name, 0))
            if size >= GROWN * known:
                yield size / known, name, size


def _sizes_in(connection: Connection) -> list[tuple[str, int]]:
    """Return how many rows tables have at most: by their first and last one, whatever is gone between.

    One statement asks for all, as text: SQLAlchemy keeps an expression of so many parts at 5 MB.
    """
    tables = connection.scalars(text(_TABLES))
    sizes = [_SIZE.format(name=name, table=_quoted(connection, name)) for name in tables]
    if not sizes:
        return []
    return [(name, size) for name, size in connection.execute(text(" UNION ALL ".join(sizes)))]


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _rows_counted(connection: Connection) -> dict[str, int]:
    if not connection.scalar(text(_HAS_COUNTS)):
        return {}
    rows = connection.execute(text(f"{_COUNTED} FROM sqlite_stat1 GROUP BY tbl"))
    return {name: count for name, _stats, count in rows}


def _counts_in(connection: Connection) -> frozenset[tuple[str, str]]:
    if not connection.scalar(text(_HAS_COUNTS)):
        return frozenset()
    rows = connection.execute(text(f"{_COUNTED} FROM sqlite_stat1 GROUP BY tbl"))
    return frozenset((name, stats) for name, stats, _count in rows)


def count_all(engine: Engine) -> list[str]:
    """Count what has outgrown its count, each table in a deed of its own; returns which."""
    counting = Counting()
    counted: list[str] = []
    if engine.dialect.name != "sqlite":
        return []
    while True:
        with reading():
            if not counting.is_due():
                return counted
        with transaction():
            name = counting.count_one()
        counted += [name] if name else []


def chore() -> Chore:
    """Return what a process does to plan by what is there."""
    counting = Counting()
    return Chore("counts for plans", counting.is_due, counting.count_one)
