"""Where attempts sit, as a process remembers it: asked on every call of a candidate."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import bindparam, func, select

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sittings.models import Candidate, Sitting, SittingRoom
from trainhub.kernel.db import glancing
from trainhub.kernel.many import Reading

KEPT_S = 60.0
UNKNOWN_KEPT_S = 5.0
"""Who is not known yet may be in a moment."""
BLOCK = 256
"""Neighbours by number whose places are read with the one asked for: they will ask in the same minute."""
WAITS_FOR_NEIGHBOUR_S = 1.0
"""How long a call waits for another that reads; then it asks the database itself."""
MOST_KEPT = 50_000

Whose = tuple[str, str]
"""``code`` and the code of an attempt, or ``token_hash`` and that of its machine."""

_columns = Attempt.__table__.c
_BLOCKS = {
    name: select(_columns.id // BLOCK).where(_columns[name] == bindparam("value"))
    for name in ("code", "token_hash")
}
_PLACES = Reading(
    select(
        _columns.token_hash,
        _columns.code,
        _columns.sitting_id,
        SittingRoom.exam_room_id,
        Sitting.code,
        func.coalesce(_columns.paper_code, Sitting.paper_code),
        _columns.started_at.is_not(None),
        _columns.ended_at.is_not(None),
    )
    .join(Sitting, Sitting.id == _columns.sitting_id)
    .join(Candidate, Candidate.id == _columns.candidate_id)
    .outerjoin(SittingRoom, SittingRoom.id == Candidate.sitting_room_id)
    .where(_columns.id.between(bindparam("first"), bindparam("last")))
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt sits, and on which paper, as it was when this process read it."""

    attempt_code: str
    sitting_id: int
    room_id: int | None
    sitting_code: str
    paper_code: str | None
    has_begun: bool
    has_ended: bool


class _Places:
    """The places that a process remembers, each until it is asked for again."""

    def __init__(self) -> None:
        self._kept: dict[Whose, tuple[float, Place | None]] = {}
        self._guard = threading.Lock()
        self._reading = threading.Lock()

    def remembered(self, whose: Whose) -> tuple[bool, Place | None]:
        """Tell whether it is remembered where an attempt sits, and where; None where there is none."""
        until, place = self._kept.get(whose, (0.0, None))
        return until >= time.monotonic(), place

    def find(self, app: Flask, whose: Whose) -> Place | None:
        """Return where an attempt sits, read with its neighbours unless it is remembered."""
        is_known, place = self.remembered(whose)
        if is_known:
            return place
        # A room asks in the same instant: one reads for all, and the others find it.
        is_ours = self._reading.acquire(timeout=WAITS_FOR_NEIGHBOUR_S)
        try:
            is_known, place = self.remembered(whose)
            return place if is_known else self._read(app, whose)
        finally:
            if is_ours:
                self._reading.release()

    def _read(self, app: Flask, whose: Whose) -> Place | None:
        now = time.monotonic()
        found = _read_block(app, whose)
        news: dict[Whose, tuple[float, Place | None]] = {
            each: (now + KEPT_S, place) for each, place in found.items()
        }
        news.setdefault(whose, (now + UNKNOWN_KEPT_S, None))
        with self._guard:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept.update(news)
        return found.get(whose)


def _places(app: Flask) -> _Places:
    known: _Places | None = app.extensions.get("places")
    return known or app.extensions.setdefault("places", _Places())


def place_of(app: Flask, whose: Whose) -> Place | None:
    """Return where an attempt sits, as of the last minute; None where there is no such attempt."""
    return _places(app).find(app, whose)


def known_place(app: Flask, attempt_code: str) -> Place | None:
    """Return where an attempt sits if this process remembers it; the database is not asked."""
    is_known, place = _places(app).remembered(("code", attempt_code))
    return place if is_known else None


def is_at_work(app: Flask, token_hash: str) -> bool:
    """Tell whether a machine's token belongs to an attempt that has not ended, as of the last minute."""
    place = place_of(app, ("token_hash", token_hash))
    return place is not None and not place.has_ended


def forget_places(app: Flask) -> None:
    """Forget where everybody sits."""
    app.extensions.pop("places", None)


def _read_block(app: Flask, whose: Whose) -> Mapping[Whose, Place]:
    """Return where an attempt and its neighbours sit, by their codes and by the tokens of their machines."""
    column, value = whose
    found: dict[Whose, Place] = {}
    with app.app_context(), glancing() as connection:
        block = connection.scalar(_BLOCKS[column], {"value": value})
        if block is None:
            return found
        numbers = {"first": block * BLOCK, "last": (block + 1) * BLOCK - 1}
        for token_hash, *facts in _PLACES.rows(connection, numbers):
            place = Place(*facts)
            found["code", place.attempt_code] = place
            if token_hash is not None:
                # The form document is asked for by the token alone.
                found["token_hash", token_hash] = place
    return found
