"""A connection to PostgreSQL on which a call does not wait for ever for the server to say something."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import CancellationTimeout, ConnectionTimeout, _WaitTimeout

from trainhub.kernel.patience import Patience, present

RV = TypeVar("RV")

BREAKS_OFF_S = 1.0
"""How long the server has to hear that an answer is not wanted any more, and how long to say so."""
CONNECTS_S = 3
SILENT = "the server does not answer"


class Listening(psycopg.Connection[Any]):
    """A connection that gives up with the patience of the call that listens on it."""

    def wait(self, gen: PQGen[RV], *args: Any, **kwargs: Any) -> RV:
        """Wait for what the server says.

        Raises:
            OperationalError: it takes too long; what was asked was broken off, or the connection closed.
        """
        patience = present()
        if patience is None or args or kwargs:
            return super().wait(gen, *args, **kwargs)
        for seconds in patience.spells():
            try:
                return super().wait(gen, timeout=seconds)
            except _WaitTimeout:
                continue
        return self._break_off(gen, patience)

    def _break_off(self, gen: PQGen[RV], patience: Patience) -> RV:
        """Have the server end what it does, so that it does not wait on and keep others waiting."""
        if not patience.is_making_contact:
            try:
                self.cancel_safe(timeout=BREAKS_OFF_S)
                return super().wait(gen, timeout=BREAKS_OFF_S)
            except (CancellationTimeout, _WaitTimeout):
                pass
        patience.met_silence()
        self.pgconn.finish()
        raise psycopg.OperationalError(SILENT)


def listen(_dialect: Any, _record: Any, arguments: Any, named: Any) -> Listening:
    """Make such a connection, where SQLAlchemy would make any; for a call that gave up on one, no other."""
    patience = present()
    if patience is not None and patience.is_over:
        raise psycopg.OperationalError(SILENT)
    try:
        return Listening.connect(*arguments, **{"connect_timeout": CONNECTS_S} | named)
    except ConnectionTimeout:
        if patience is not None:
            patience.met_silence()
        raise
