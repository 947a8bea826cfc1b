"""The journal's writer: one thread per process that commits whatever waits in one transaction.

So a full room costs few commits and nobody waits long (measured: group commit keeps the tail short).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from trainhub.exams.delivery.batch import Deed, do_all
from trainhub.exams.delivery.beacon import Beacon
from trainhub.exams.delivery.chain import LONGEST_JOURNAL, Change, hash_token
from trainhub.exams.delivery.deeds import Save
from trainhub.exams.delivery.journal import Acknowledgement, Overloaded, Packet
from trainhub.kernel.committing import Committer, gather
from trainhub.kernel.database_errors import is_unreachable
from trainhub.kernel.db import db
from trainhub.kernel.engines import turns_of
from trainhub.kernel.errors import DomainError, Invalid
from trainhub.kernel.i18n import _l
from trainhub.kernel.logs import log

BATCH = 256
PATIENCE_S = 8.0
"""How long a call waits for its deed: the page hangs up after 15 s and would show "offline", not "busy"."""
STILL_S = 2.0
"""How old the commit under way is when the journal is said to stand still: a disk, or somebody's lock."""
LOOKS_AGAIN_S = 0.5
PLACES = 16
"""So many calls of a process may wait while the journal stands still; the others are told at once to come
again. They are fewer than its threads: pages, boards and the load balancer keep the rest."""
PACKET = 200
BUSY = _l("The server is busy. Your answers are kept here and sent again.")


class _Waiting:
    """A request that waits until its deed is done; a bare lock is the cheapest thing to wait for."""

    __slots__ = ("deed", "done", "outcome")

    def __init__(self, deed: Deed) -> None:
        self.deed = deed
        self.done = threading.Lock()
        self.done.acquire()
        self.outcome: Any = None


class Writer:
    """The one thread of a process that writes attempts and their journals."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._queue: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._places = threading.Semaphore(PLACES)
        self._since: float | None = None
        with app.app_context():
            self._committer = Committer(db.engine)
            self._turns = turns_of(db.engine)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, deed: Deed) -> Any:
        """Hand in a deed and wait until what it did is durable; returns what it returned.

        A deed whose call gave up may still be done: sent again, it gives the same answer.

        Raises:
            Overloaded: too many wait while nothing is committed, or it took too long; whether it was done
                shows when it is sent again.
            DomainError: it was refused.
        """
        waiting = _Waiting(deed)
        if self._stands_still():
            with self._place():
                self._queue.put(waiting)
                waiting.done.acquire(timeout=PATIENCE_S)
        else:
            self._queue.put(waiting)
            if not waiting.done.acquire(timeout=STILL_S):
                self._wait_on(waiting)
        if waiting.outcome is None:
            raise Overloaded(BUSY)
        if isinstance(waiting.outcome, DomainError):
            raise waiting.outcome
        return waiting.outcome

    def _stands_still(self) -> bool:
        """Tell whether what is under way waits for long, or has failed until now because nobody hears."""
        since = self._since
        return since is not None and time.monotonic() - since > STILL_S

    def _wait_on(self, waiting: _Waiting) -> None:
        """Wait on for a deed that takes long; from when the journal stands still, in one of the places."""
        until = time.monotonic() + PATIENCE_S - STILL_S
        while not self._stands_still():
            if waiting.done.acquire(timeout=LOOKS_AGAIN_S) or time.monotonic() > until:
                return
        with self._place():
            waiting.done.acquire(timeout=max(0.0, until - time.monotonic()))

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Overloaded(BUSY)
        try:
            yield
        finally:
            self._places.release()

    def _run(self) -> None:
        gathered = 1
        while True:
            batch = [self._queue.get()]
            if self._since is None:
                self._since = time.monotonic()
            gather(self._queue, batch, BATCH, gathered)
            try:
                if self._commit_in_turn(batch):
                    self._since = None
            except Exception as problem:
                # Who waits comes again; without this thread nobody's answers would ever be written.
                log().error("journal had no turn", exc_info=problem)
            finally:
                # After the turn: waking so many takes a while, and the other processes wait for the pen.
                for waiting in batch:
                    waiting.done.release()
            gathered = len(batch)

    def _commit_in_turn(self, batch: list[_Waiting]) -> bool:
        """Do a batch when its turn has come; returns whether the database hears at all."""
        with self._app.app_context():
            # Answers go before whatever else this process writes; while they wait, more gather.
            with nullcontext() if self._turns is None else self._turns.turn(first=True):
                gather(self._queue, batch, BATCH)
                return self._commit(batch)

    def _commit(self, batch: list[_Waiting]) -> bool:
        try:
            self._do(batch)
        except Exception as problem:
            log().error("journal not written", error=type(problem).__name__, deeds=len(batch))
            if _nobody_is_heard(problem):
                return False
            if len(batch) > 1:
                self._do_one_by_one(batch)
        return True

    def _do(self, batch: list[_Waiting]) -> None:
        outcomes = self._committer.commit(partial(do_all, [waiting.deed for waiting in batch]))
        self._since = time.monotonic()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcome = outcome

    def _do_one_by_one(self, batch: list[_Waiting]) -> None:
        """Let the deed at which a batch failed fail alone: nobody's answers hang on another's packet."""
        for waiting in batch:
            try:
                self._do([waiting])
            except Exception as problem:
                log().error("deed not done", kind=type(waiting.deed).__name__, exc_info=problem)


def _nobody_is_heard(problem: Exception) -> bool:
    """Tell whether the database itself is away: then one deed fares no better than all."""
    return isinstance(problem, DBAPIError) and is_unreachable(problem)


_starting = threading.Lock()


def writer() -> Writer:
    """Return this process's writer, started with the first deed (a forked worker starts its own)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return writer_of(app)


def writer_of(app: Flask) -> Writer:
    """Return the writer of an application."""
    found: Writer | None = app.extensions.get("journal")
    if found is None:
        with _starting:
            found = app.extensions.setdefault("journal", None) or Writer(app)
            app.extensions["journal"] = found
    return found


def append(
    attempt_code: str, token: str, changes: Sequence[Change], beacon: Beacon | None = None
) -> Acknowledgement:
    """Append a candidate's changes; returns once they are durable.

    The same changes again give the same acknowledgement; a number used for something else is refused.

    Args:
        attempt_code: the attempt that the page believes it writes to.
        token: what the candidate's machine holds.
        changes: in order; empty as a sign of life.
        beacon: the newest that the machine has of the server.

    Raises:
        NotSignedIn: the token is none, or the attempt moved to another machine.
        JournalRefusal: not begun, deadline, handed in, a gap, or a number used before.
        Invalid: too many changes, or an answer that the question does not offer.
        Overloaded: try again.
    """
    taken: Acknowledgement = writer().submit(packet_of(attempt_code, token, changes, beacon))
    return taken


def packet_of(attempt_code: str, token: str, changes: Sequence[Change], beacon: Beacon | None) -> Save:
    """Return the deed of saving some changes.

    Raises:
        Invalid: they are too many.
    """
    if len(changes) > PACKET or (changes and changes[-1].sequence > LONGEST_JOURNAL):
        raise Invalid(_l("Too many changes at once."))
    return Save(Packet(attempt_code, hash_token(token), tuple(changes), beacon))
