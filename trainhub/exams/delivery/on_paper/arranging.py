"""Saying that a sitting, or one candidate of it, sits on paper: before it begins, and with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from trainhub import ledger
from trainhub.exams.delivery.holding import SHORTEST_REASON, held
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.models_on_paper import OnPaper
from trainhub.exams.sittings import Candidate, Sitting, SittingState, hold_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person

_BEFORE_THE_END = (SittingState.PLANNED, SittingState.ARRANGED, SittingState.OPEN)


def may_change(sitting: Sitting) -> bool:
    """Tell whether it can still be said how a sitting is sat: until it begins."""
    return sitting.state in _BEFORE_THE_END and clock.now() < sitting.starts_at


def arrangements_of(sitting: Sitting) -> list[OnPaper]:
    """Return what is in force of a sitting: one row for the whole of it, or one for each candidate."""
    wanted = select(OnPaper).where(OnPaper.sitting_id == sitting.id, OnPaper.lifted_at.is_(None))
    return list(db.session.scalars(wanted.order_by(OnPaper.candidate_id, OnPaper.id)))


def sits_on_paper(candidate: Candidate) -> bool:
    """Tell whether a candidate sits on paper."""
    wanted = select(OnPaper.id).where(
        OnPaper.sitting_id == candidate.sitting_id,
        OnPaper.lifted_at.is_(None),
        or_(OnPaper.candidate_id.is_(None), OnPaper.candidate_id == candidate.id),
    )
    return db.session.scalar(wanted.limit(1)) is not None


@dataclass(frozen=True)
class OnPaperIn:
    """Who of a sitting sits on paper: all of them, or some candidates by their row."""

    is_whole: bool
    candidates: frozenset[int]


def on_paper_in(sittings: Sequence[Sitting]) -> dict[int, OnPaperIn]:
    """Return by the row of the sitting who sits on paper; a sitting of which nobody does is left out."""
    wanted = select(OnPaper.sitting_id, OnPaper.candidate_id).where(
        OnPaper.sitting_id.in_([each.id for each in sittings]), OnPaper.lifted_at.is_(None)
    )
    found: dict[int, list[int | None]] = {}
    for sitting_id, candidate_id in db.session.execute(wanted):
        found.setdefault(sitting_id, []).append(candidate_id)
    return {
        each: OnPaperIn(None in rows, frozenset(row for row in rows if row is not None))
        for each, rows in found.items()
    }


def put_on_paper(sitting: Sitting, candidate: Candidate | None, reason: str, *, by: Person) -> OnPaper:
    """Let a whole sitting, or one candidate, sit on paper.

    Raises:
        Invalid: no reason is given.
        Conflict: the sitting has begun, or it was said before.
    """
    hold_sitting(sitting)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    _require_before(sitting)
    concerned = None if candidate is None else candidate.id
    if any(each.candidate_id in (None, concerned) for each in arrangements_of(sitting)):
        raise Conflict(_l("That is said already."))
    row = OnPaper(sitting_id=sitting.id, candidate_id=concerned, reason=reason.strip(), by_id=by.id)
    db.session.add(row)
    _apply(sitting, row, "sitting.on_paper", by)
    return row


def lift(sitting: Sitting, code: str, *, by: Person) -> None:
    """Take it back that somebody sits on paper.

    Raises:
        NotFound: nothing of the kind is in force here.
        Conflict: the sitting has begun.
    """
    hold_sitting(sitting)
    row = next((each for each in arrangements_of(sitting) if each.code == code), None)
    if row is None:
        raise NotFound(_l("Nothing of this sitting is arranged so."))
    _require_before(sitting)
    row.lifted_at, row.lifted_by_id = clock.now(), by.id
    _apply(sitting, row, "sitting.on_paper.lifted", by)


def _require_before(sitting: Sitting) -> None:
    if not may_change(sitting):
        raise Conflict(_l("Who sits on paper is said before the sitting begins."))


def _apply(sitting: Sitting, row: OnPaper, kind: str, by: Person) -> None:
    """Let those already let in follow, and put it on record; a machine of theirs can write no more."""
    db.session.flush()
    admitted = select(Attempt).where(
        Attempt.sitting_id == sitting.id, Attempt.state != AttemptState.HANDED_IN
    )
    if row.candidate_id is not None:
        admitted = admitted.where(Attempt.candidate_id == row.candidate_id)
    for attempt in held(admitted):
        attempt.on_paper = sits_on_paper(attempt.candidate)
        attempt.token_hash = None
    ledger.append(
        kind,
        by=by,
        side="exam",
        sitting=sitting.code,
        candidate=None if row.candidate is None else row.candidate.code,
        reason=row.reason,
    )
