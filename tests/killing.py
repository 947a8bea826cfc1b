"""A process that is killed in the middle of what it does to the database, at a statement that is chosen."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable

from flask import current_app
from sqlalchemy import event

from trainhub.kernel.db import db, known_to_deed


def killed_at(number: int, do: Callable[[], object]) -> bool:
    """Do something in a process of its own, which kills itself with -9 before a statement of its deeds.

    Args:
        number: which of all statements inside deeds, from 1; the last before a commit is no special one.
        do: what is done; whatever it leaves in memory is gone.

    Returns:
        Whether it was killed; False if it ended before it came so far.
    """
    db.session.remove()
    db.engine.dispose()
    # A file of SQLite that is open in two processes at once as one would be locked by neither.
    current_app.extensions["jobs"].storage.close()
    child = os.fork()
    if child == 0:
        _die_at(number)
        try:
            do()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "it failed by itself"
    return os.WIFSIGNALED(status)


def _die_at(number: int) -> None:
    left = [number]

    def count(*_of_the_statement: object) -> None:
        if known_to_deed() is not None:
            left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)
