"""The journal's writer: one thread per process that commits whatever waits in one transaction.

So a full room costs few commits and nobody waits long (measured: group commit keeps the tail short).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from flask import Flask, current_app

from trainhub.exams.delivery.chain import LONGEST_JOURNAL, Change, hash_token
from trainhub.exams.delivery.journal import Acknowledgement, Overloaded, Packet, commit_packets
from trainhub.exams.delivery.working import close_overdue_everywhere
from trainhub.kernel.db import transaction
from trainhub.kernel.errors import DomainError, Invalid
from trainhub.kernel.i18n import _l
from trainhub.kernel.logs import log

P = ParamSpec("P")
R = TypeVar("R")

BATCH = 256
WAITING_ROOM = 5_000
PATIENCE_S = 20.0
SWEEP_EVERY_S = 20.0
PACKET = 200


class _Waiting:
    """A request that waits for its acknowledgement."""

    def __init__(self, packet: Packet) -> None:
        self.packet = packet
        self.done = threading.Event()
        self.outcome: Acknowledgement | DomainError | None = None


class Writer:
    """The one thread of a process that writes the journal; it also closes attempts whose time is over."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(WAITING_ROOM)
        self._swept_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, packet: Packet) -> Acknowledgement:
        """Hand in a packet and wait until it is durable.

        Raises:
            Overloaded: too many wait, or it took too long; whether it was kept shows when it is sent again.
            DomainError: the journal refused it.
        """
        waiting = _Waiting(packet)
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            raise Overloaded(_l("The server is busy. Your answers are kept here and sent again.")) from None
        if not waiting.done.wait(PATIENCE_S) or waiting.outcome is None:
            raise Overloaded(_l("The server is busy. Your answers are kept here and sent again."))
        if isinstance(waiting.outcome, DomainError):
            raise waiting.outcome
        return waiting.outcome

    def sweep_soon(self) -> None:
        """Have overdue attempts closed even when nobody answers; called by the desks that look on."""
        if self._is_dusty() and self._queue.empty():
            self._queue.put_nowait(None)

    def _run(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < BATCH:
                try:
                    batch.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            self._commit([waiting for waiting in batch if waiting is not None])
            if self._is_dusty():
                self._sweep()

    def _is_dusty(self) -> bool:
        return time.monotonic() - self._swept_at > SWEEP_EVERY_S

    def _sweep(self) -> None:
        self._swept_at = time.monotonic()
        try:
            with self._app.app_context(), transaction():
                close_overdue_everywhere()
        except Exception as problem:
            log().error("overdue attempts not closed", error=type(problem).__name__)

    def _commit(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            with self._app.app_context():
                outcomes = commit_packets([waiting.packet for waiting in batch])
            for waiting, outcome in zip(batch, outcomes, strict=True):
                waiting.outcome = outcome
        except Exception as problem:
            log().error("journal not written", error=type(problem).__name__, packets=len(batch))
        finally:
            for waiting in batch:
                waiting.done.set()


def commits_in_groups(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose writing the journal's writer commits: it has no transaction of its own."""
    view.__writes__ = True  # type: ignore[attr-defined]
    return view


_starting = threading.Lock()


def writer() -> Writer:
    """Return this process's writer, started with the first answer (a forked worker starts its own)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with _starting:
        if "journal" not in app.extensions:
            app.extensions["journal"] = Writer(app)
        found: Writer = app.extensions["journal"]
    return found


def append(attempt_code: str, token: str, changes: Sequence[Change]) -> Acknowledgement:
    """Append a candidate's changes; returns once they are durable.

    The same changes again give the same acknowledgement; a number used for something else is refused.

    Args:
        attempt_code: the attempt that the page believes it writes to.
        token: what the candidate's machine holds.
        changes: in order; empty as a sign of life.

    Raises:
        NotSignedIn: the token is none, or the attempt moved to another machine.
        JournalRefusal: not begun, deadline, handed in, a gap, or a number used before.
        Invalid: too many changes, or an answer that the question does not offer.
        Overloaded: try again.
    """
    if len(changes) > PACKET or (changes and changes[-1].sequence > LONGEST_JOURNAL):
        raise Invalid(_l("Too many changes at once."))
    return writer().submit(Packet(attempt_code, hash_token(token), tuple(changes)))
