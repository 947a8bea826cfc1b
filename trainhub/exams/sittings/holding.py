"""Holding a sitting: what is decided by its state waits for whoever changes it, and then knows it."""

from __future__ import annotations

from trainhub.exams.sittings.models import Sitting
from trainhub.kernel.db import db, lock


def hold_sitting(sitting: Sitting, *, shared: bool = False) -> None:
    """Let deeds about a sitting wait for each other until this one ends, and read it as it is then.

    A deed read the sitting before it waited: on PostgreSQL another one may have opened, closed or moved it.

    Args:
        sitting: which.
        shared: beside others that hold it so, but beside nobody who holds it alone.
    """
    lock("sitting", sitting.code, shared=shared)
    db.session.flush()
    db.session.refresh(sitting)
