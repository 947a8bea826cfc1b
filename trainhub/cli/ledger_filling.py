"""Filling a ledger with millions of valid entries by the fastest way that the database has."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, delete, func, select

from trainhub.governance.ledger_words import WORDS
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading, transaction
from trainhub.ledger import sequencing
from trainhub.ledger.models import Entry, Head, Leaf, Node
from trainhub.ledger.tree import Edge

LOT = 100_000
COLUMNS = {
    Entry.__tablename__: ("id", "kind", "at", "by_id", "side", "body", "salt", "leaf_hash"),
    Leaf.__tablename__: ("id", "leaf_hash", "position"),
    Node.__tablename__: ("level", "index", "hash"),
}
OFTEN = ("attempt.started", "attempt.handed_in", "candidate.registered", "candidate.checked_in")
MANAGED = ("regulations.loaded",)
"""What making an instance decides by itself; a ledger with nothing else is empty."""

Lots = dict[str, list[tuple[Any, ...]]]
Write = Callable[[str, Sequence[tuple[Any, ...]]], None]


def is_empty() -> bool:
    """Tell whether nobody has decided anything yet: invented entries must not lie beside real ones."""
    with reading():
        return db.session.scalar(select(Entry.id).where(Entry.kind.not_in(MANAGED)).limit(1)) is None


def clear() -> None:
    """Take every entry with its tree out again."""
    with db.engine.begin() as connection:
        for model in (Entry, Leaf, Node, Head):
            connection.execute(delete(model))


def fill(size: int, told: Callable[[int], object] | None = None) -> None:
    """Bring the ledger to so many entries, each with its leaf and its nodes; the new head is signed.

    Args:
        size: how many leaves the tree then has; a larger one stays as it is.
        told: is told how many there are.
    """
    with transaction():
        while sequencing.sequence():
            pass
        edge = sequencing.edge_of(sequencing.size_of_tree())
        numbers = [db.session.scalar(select(func.max(model.id))) or 0 for model in (Entry, Leaf)]
    if edge.size >= size:
        return
    with _writing() as write:
        while edge.size < size:
            lots = _made(edge, min(LOT, size - edge.size), numbers)
            for name, rows in lots.items():
                write(name, rows)
            if told:
                told(edge.size)
    with transaction():
        sequencing.sign_head()


def _made(edge: Edge, count: int, numbers: list[int]) -> Lots:
    """Return the next rows of each table; the edge and the numbers go on with them."""
    entries, leaves, nodes = (list[tuple[Any, ...]]() for _table in COLUMNS)
    random = Random(edge.size)  # noqa: S311 - these salts hide nothing
    begun = clock.now().replace(microsecond=0) - timedelta(days=365)
    seldom = sorted(set(WORDS) - set(OFTEN))
    for _each in range(count):
        place = edge.size
        kind = OFTEN[place % len(OFTEN)] if place % 20 else seldom[place // 20 % len(seldom)]
        by, at, salt = (
            f"{random.getrandbits(128):032x}",
            begun + timedelta(seconds=place),
            random.randbytes(16),
        )
        body = _body(at, by, kind, place)
        leaf = hashlib.sha256(b"\x00" + salt + body.encode()).digest()
        hexed = leaf.hex()
        numbers[:] = (number + 1 for number in numbers)
        stored = at.strftime("%Y-%m-%d %H:%M:%S.000000")
        entries.append((numbers[0], kind, stored, by, "exam", body, salt.hex(), hexed))
        leaves.append((numbers[1], hexed, place))
        nodes += [(level, index, found.hex()) for level, index, found in edge.add(leaf)]
    return dict(zip(COLUMNS, (entries, leaves, nodes), strict=True))


def _body(at: datetime, by: str, kind: str, place: int) -> str:
    """Return canonical JSON as ``ledger.append`` writes it, for facts whose canonical form is plain."""
    facts = f'{{"attempt":"{by[:22]}","number":{place},"sitting":"SIT-2026-{place // 300:06}"}}'
    return f'{{"at":"{at.isoformat()}","by":"{by}","facts":{facts},"kind":"{kind}","side":"exam"}}'


@contextmanager
def _writing() -> Iterator[Write]:
    """Load without what slows loading; all of it stands again afterwards, and the tables are analysed."""
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection, _without_indexes(connection):
            yield lambda name, rows: _copy(connection, name, rows)
            _move_counters(connection)
        analyse = "VACUUM ANALYZE"
    else:
        with _sqlite() as write:
            yield write
        analyse = "ANALYZE"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in COLUMNS:
            connection.exec_driver_sql(f"{analyse} {name}")


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Drop unique constraints and indexes within this transaction, and make them again."""
    names = [list(COLUMNS)]
    unique = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
        (*names,),
    ).all()
    for table, name, _definition in unique:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = connection.exec_driver_sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
        "AND indexdef LIKE 'CREATE INDEX%%'",
        (*names,),
    ).all()
    for name, _definition in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for table, name, definition in unique:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _name, definition in indexes:
        connection.exec_driver_sql(definition)


def _copy(connection: Connection, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    columns = ", ".join(f'"{column}"' for column in COLUMNS[name])
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
        copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows))


def _move_counters(connection: Connection) -> None:
    for model in (Entry, Leaf):
        counter = func.pg_get_serial_sequence(model.__tablename__, "id")
        newest: Any = func.max(model.id)
        connection.execute(select(func.setval(counter, newest)))


@contextmanager
def _sqlite() -> Iterator[Write]:
    """One transaction with all pages in memory: random hashes would else write each page again and again."""
    db.engine.dispose()
    connection = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-6000000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")

    def write(name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        columns = ", ".join(f'"{column}"' for column in COLUMNS[name])
        marks = ", ".join("?" for _column in COLUMNS[name])
        connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", rows)  # noqa: S608

    try:
        yield write
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
