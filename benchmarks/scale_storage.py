"""What answers cost on disk: bytes of a row, bytes of the log for a save, and whether room in pages helps.

    python -m benchmarks.scale_storage [--saves 200000] [--keep]

Ten thousand attempts save answers in batches as the journal's writer does: hold the attempts, add the rows,
move the heads, commit. The batches begin after a checkpoint, so that the full pages which PostgreSQL logs
once after each are in the figure; 200,000 saves are what 10,000 candidates give in a quarter of an hour, the
time between two of them.
``--keep`` writes the figures into ``benchmarks/scale.json``, from which ``benchmarks.scale`` computes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table, create_engine

from tests.servers import DURABLE, create_database, drop_database
from trainhub.exams.delivery.form import draw_form, drawable, write_form
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.kernel import migrations
from trainhub.kernel.identifiers import random_id

INPUTS = Path(__file__).with_name("scale.json")
ATTEMPTS = 10_000
BEFORE = 20
"""Rows that each attempt has when counting begins: an exam in its middle."""
BATCH = 32
FILLS = (100, 90, 70)
QUESTIONS = [(number, "true_false", ()) for number in range(1, 71)]
START = datetime(2026, 6, 1, 1, 0)
chance = random.Random(4)


class Choice:
    """An option of a question."""

    def __init__(self, key: str) -> None:
        self.key = self.text = key


QUESTIONS += [(number, "single", tuple(Choice(key) for key in "ABCD")) for number in range(71, 101)]


def row_of(table: Table, known: dict[str, Any]) -> dict[str, Any]:
    """A row of a table: what is known of it, else the default or nothing."""
    row = {}
    for column in table.columns:
        default = column.default.arg if column.default is not None and column.default.is_scalar else None
        row[column.name] = known.get(column.name, default)
    return row


def attempts() -> list[dict[str, Any]]:
    """Attempts at work on a paper of a hundred questions, each with an order of its own."""
    made = []
    questions = [drawable(*each) for each in QUESTIONS]
    for number in range(1, ATTEMPTS + 1):
        form = write_form(draw_form(questions, random.Random(number)))
        known = {
            "id": number,
            "code": random_id(),
            "candidate_id": number,
            "sitting_id": 1,
            "state": "working",
        }
        known |= {"admitted_at": START, "started_at": START, "deadline": START + timedelta(hours=2)}
        known |= {"paper_code": "P-2026-0001", "form": form, "token_hash": f"{number:064x}", "machines": 1}
        made.append(row_of(Attempt.__table__, known | {"head": "0" * 64, "last_seen_at": START}))
    return made


def response(attempt: int, sequence: int, at: datetime) -> dict[str, Any]:
    """A change as a page sends it: most are one letter, some a list."""
    given = chance.choice(['"A"', '"B"', '"C"', '"D"', '"T"', '"F"', '["A","C"]', '["A","B","D"]'])
    known = {"attempt_id": attempt, "sequence": sequence, "position": chance.randint(1, 100)}
    known |= {"response": given, "flagged": False, "how": "pointer", "shown_ms": chance.randint(800, 90_000)}
    known |= {"received_at": at, "link": f"{chance.getrandbits(256):064x}"}
    return row_of(Response.__table__, known)


def batches(saves: int) -> Iterator[list[dict[str, Any]]]:
    """Saves as they arrive, in the writer's batches: each of another candidate."""
    last = dict.fromkeys(range(1, ATTEMPTS + 1), BEFORE)
    for number in range(saves // BATCH):
        at = START + timedelta(milliseconds=5 * BATCH * number)
        picked = chance.sample(range(1, ATTEMPTS + 1), BATCH)
        for attempt in picked:
            last[attempt] += 1
        yield [response(attempt, last[attempt], at) for attempt in picked]


def fill(connection: Any, table: Table, rows: list[dict[str, Any]], mark: str) -> None:
    """Insert rows as they are."""
    names = list(rows[0])
    places = ", ".join(mark for _name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    statement = f"INSERT INTO {table.name} ({quoted}) VALUES ({places})"
    connection.executemany(statement, [tuple(row.values()) for row in rows])


def before() -> Iterator[list[dict[str, Any]]]:
    """What every attempt has given when counting begins, in the order in which it arrived."""
    for sequence in range(1, BEFORE + 1):
        order = chance.sample(range(1, ATTEMPTS + 1), ATTEMPTS)
        yield [response(attempt, sequence, START) for attempt in order]


def on_postgres(saves: int, fillfactor: int) -> dict[str, float]:
    """Save on a PostgreSQL that writes to disk, with some room left in the pages of attempts."""
    url = create_database()
    engine = create_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    try:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            return _count_postgres(connection, saves, fillfactor)
    finally:
        drop_database(url)


def _count_postgres(connection: Any, saves: int, fillfactor: int) -> dict[str, float]:
    cursor = connection.cursor()
    cursor.execute(f"ALTER TABLE delivery_attempt SET (fillfactor = {fillfactor})")
    # Candidates, persons and the sitting are not what is counted: their rows are left out.
    cursor.execute("SET session_replication_role = replica")
    fill(cursor, Attempt.__table__, attempts(), "%s")
    for rows in before():
        fill(cursor, Response.__table__, rows, "%s")
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("VACUUM ANALYZE delivery_attempt, delivery_response")
    cursor.execute("CHECKPOINT")
    size = "SELECT pg_total_relation_size('delivery_response'), pg_total_relation_size('delivery_attempt')"
    was = cursor.execute(size).fetchone()
    begun = _log_at(cursor)
    done = 0
    for batch in batches(saves):
        _save(connection, cursor, batch)
        done += len(batch)
    written = _written_since(cursor, begun)
    begun, beaten = _log_at(cursor), 0
    for batch in batches(saves // 4):
        _beat(connection, cursor, batch)
        beaten += len(batch)
    of_beats = _written_since(cursor, begun)
    cursor.execute("SELECT pg_stat_force_next_flush()")
    time.sleep(1)
    updated, hot = cursor.execute(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'delivery_attempt'"
    ).fetchone()
    now = cursor.execute(size).fetchone()
    rows = cursor.execute("SELECT count(*) FROM delivery_response").fetchone()[0]
    return {
        "bytes_per_row": round(now[0] / rows, 1),
        "bytes_per_attempt": round(now[1] / ATTEMPTS),
        "attempts_grew_by": round(now[1] / was[1], 2),
        "wal_bytes_per_save": round(written / done),
        "wal_bytes_per_beat": round(of_beats / beaten),
        "hot_share": round(hot / max(1, updated), 3),
    }


def _log_at(cursor: Any) -> str:
    return str(cursor.execute("SELECT pg_current_wal_lsn()").fetchone()[0])


def _written_since(cursor: Any, begun: str) -> float:
    row = cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s)", (begun,)).fetchone()
    return float(row[0])


_HOLD = "SELECT id FROM delivery_attempt WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_MOVE = """
    UPDATE delivery_attempt SET last_seen_at = %s, last_response_at = %s, last_sequence = %s, head = %s
    WHERE id = %s
"""


def _save(connection: Any, cursor: Any, batch: list[dict[str, Any]]) -> None:
    ids = [row["attempt_id"] for row in batch]
    with connection.transaction():
        cursor.execute(_HOLD, (sorted(ids),))
        fill(cursor, Response.__table__, batch, "%s")
        names = ("received_at", "received_at", "sequence", "link", "attempt_id")
        cursor.executemany(_MOVE, [tuple(row[name] for name in names) for row in batch])


def _beat(connection: Any, cursor: Any, batch: list[dict[str, Any]]) -> None:
    ids = [row["attempt_id"] for row in batch]
    with connection.transaction():
        cursor.execute(_HOLD, (sorted(ids),))
        seen = "UPDATE delivery_attempt SET last_seen_at = %s WHERE id = %s"
        cursor.executemany(seen, [(row["received_at"], row["attempt_id"]) for row in batch])


def on_sqlite(saves: int) -> dict[str, float]:
    """Save into an embedded database, with the log that a batch writes before it is acknowledged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trainhub.db"
        engine = create_engine(f"sqlite:///{path}")
        migrations.upgrade(engine)
        engine.dispose()
        connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=OFF", "wal_autocheckpoint=0"):
            connection.execute(f"PRAGMA {pragma}")
        cursor = connection.cursor()
        empty = path.stat().st_size
        cursor.execute("BEGIN")
        fill(cursor, Attempt.__table__, [_plain(row) for row in attempts()], "?")
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        of_attempts = path.stat().st_size - empty
        cursor.execute("BEGIN")
        for rows in before():
            fill(cursor, Response.__table__, [_plain(row) for row in rows], "?")
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        written = done = 0
        for batch in batches(saves):
            cursor.execute("BEGIN")
            fill(cursor, Response.__table__, [_plain(row) for row in batch], "?")
            moved = [
                (str(row["received_at"]), row["sequence"], row["link"], row["attempt_id"]) for row in batch
            ]
            cursor.executemany(
                "UPDATE delivery_attempt SET last_seen_at = ?1, last_response_at = ?1, last_sequence = ?2, "
                "head = ?3 WHERE id = ?4",
                moved,
            )
            cursor.execute("COMMIT")
            done += len(batch)
            if done % (BATCH * 200) == 0:
                written += path.with_name("trainhub.db-wal").stat().st_size
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        written += path.with_name("trainhub.db-wal").stat().st_size
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows_there = cursor.execute("SELECT count(*) FROM delivery_response").fetchone()[0]
        of_rows = path.stat().st_size - empty - of_attempts
        connection.close()
    return {
        "bytes_per_row": round(of_rows / rows_there, 1),
        "bytes_per_attempt": round(of_attempts / ATTEMPTS),
        "wal_bytes_per_save": round(written / done),
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, datetime) else value for name, value in row.items()}


def main() -> None:
    """Count, print, and keep if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--saves", type=int, default=200_000)
    parser.add_argument("--keep", action="store_true", help="write the figures into scale.json")
    wish = parser.parse_args()
    os.environ[DURABLE] = "1"
    found: dict[str, Any] = {"saves": wish.saves, "batch": BATCH, "attempts": ATTEMPTS}
    found["sqlite"] = on_sqlite(wish.saves)
    print("SQLite               ", found["sqlite"], flush=True)
    found["postgresql"] = {}
    for fillfactor in FILLS:
        found["postgresql"][str(fillfactor)] = on_postgres(wish.saves, fillfactor)
        print(f"PostgreSQL, fill {fillfactor:>3} %", found["postgresql"][str(fillfactor)], flush=True)
    if wish.keep:
        inputs = json.loads(INPUTS.read_text(encoding="utf-8"))
        inputs["storage"] = found
        INPUTS.write_text(json.dumps(inputs, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
