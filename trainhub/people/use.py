"""Use of sign-ins: a page only reads, so that it came is noted in memory, and a chore writes it down.

A sign-in ends by itself when nothing came from it for a while (``TRAINHUB_IDLE_MINUTES``). What a page asks
by itself counts as well, as long as somebody has it before them: a desk in a room, a film that runs.
"""

from __future__ import annotations

import threading
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy import select, update

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.housekeeping import Chore
from trainhub.people.models import SignIn

WRITTEN_EVERY = timedelta(minutes=1)
LOT = 500


class Used:
    """The sign-ins that a process saw used and has not written down yet."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._ids: set[int] = set()

    def add(self, sign_in_id: int) -> None:
        """Note one."""
        with self._changing:
            self._ids.add(sign_in_id)

    def take(self) -> list[int]:
        """Return those noted, in order, and begin anew."""
        with self._changing:
            taken, self._ids = self._ids, set()
        return sorted(taken)

    def __bool__(self) -> bool:
        return bool(self._ids)


def note_use(sign_in: SignIn) -> None:
    """Note that something came from a sign-in, unless that was written down just now."""
    if clock.now() - sign_in.used_at >= WRITTEN_EVERY:
        _used().add(sign_in.id)


def _is_any_noted() -> bool:
    return bool(_used())


def _write_down() -> None:
    """Write down which sign-ins were used; one that another process is changing is passed over this time.

    One that has ended meanwhile stays so.
    """
    ids, now = _used().take(), clock.now()
    lasts = (SignIn.used_at < now) & (SignIn.used_at > now - current_app.config["SETTINGS"].idle)
    for start in range(0, len(ids), LOT):
        lot = select(SignIn.id).where(SignIn.id.in_(ids[start : start + LOT]), lasts)
        free = db.session.scalars(lot.with_for_update(skip_locked=True)).all()
        db.session.execute(update(SignIn).where(SignIn.id.in_(free)).values(used_at=now))


def _used() -> Used:
    used: Used = current_app.extensions["used-sign-ins"]
    return used


def install(app: Flask) -> None:
    """Give an application the memory of what was used."""
    app.extensions["used-sign-ins"] = Used()


chore = Chore("use of sign-ins", _is_any_noted, _write_down)
