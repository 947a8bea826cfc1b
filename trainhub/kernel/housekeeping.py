"""Chores of a serving process: rooms say what to look after, one thread does it every few seconds.

It also gives back memory that nobody uses any more.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask

from trainhub.kernel.alone import alone
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.logs import log
from trainhub.kernel.memory import GivingBack

EVERY_S = 5.0
PATIENCE_S = 2.5
"""Half a round: two processes that began together do dear chores one after the other, and both do them."""


@dataclass(frozen=True)
class Chore:
    """Something to look after (例行事务).

    Args:
        name: for the log.
        is_due: tells by reading alone whether there is anything to do, so that idling never writes.
        do: does it, in a transaction of its own.
        prepare: reads and computes what ``do`` is then given, so that writers do not wait meanwhile. That is
            dear, so one process at a time does it, and the next goes on from where it came to.
    """

    name: str
    is_due: Callable[[], bool]
    do: Callable[..., object]
    prepare: Callable[[], Any] | None = None

    def ready(self) -> Callable[[], object]:
        """Prepare what can be prepared by reading; returns what then does the rest."""
        return self.do if self.prepare is None else partial(self.do, self.prepare())

    def run(self) -> None:
        """Do it if it is due, and if no other process keeps on preparing it."""
        with reading():
            if not self.is_due():
                return
        if self.prepare is None:
            with transaction():
                self.do()
            return
        with alone(db.engine, self.name, PATIENCE_S) as is_mine:
            if not is_mine:
                return
            with reading():
                work = self.ready()
            with transaction():
                work()


class Housekeeper(threading.Thread):
    """The thread that does the chores; it dies with its process and can be killed at any moment.

    Args:
        app: whose chores.
        every_s: seconds between two rounds.
    """

    def __init__(self, app: Flask, every_s: float = EVERY_S) -> None:
        super().__init__(name="housekeeping", daemon=True)
        self._app = app
        self._every_s = every_s
        self._stopped = threading.Event()

    def run(self) -> None:
        """Do the chores until stopped, spread over the time of a round: all at once, answers would wait."""
        chores = self._app.extensions["chores"]
        give_back_memory = GivingBack()
        pause_s = self._every_s / max(1, len(chores))
        for chore in itertools.cycle(chores):
            if self._stopped.wait(pause_s):
                return
            self._do(chore)
            give_back_memory()

    def stop(self) -> None:
        """End after the present chore."""
        self._stopped.set()

    def round(self) -> None:
        """Do once whatever is due."""
        for chore in self._app.extensions["chores"]:
            self._do(chore)

    def _do(self, chore: Chore) -> None:
        """Do a chore; one that fails is logged and tried again next time."""
        with self._app.app_context():
            try:
                chore.run()
            except Exception as problem:
                log().error("chore failed", chore=chore.name, exc_info=problem)
            finally:
                db.session.remove()
