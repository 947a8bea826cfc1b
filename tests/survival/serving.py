"""The server of the house with a clock that the run sets; if told so, broken: it acknowledges too early.

    python -m tests.survival.serving serve --port P --workers W

Nothing of this is in the house: what is started is `trainhub serve`, and this module is around it.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian

from trainhub.cli import main, serving
from trainhub.exams.delivery import writer
from trainhub.exams.delivery.batch import do_all
from trainhub.kernel import clock
from trainhub.kernel.db import db

CLOCK_FILE = "SURVIVAL_CLOCK"
BROKEN = "SURVIVAL_BROKEN"
LOOKED_AT_S = 0.1
COMMITS_AFTER_S = 0.4


def application() -> Flask:
    """Return the application of a serving process, under the clock of the run."""
    if CLOCK_FILE in os.environ:
        threading.Thread(target=_follow, args=(Path(os.environ[CLOCK_FILE]),), daemon=True).start()
    if os.environ.get(BROKEN):
        writer.Writer._commit = _acknowledge_then_commit
    return serving.application()


def _follow(file: Path) -> None:
    shown = 0
    while True:
        wanted = int(file.read_text())
        clock.move(timedelta(seconds=wanted - shown))
        shown = wanted
        time.sleep(LOOKED_AT_S)


def _acknowledge_then_commit(self: Any, batch: list[Any]) -> None:
    with self._app.app_context(), db.engine.begin() as connection:
        outcomes = do_all([waiting.deed for waiting in batch], connection, lambda: None)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcome = outcome
            waiting.done.release()
        time.sleep(COMMITS_AFTER_S)


if __name__ == "__main__":
    serving.Granian = lambda _target, **how: Granian("tests.survival.serving:application", **how)
    main()
