"""Late answers at the desk: what the server knows of them, and whether they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from trainhub.exams import delivery
from trainhub.exams.delivery import Attempt, LateState
from trainhub.exams.delivery.models import LateResponse
from trainhub.exams.invigilation.many import Outcome, for_each
from trainhub.exams.sittings import Candidate, Sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person


@dataclass(frozen=True)
class LateAnswers:
    """What the server knows of answers that arrived after the end (迟到作答).

    Args:
        attempt: whose.
        last_sign_at: when the machine last had a sign of the server before they were given.
        positions: the questions that they concern, as the candidate saw them.
        answers: how many changes there are.
    """

    attempt: Attempt
    last_sign_at: datetime | None
    positions: Sequence[int]
    answers: int

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.attempt.late_state == LateState.PROVISIONAL

    @property
    def late_by(self) -> timedelta | None:
        """How long after the candidate's end they arrived."""
        if self.attempt.late_received_at is None or self.attempt.deadline is None:
            return None
        return self.attempt.late_received_at - self.attempt.deadline


def late_answers(sitting: Sitting, rooms: frozenset[int] | None = None) -> list[LateAnswers]:
    """Return the late answers of a sitting, or of some of its rooms, the undecided first."""
    attempts = [
        each for each in delivery.late_of(sitting) if rooms is None or each.candidate.sitting_room_id in rooms
    ]
    ids = [attempt.id for attempt in attempts]
    positions: dict[int, list[int]] = {}
    asked = select(LateResponse.attempt_id, LateResponse.position).where(LateResponse.attempt_id.in_(ids))
    for attempt_id, position in db.session.execute(asked.distinct().order_by(LateResponse.position)):
        positions.setdefault(attempt_id, []).append(position)
    signs = (
        select(LateResponse.attempt_id, func.min(LateResponse.beacon_at), func.count())
        .where(LateResponse.attempt_id.in_(ids))
        .group_by(LateResponse.attempt_id)
    )
    known = {attempt_id: (sign, count) for attempt_id, sign, count in db.session.execute(signs)}
    found = [
        LateAnswers(each, known[each.id][0], positions[each.id], known[each.id][1])
        for each in attempts
        if each.id in known
    ]
    return sorted(found, key=lambda each: not each.is_open)


def number_undecided(sitting: Sitting) -> int:
    """Return of how many candidates late answers are to be decided."""
    counted = select(func.count()).where(
        Attempt.sitting_id == sitting.id, Attempt.late_state == LateState.PROVISIONAL
    )
    return db.session.scalar(counted) or 0


def decide(candidates: Sequence[Candidate], accept: bool, reason: str, *, by: Person) -> Outcome:
    """Decide on the late answers of one or many candidates."""

    def one(candidate: Candidate) -> None:
        attempt = delivery.attempt_of(candidate)
        if attempt is None:
            raise Conflict(_l("This candidate has not been checked in."))
        delivery.decide_late(attempt, accept, reason, by=by)

    return for_each(candidates, one)
