"""Whether what a pass rests on still stands: the sign-in, and who is appointed to the sitting.

Each process reads both at most once a second, for all desks together.
"""

from __future__ import annotations

import hashlib
import threading
import time
from datetime import timedelta

from flask import Flask

from trainhub.exams.invigilation.passes import LASTS
from trainhub.exams.staffing import appointed_to
from trainhub.kernel import clock
from trainhub.kernel.db import reading
from trainhub.people.sign_in import ended_since, mark_of_sign_in

READ_EVERY_S = 1.0
SLACK = timedelta(seconds=30)
"""As far as the clocks of two servers may be apart."""


class EndedSignIns:
    """The sign-ins that ended while a pass may still be held, as a process knows them."""

    def __init__(self) -> None:
        self._reading = threading.Lock()
        self._read_at: float | None = None
        self._ended: frozenset[str] = frozenset()

    def has(self, sign_in: str) -> bool:
        """Tell whether a sign-in has ended, as it was at most about a second ago."""
        is_old = self._read_at is None or time.monotonic() - self._read_at >= READ_EVERY_S
        if is_old and self._reading.acquire(blocking=self._read_at is None):
            try:
                with reading():
                    self._ended = ended_since(clock.now() - LASTS - SLACK)
                self._read_at = time.monotonic()
            finally:
                self._reading.release()
        return mark_of_sign_in(sign_in) in self._ended


def has_ended(app: Flask, sign_in: str) -> bool:
    """Tell whether the sign-in that a pass is bound to was ended: signed out, or a duty withdrawn."""
    known: EndedSignIns = app.extensions.setdefault("desk-ended", EndedSignIns())
    return known.has(sign_in)


def staff_mark(sitting_id: int) -> str:
    """Return a mark of who is appointed to a sitting for what: another one as soon as that changes."""
    return hashlib.sha256(repr(appointed_to(sitting_id)).encode()).hexdigest()[:16]
