"""The server of the house with a clock that the run sets; if told so, broken in one of three ways.

    python -m tests.survival.serving serve --port P --workers W

Nothing of this is in the house: what is started is `trainhub serve`, and this module is around it.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian

from trainhub.cli import main, serving
from trainhub.exams.delivery import batch, writer
from trainhub.exams.delivery.batch import do_all
from trainhub.exams.delivery.models import Ending
from trainhub.exams.delivery.sheet import Sheet
from trainhub.kernel import clock
from trainhub.kernel.db import db

CLOCK_FILE = "SURVIVAL_CLOCK"
BROKEN = "SURVIVAL_BROKEN"
LOOKED_AT_S = 0.1
COMMITS_AFTER_S = 0.4
LOST_SHARE = 0.3


def application() -> Flask:
    """Return the application of a serving process, under the clock of the run."""
    if CLOCK_FILE in os.environ:
        threading.Thread(target=_follow, args=(Path(os.environ[CLOCK_FILE]),), daemon=True).start()
    if os.environ.get(BROKEN):
        WAYS_TO_BREAK[os.environ[BROKEN]]()
    return serving.application()


def _follow(file: Path) -> None:
    shown = 0
    while True:
        wanted = int(file.read_text())
        clock.move(timedelta(seconds=wanted - shown))
        shown = wanted
        time.sleep(LOOKED_AT_S)


def _acknowledge_then_commit(self: Any, waiting_room: list[Any]) -> None:
    with self._app.app_context(), db.engine.begin() as connection:
        outcomes = do_all([waiting.deed for waiting in waiting_room], connection, lambda: None)
        for waiting, outcome in zip(waiting_room, outcomes, strict=True):
            waiting.outcome = outcome
            waiting.done.release()
        time.sleep(COMMITS_AFTER_S)


def _acknowledge_early() -> None:
    writer.Writer._commit = _acknowledge_then_commit


def _lose_before_writing(lose: Callable[[list[Sheet]], None]) -> Callable[[], None]:
    """Break the writing of a batch: what was judged, and will be acknowledged, is not written."""

    def breaking() -> None:
        write = batch._write

        def losing(connection: Any, sheets: list[Sheet]) -> None:
            lose(sheets)
            write(connection, sheets)

        batch._write = losing

    return breaking


def _lose_hand_ins(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        if sheet.ending == Ending.CANDIDATE and sheet.closed and random.random() < LOST_SHARE:
            sheet.closed = None
            sheet.leaves = [leaf for leaf in sheet.leaves if leaf[0] != "attempt.handed_in"]


def _lose_the_last(sheets: list[Sheet]) -> None:
    answered = [sheet for sheet in sheets if sheet.fresh]
    if len(answered) > 1:
        answered[-1].fresh = []


WAYS_TO_BREAK: dict[str, Callable[[], None]] = {
    "early": _acknowledge_early,
    "hand-in": _lose_before_writing(_lose_hand_ins),
    "last": _lose_before_writing(_lose_the_last),
}
"""It acknowledges before the commit; it loses a hand-in; it drops the last answers of a batch."""


if __name__ == "__main__":
    serving.Granian = lambda _target, **how: Granian("tests.survival.serving:application", **how)
    main()
