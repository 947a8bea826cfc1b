"""Kept files that no row names: a crash between a commit and the disk leaves them, a chore removes them.

A deed that fails takes its files back and one that deletes removes them after its commit; who is killed in
between does neither. What is left is removed once it is older than a day and two looks an hour apart have
found nobody who names it: no deed lasts as long, and a clock that is set cannot make a fresh file old twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from trainhub.kernel import storage
from trainhub.kernel.db import after_commit, db
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.logs import log

OLD_S = 24 * 3600
EVERY_S = 3600.0


class LeftFiles:
    """The files of one kind that somebody may have left behind.

    Args:
        suffix: of their names; no other kind has it.
        column: that names them.
        ever_kept: tells whether this database has ever kept such files: beside one that was set up anew the
            files of the old one are not swept away.
    """

    def __init__(
        self,
        suffix: str,
        column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
        ever_kept: Callable[[], bool],
    ) -> None:
        self._suffix = suffix
        self._column = column
        self._ever_kept = ever_kept
        self._looked_at: dict[str, float] = {}
        self._seen: dict[str, frozenset[str]] = {}

    @property
    def chore(self) -> Chore:
        """Looking for them and removing them, once an hour."""
        return Chore(f"files left behind, {self._suffix}", self.is_due, self.remove, self.look)

    def is_due(self) -> bool:
        """Tell whether the last look of this process is an hour old."""
        before = self._looked_at.get(storage.place())
        return before is None or time.monotonic() - before >= EVERY_S

    def look(self) -> frozenset[str]:
        """Return the files that are old, that no row names, and that the look before had found so, too."""
        place = storage.place()
        self._looked_at[place] = time.monotonic()
        names = set(db.session.scalars(select(self._column).where(self._column != "")))
        nobodys = [key for key in storage.keys(self._suffix) if key not in names]
        left = frozenset(storage.older_than(OLD_S, nobodys) if nobodys else ())
        before = self._seen.get(place, frozenset())
        self._seen[place] = left if left and self._ever_kept() else frozenset()
        return self._seen[place] & before

    def remove(self, left: Iterable[str]) -> int:
        """Remove what was found, unless a row names it by now; returns how many."""
        left = set(left)
        left -= set(db.session.scalars(select(self._column).where(self._column.in_(left))))
        for key in left:
            after_commit(partial(storage.remove, key))
        if left:
            log().info("files left behind removed", kind=self._suffix, number=len(left))
        return len(left)


def has_any(key: InstrumentedAttribute[Any]) -> Callable[[], bool]:
    """Return what tells whether a table whose rows stay has ever had one.

    Args:
        key: a column of it.
    """
    return lambda: db.session.scalar(select(key).limit(1)) is not None
