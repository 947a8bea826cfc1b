"""How long a call waits for the database, and how many may: in a standstill all are answered, and soon.

A standstill is somebody else's lock, SQLite's pen in another hand, a server that says nothing. A call waits
``STILL_S`` like any other; a few, who have a place, wait ``LONGER_S`` more. The others are told to come again
and leave their thread to who can be answered. While it is known that the database stands still, only those
who find a place try at all, and no longer than ``STILL_S``: the first who gets through ends that.

Background work and the journal's writer have no place and no patience of this kind: they wait as long as the
database lets them, in threads of their own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

STILL_S = 2.0
LONGER_S = 4.0
PLACES = 8
"""So many calls of a process may wait on; the threads of a process are four times as many."""
KNOWN_S = 3.0
"""How long it is known that the database stands still after somebody gave up."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Standing:
    """What the calls of this process know of the database together."""

    def __init__(self) -> None:
        self.places = threading.Semaphore(PLACES)
        self.known_until = 0.0
        self.silent_until = 0.0


_standing = _Standing()


class Patience:
    """The patience of one call."""

    __slots__ = ("_has_place", "_longer_s", "is_making_contact", "is_over")

    def __init__(self) -> None:
        self._has_place = False
        self._longer_s = LONGER_S
        self.is_making_contact = False
        self.is_over = False

    def come(self, *, writes: bool) -> None:
        """Ask to be let to the database.

        Args:
            writes: whoever writes waits for somebody's lock; whoever reads, only for a server that is silent.

        Raises:
            OperationalError: it is known to stand still, and enough try already whether it still does.
        """
        until = _standing.known_until if writes else _standing.silent_until
        if self._has_place or time.monotonic() > until:
            return
        if not self._take_place():
            raise OperationalError(None, None, TimeoutError("the database stands still"))
        self._longer_s = 0.0

    def spells(self) -> Iterator[float]:
        """Yield how long to wait, in seconds, and how much longer; ends where it is time to give up."""
        yield STILL_S
        longer_s, self._longer_s = self._longer_s, 0.0
        if longer_s and not self.is_making_contact and self._take_place():
            yield longer_s
        self.is_over = True
        _standing.known_until = time.monotonic() + KNOWN_S

    def shorten(self) -> None:
        """Wait no longer than who finds no place: much of what this call has is gone already."""
        self._longer_s = 0.0

    def met_silence(self) -> None:
        """Note that the server does not answer at all."""
        self.is_over = True
        _standing.known_until = _standing.silent_until = time.monotonic() + KNOWN_S

    def end(self) -> None:
        """Give the place back with the end of the call; if it was heard, others need none to try."""
        if self._has_place:
            self._has_place = False
            _standing.places.release()
            if not self.is_over:
                _standing.known_until = _standing.silent_until = 0.0

    def _take_place(self) -> bool:
        self._has_place = self._has_place or _standing.places.acquire(blocking=False)
        return self._has_place


_present: ContextVar[Patience | None] = ContextVar("trainhub_patience", default=None)


def present() -> Patience | None:
    """Return the patience of the call that this thread answers; None where it answers none."""
    return _present.get()


def patiently(inner: Wsgi) -> Wsgi:
    """Return a layer in front of an application that gives each call its patience."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        patience = Patience()
        token = _present.set(patience)
        try:
            return inner(environ, start_response)
        finally:
            _present.reset(token)
            patience.end()

    return answer


class PatientPool(QueuePool):
    """Connections to a server; a call that asks for one is let to it first, and does not wait for long."""

    def connect(self) -> PoolProxiedConnection:
        """Hand out a connection whose other end has just answered."""
        patience = present()
        if patience is None:
            return super().connect()
        patience.come(writes=False)
        patience.is_making_contact = True
        try:
            return super().connect()
        finally:
            patience.is_making_contact = False
