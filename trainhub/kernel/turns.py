"""Taking turns at SQLite's one pen: who wants to write waits in a queue instead of looking again.

SQLite lets one write at a time; the others sleep and look again, for longer and longer, and whoever looks at
the right moment wins. In a rush that means seconds for one and nothing for another. So the transactions of a
process that write queue up here, in order, and those of several processes take turns by a lock on a file. It
is a courtesy: who has waited too long goes on without, and SQLite itself decides.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from trainhub.kernel.logs import log

PATIENCE_S = 15.0
LOOKS_AGAIN_S = 0.001


class Turns:
    """The turns of one process at one database.

    Args:
        path: the file whose lock the processes share.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._holder: int | None = None
        self._depth = 0

    def take(self, *, first: bool = False, patience_s: float | None = None) -> bool:
        """Wait for this thread's turn; returns whether it came. Who has it already has it once more.

        Args:
            first: before all others of this process that wait.
            patience_s: how long to wait, in seconds; ``PATIENCE_S`` unless given.
        """
        until = time.monotonic() + (PATIENCE_S if patience_s is None else patience_s)
        if not self._queued(first, until):
            return False
        if self._depth == 1 and not self._locked(first, until):
            self.give_back()
            return False
        return True

    def give_back(self) -> None:
        """End the turn, from whichever thread; whoever has waited longest is next."""
        self._depth -= 1
        if self._depth:
            return
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        with self._guard:
            self._holder = None
            if self._queue:
                # Handed over, not set free: nobody who comes just now gets in between.
                self._holder = 0
                self._queue.popleft().release()

    @contextmanager
    def turn(self, *, first: bool = False) -> Iterator[None]:
        """Do something in this thread's turn, or without one if it does not come in time."""
        came = self.take(first=first)
        try:
            yield
        finally:
            if came:
                self.give_back()

    def _queued(self, first: bool, until: float) -> bool:
        own = threading.get_ident()
        if self._holder == own:
            self._depth += 1
            return True
        with self._guard:
            if self._holder is None:
                self._holder, self._depth = own, 1
                return True
            waiting = threading.Lock()
            waiting.acquire()
            (self._queue.appendleft if first else self._queue.append)(waiting)
        if not waiting.acquire(timeout=max(0.0, until - time.monotonic())):
            with self._guard:
                if waiting in self._queue:
                    self._queue.remove(waiting)
                    return False
            # It was handed over in the last moment.
        self._holder, self._depth = own, 1
        return True

    def _locked(self, first: bool, until: float) -> bool:
        """Take the lock among processes; without the file (too many are open, a full disk) nobody has it."""
        try:
            return self._flocked(first, until)
        except OSError as problem:
            log().warning("no turn at the database", path=str(self._path), error=type(problem).__name__)
            return False

    def _flocked(self, first: bool, until: float) -> bool:
        if self._file is None:
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        if first:
            # Woken at once when the other process is done. Whoever holds the lock ends by itself: nobody who
            # holds it waits for somebody else's turn longer than their patience lasts.
            fcntl.flock(self._file, fcntl.LOCK_EX)
            return True
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
                time.sleep(LOOKS_AGAIN_S)
            else:
                return True


def turns_at(database: str) -> Turns:
    """Return this process's turns at a database file of SQLite.

    A forked process gets its own: with a file that its parent opened it would share the lock instead of
    waiting for it.
    """
    return _turns_in(os.getpid(), database)


@lru_cache(256)
def _turns_in(_process: int, database: str) -> Turns:
    return Turns(Path(f"{database}.turn"))


class TurnTaking(sqlite3.Connection):
    """A connection that gives its turn back when its transaction ends, however it ends."""

    turns: Turns | None = None
    _has_turn = False

    def take_turn(self, patience_s: float | None = None) -> None:
        """Wait for the turn of this connection's transaction, for so many seconds."""
        if self.turns is not None and not self._has_turn:
            self._has_turn = self.turns.take(patience_s=patience_s)

    def give_back_turn(self) -> None:
        """End the turn, if there is one."""
        has_turn, self._has_turn = self._has_turn, False
        if has_turn and self.turns is not None:
            self.turns.give_back()

    def commit(self) -> None:
        """Commit, and let the next one write."""
        try:
            super().commit()
        finally:
            self.give_back_turn()

    def rollback(self) -> None:
        """Roll back, and let the next one write."""
        try:
            super().rollback()
        finally:
            self.give_back_turn()

    def close(self) -> None:
        """Close, and let the next one write."""
        try:
            super().close()
        finally:
            self.give_back_turn()
