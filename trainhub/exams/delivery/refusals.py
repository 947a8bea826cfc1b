"""Machines that were turned away, kept for the desk: one row for an attempt and a cause."""

from __future__ import annotations

import time

from flask import current_app
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from trainhub.exams.delivery.forgetting import forgetting
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_of_surroundings import SurroundingsRefusal
from trainhub.exams.delivery.surroundings import Refusal
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock, transaction
from trainhub.kernel.logs import log

NOTED_EVERY_S = 10.0
MOST_KEPT = 10_000


def note(refusal: Refusal) -> None:
    """Keep that a machine was turned away; one that keeps on trying is written down every ten seconds.

    A deed of its own: call it when the deed that was refused has been rolled back.
    """
    noted: dict[tuple[str, str], float] = current_app.extensions.setdefault("refusals-noted", {})
    key = (refusal.attempt_code, refusal.cause)
    now = time.monotonic()
    if now - noted.get(key, -NOTED_EVERY_S) < NOTED_EVERY_S:
        return
    if len(noted) >= MOST_KEPT:
        noted.clear()
    noted[key] = now
    try:
        with transaction():
            _write(refusal)
    except SQLAlchemyError as problem:
        # Who is turned away is turned away, also when the database is too busy to write it down.
        log().error("refusal not kept", error=type(problem).__name__)


def _write(refusal: Refusal) -> None:
    lock("surroundings", refusal.attempt_code)
    attempt = db.session.execute(
        select(Attempt.id, Attempt.sitting_id).where(Attempt.code == refusal.attempt_code)
    ).one_or_none()
    if attempt is None:
        return
    own = (
        SurroundingsRefusal.attempt_id == attempt.id,
        SurroundingsRefusal.cause == refusal.cause,
    )
    seen = {"address": refusal.address[:60], "last_at": clock.now()}
    if db.session.scalar(select(SurroundingsRefusal.id).where(*own)):
        again = update(SurroundingsRefusal).where(*own)
        db.session.execute(again.values(times=SurroundingsRefusal.times + 1, **seen))
        return
    first = {"attempt_id": attempt.id, "sitting_id": attempt.sitting_id, "cause": refusal.cause}
    db.session.execute(insert(SurroundingsRefusal).values(**first, **seen, first_at=seen["last_at"]))


def refusals_of(sitting: Sitting) -> list[SurroundingsRefusal]:
    """Return the machines of a sitting that were turned away, the newest first, for the desk."""
    wanted = select(SurroundingsRefusal).where(SurroundingsRefusal.sitting_id == sitting.id)
    return list(db.session.scalars(wanted.order_by(SurroundingsRefusal.last_at.desc())))


_TIMES = (
    select(Attempt.candidate_id, func.sum(SurroundingsRefusal.times))
    .join(Attempt, Attempt.id == SurroundingsRefusal.attempt_id)
    .where(SurroundingsRefusal.sitting_id == bindparam("sitting_id"))
    .group_by(Attempt.candidate_id)
)


def times_turned_away(sitting_id: int) -> dict[int, int]:
    """Return how many times machines of a sitting's candidates were turned away, by the candidate's id."""
    found = db.session.execute(_TIMES, {"sitting_id": sitting_id})
    return {candidate_id: int(times) for candidate_id, times in found}


FORGETTING = forgetting(
    "refused machines deleted by rule", SurroundingsRefusal, SurroundingsRefusal.last_at, "refusals.deleted"
)
