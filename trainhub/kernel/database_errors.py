"""What an error of the database means for who asked: to come again, or that something is wrong."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_OUT_OF_REACH = ("08", "53", "57", "55P03")
"""Of PostgreSQL's errors: connection, resources, an operator, and a lock not had in time (PostgreSQL 15,
appendix A)."""
_UNDONE = ("40",)
"""Rolled back because of what others did at the same time."""
_SQLITE_BUSY = ("database is locked", "database or disk is full", "disk i/o error", "unable to open database")


def is_unreachable(error: DBAPIError) -> bool:
    """Tell whether the database cannot answer just now; the same asked again may well succeed."""
    is_making_contact = error.statement is None and isinstance(error, OperationalError)
    if error.connection_invalidated or is_making_contact:
        return True
    state = getattr(error.orig, "sqlstate", None)
    said = str(error.orig).lower()
    return bool(state and state.startswith(_OUT_OF_REACH)) or any(each in said for each in _SQLITE_BUSY)


def comes_right(error: Exception) -> bool:
    """Tell whether what failed so may well succeed when it is sent again, and nothing of it was kept."""
    if isinstance(error, PoolTimeout):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, DBAPIError) and (is_unreachable(error) or state.startswith(_UNDONE))
