"""Carrying what was committed from SQLite's log into its file, beside the work and not in the middle of it.

SQLite does this in whichever commit finds a thousand pages in the log: that commit, and everybody behind it,
waits until the file is on disk, on a slow disk half a second. Here a thread does it while others write; only
what is left is done in a turn of its own, once the log has grown long. A commit is as durable as before: it
is on disk in the log.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from sqlalchemy.engine import Engine

from trainhub.kernel.db import turns_of
from trainhub.kernel.logs import log
from trainhub.kernel.turns import Turns

EVERY_S = 1.0
WORTH_IT = 4 * 2**20
"""Bytes of the log from which on carrying over is worth the disk's while."""
LONG = 2_000
"""Pages in the log, 8 MB, after which it begins anew in the room that it has: to write over what is there
costs two thirds of letting a file grow."""
TOO_LONG = 16_000
"""Pages in the log, 64 MB, after which its room is given back: something held it open for long."""


class Checkpointer(threading.Thread):
    """The thread that carries over; it can be killed at any moment and may run in several processes."""

    def __init__(self, database: Path, turns: Turns, every_s: float = EVERY_S) -> None:
        super().__init__(name="checkpointing", daemon=True)
        self._database = database
        self._log = Path(f"{database}-wal")
        self._turns = turns
        self._every_s = every_s
        self._stopped = threading.Event()

    def run(self) -> None:
        """Carry over until stopped."""
        seen = 0
        while not self._stopped.wait(self._every_s):
            try:
                log_file = self._log.stat()
                if log_file.st_size >= WORTH_IT and log_file.st_mtime_ns != seen:
                    self.round()
                    seen = log_file.st_mtime_ns
            except (OSError, sqlite3.Error) as problem:
                # The log stays as it is, and holds all that was committed.
                log().error("log of the database not carried over", error=str(problem))

    def stop(self) -> None:
        """End after the present round."""
        self._stopped.set()

    def round(self) -> None:
        """Carry over what can be while others read and write; a long log is begun anew."""
        connection = sqlite3.connect(self._database, timeout=1.0, isolation_level=None)
        try:
            _busy, pages, _carried = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages >= LONG:
                with self._turns.turn():
                    mode = "TRUNCATE" if pages >= TOO_LONG else "RESTART"
                    connection.execute(f"PRAGMA wal_checkpoint({mode})")
        finally:
            connection.close()


def start_checkpointing(engine: Engine) -> None:
    """Start the thread for an engine on a file of SQLite; PostgreSQL has one of its own."""
    turns = turns_of(engine)
    if turns is not None:
        Checkpointer(Path(str(engine.url.database)), turns).start()
