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

from trainhub.kernel.engines import turns_of
from trainhub.kernel.logs import log
from trainhub.kernel.turns import Turns

EVERY_S = 1.0
WORTH_IT = 1_000
"""Pages, 4 MB, added to the log since the last time, from which on carrying over is worth the disk's while:
on a quiet site a round each second would only make the saves beside it wait."""
LONG = 2_000
"""Pages in the log, 8 MB, after which it begins anew in the room that it has: to write over what is there
costs two thirds of letting a file grow."""
TOO_LONG = 16_000
"""Pages in the log, 64 MB, after which its room is given back: something held it open for long."""
_HEAD, _PAGE_HEAD = 32, 24
"""Bytes of the log's head, and of the head of each page in it."""


class Checkpointer(threading.Thread):
    """The thread that carries over; it can be killed at any moment and may run in several processes."""

    def __init__(self, database: Path, turns: Turns, every_s: float = EVERY_S) -> None:
        super().__init__(name="checkpointing", daemon=True)
        self._database = database
        self._log = Path(f"{database}-wal")
        self._turns = turns
        self._every_s = every_s
        self._stopped = threading.Event()
        self._salt, self._carried = b"", 0

    def run(self) -> None:
        """Carry over until stopped."""
        while not self._stopped.wait(self._every_s):
            try:
                if self.is_worth_it():
                    self.round()
            except (OSError, sqlite3.Error) as problem:
                # The log stays as it is, and holds all that was committed.
                log().error("log of the database not carried over", error=str(problem))

    def stop(self) -> None:
        """End after the present round."""
        self._stopped.set()

    def is_worth_it(self) -> bool:
        """Tell whether enough was added to the log since it was last carried over.

        A log that begins anew lies over the old one and is no shorter; its head and each page of it bear a
        salt of its own (SQLite, "Database File Format", 4.1 and 4.2), so two small looks at the file tell.
        """
        if not self._log.exists():
            return False
        with self._log.open("rb") as log_file:
            head = log_file.read(_HEAD)
            self._begin_with(head)
            page = _PAGE_HEAD + int.from_bytes(head[8:12], "big")
            log_file.seek(_HEAD + (self._carried + WORTH_IT - 1) * page + 8)
            return len(head) == _HEAD and log_file.read(8) == self._salt

    def _begin_with(self, head: bytes) -> None:
        if head[16:24] != self._salt:
            self._salt, self._carried = head[16:24], 0

    def round(self) -> None:
        """Carry over what can be while others read and write; a long log is begun anew."""
        connection = sqlite3.connect(self._database, timeout=1.0, isolation_level=None)
        try:
            _busy, pages, self._carried = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
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
