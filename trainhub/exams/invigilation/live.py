"""The live boards of a process: each computed about once a second at most, whoever asks and however many.

Whoever asks while another thread computes gets what was true a moment ago; only where there is nothing yet
do a few wait. A desk therefore never holds a thread that an exam could use.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask import current_app

from trainhub.exams.invigilation.board import Board, BoardBuilder, RoomBoard
from trainhub.exams.sittings import Sitting
from trainhub.kernel.db import db, is_reading
from trainhub.kernel.errors import DomainError
from trainhub.kernel.i18n import _l

FRESH_S = 0.8
STALE_S = 0.9
"""A page asks again within 1.47 s: what it shows is at most 2.4 s old, and as much as an answer takes."""
WAIT_S = 1.0
WAITERS = 4
PATIENCE_S = 5.0
"""How long a page waits for the thread that computes; those behind it would wait for each other."""
FORGOTTEN_AFTER_S = 900.0

Rooms = frozenset[int] | None


class Shown(Protocol):
    """What a process computes for those who look on."""

    @property
    def read_at(self) -> float:
        """When the look at the database began that it rests on, by ``time.monotonic``."""
        ...

    def facts(self, rooms: Rooms = None) -> dict[str, Any]:
        """Return it as the script of a page reads it, with some rooms alone; None means all."""
        ...


class Builder(Protocol):
    """What computes it, from the tables of the present transaction."""

    def build(self) -> Shown:
        """Return it as it is now."""
        ...


class Busy(DomainError):
    """The board is being computed and there is no recent one; ask again in a second."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_l("The server is busy. Try again."))


@dataclass(frozen=True, slots=True)
class Page:
    """A board as it travels: the same bytes for every desk that sees the same rooms."""

    tag: str
    plain: bytes
    packed: bytes


def page_of(facts: dict[str, Any]) -> Page:
    """Return facts as they travel."""
    plain = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"'
    return Page(tag, plain, gzip.compress(plain, 5, mtime=0))


@dataclass(frozen=True, slots=True)
class Moment:
    """A board with when it was read and what has been written of it for those who asked."""

    shown: Shown
    read_at: float
    pages: dict[Rooms, Page] = field(default_factory=dict)

    @property
    def age(self) -> float:
        """How many seconds ago it was true: since before the database was read, however long that took."""
        return time.monotonic() - self.read_at

    def page(self, rooms: Rooms) -> Page:
        """Return some rooms as they travel, written once."""
        if rooms not in self.pages:
            self.pages[rooms] = page_of(self.shown.facts(rooms))
        return self.pages[rooms]


class Live:
    """Something that many look at, kept by a process: the board of a sitting, the rooms of a centre."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._computing = threading.Lock()
        self._waiting = threading.Semaphore(WAITERS)
        self._moment: Moment | None = None
        self.asked_at = time.monotonic()

    def moment(
        self, transaction: Callable[[], AbstractContextManager[Any]], fresh_s: float = FRESH_S
    ) -> Moment:
        """Return what there is to see as it was at most a moment ago.

        Args:
            transaction: makes the context in which the database is read, if it has to be.
            fresh_s: what is no older is not read again.

        Raises:
            Busy: another thread computes it for too long.
        """
        if moment := self.recent(fresh_s):
            return moment
        if self._computing.acquire(blocking=False):
            try:
                with transaction():
                    return self._compute()
            finally:
                self._computing.release()
        return self.recent(STALE_S) or self._wait()

    def recent(self, seconds: float) -> Moment | None:
        """Return what was true less than so many seconds ago; the database is not asked."""
        self.asked_at = time.monotonic()
        moment = self._moment
        return moment if moment is not None and moment.age < seconds else None

    def now(self) -> Any:
        """Return what there is to see as the caller's own reading transaction has it.

        It is not shared: the caller may have waited here, and others have seen a later state since their look
        began.

        Raises:
            Busy: another thread computes it for too long.
        """
        if not self._computing.acquire(timeout=PATIENCE_S):
            raise Busy
        try:
            return self._builder.build()
        finally:
            self._computing.release()

    def _wait(self) -> Moment:
        """Wait a little for the thread that computes, unless enough others do already."""
        if not self._waiting.acquire(blocking=False):
            raise Busy
        try:
            if not self._computing.acquire(timeout=WAIT_S):
                raise Busy
            self._computing.release()
        finally:
            self._waiting.release()
        if self._moment is None:
            raise Busy
        return self._moment

    def _compute(self) -> Moment:
        shown = self._builder.build()
        # Whose own look began earlier than the last one does not set the others back.
        if self._moment is None or shown.read_at >= self._moment.read_at:
            self._moment = Moment(shown, shown.read_at)
        return self._moment


_making = threading.Lock()


def live(key: Hashable, make: Callable[[], Builder]) -> Live:
    """Return what the present process keeps under a key; what nobody asks for any more is forgotten."""
    kept: dict[Hashable, Live] = current_app.extensions.setdefault("desk-live", {})
    found = kept.get(key)
    if found is None:
        with _making:
            old = time.monotonic() - FORGOTTEN_AFTER_S
            for known, each in list(kept.items()):
                if each.asked_at < old:
                    del kept[known]
            found = kept.setdefault(key, Live(make()))
    return found


def live_board(sitting_id: int) -> Live:
    """Return the present process's live board of a sitting."""
    return live(sitting_id, lambda: BoardBuilder(sitting_id))


def board_of(sitting: Sitting) -> Board:
    """Return a sitting's board as it is in the present transaction.

    A page that only looks shares what the process has counted; a deed, whose rows may yet be undone, counts
    by itself.
    """
    if is_reading():
        shared: Board = live_board(sitting.id).now()
        return shared
    db.session.flush()
    return BoardBuilder(sitting.id).build()


def boards_of(sitting: Sitting, rooms: Rooms = None) -> list[RoomBoard]:
    """Return a sitting's rooms as they are now; None means all of them."""
    return list(board_of(sitting).of(rooms).rooms)
