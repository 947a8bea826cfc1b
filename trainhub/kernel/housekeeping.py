"""Chores of a serving process: rooms say what to look after, one thread does it every few seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask

from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.logs import log

EVERY_S = 5.0


@dataclass(frozen=True)
class Chore:
    """Something to look after (例行事务).

    Args:
        name: for the log.
        is_due: tells by reading alone whether there is anything to do, so that idling never writes.
        do: does it, in a transaction of its own.
        prepare: reads and computes what ``do`` is then given, so that writers do not wait meanwhile.
    """

    name: str
    is_due: Callable[[], bool]
    do: Callable[..., object]
    prepare: Callable[[], Any] | None = None

    def ready(self) -> Callable[[], object]:
        """Prepare what can be prepared by reading; returns what then does the rest."""
        return self.do if self.prepare is None else partial(self.do, self.prepare())


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
        """Do the chores until stopped."""
        while not self._stopped.wait(self._every_s):
            self.round()

    def stop(self) -> None:
        """End after the present round."""
        self._stopped.set()

    def round(self) -> None:
        """Do once whatever is due; a chore that fails is logged and tried again next time."""
        for chore in self._app.extensions["chores"]:
            with self._app.app_context():
                try:
                    with reading():
                        work = chore.ready() if chore.is_due() else None
                    if work is not None:
                        with transaction():
                            work()
                except Exception as problem:
                    log().error("chore failed", chore=chore.name, exc_info=problem)
                finally:
                    db.session.remove()
