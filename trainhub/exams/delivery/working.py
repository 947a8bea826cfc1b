"""From the first question to the sealed journal, as the house itself does it: start, more time, hand-in, end.

What a machine asks for passes through ``gate``; the rules of both are those of ``deeds``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from trainhub import ledger
from trainhub.exams.delivery.batch import Deed, do_to
from trainhub.exams.delivery.deeds import Begin, Close, HandIn
from trainhub.exams.delivery.forms_prepared import prepare
from trainhub.exams.delivery.holding import SHORTEST_REASON, held, locked
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending, Halt, HaltKind
from trainhub.exams.sittings import Candidate, Obstacle, Sitting, SittingRoom, closing_checks
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, DomainError, Invalid
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _l, ngettext
from trainhub.people.models import Person

LONGEST_EXTENSION = timedelta(hours=4)
GRACE_OF_THE_PAGE = timedelta(seconds=20)
SWEPT_AT_ONCE = 500


def start(attempt: Attempt) -> Attempt:
    """Begin: draw the candidate's form, open the paper, set the deadline; starting again changes nothing.

    Raises:
        Conflict: the sitting is not open, has not begun, stands still, or the paper is handed in.
    """
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    if attempt.started_at is None and clock.now() >= attempt.sitting.starts_at:
        prepare(attempt.paper_code or attempt.sitting.paper_code, attempt.sitting.code)
    return _do(attempt, Begin(None))


def hand_in(attempt: Attempt, last_sequence: int | None = None) -> Attempt:
    """Hand in for the candidate and seal the journal; handing in again gives the same receipt.

    Args:
        attempt: whose.
        last_sequence: number of the last change that the page made; the seal waits until it has arrived.

    Raises:
        Conflict: not begun, changes are still on their way, or it is too early to hand in.
    """
    return _do(attempt, HandIn(None, last_sequence))


def end_for_misconduct(attempt: Attempt, *, by: Person) -> Attempt:
    """End an attempt for misconduct; the desk's record says why and who saw it.

    Raises:
        Conflict: the paper has been handed in.
    """
    locked(attempt)
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    return _do(attempt, Close(Ending.MISCONDUCT, by.id))


def _do(attempt: Attempt, deed: Deed) -> Attempt:
    outcome = _do_all([attempt.id], deed)[0]
    db.session.refresh(attempt)
    if isinstance(outcome, DomainError):
        raise outcome
    return attempt


def _do_all(attempt_ids: Iterable[int], deed: Deed) -> list[object]:
    """Do a deed to attempts within the present transaction."""
    db.session.flush()
    return do_to(db.session.connection(), attempt_ids, deed)


def extend(attempt: Attempt, minutes: int, reason: str, *, by: Person) -> None:
    """Give one candidate more time, before or during the exam.

    Raises:
        Invalid: no whole minutes between 1 and 240, or no reason.
        Conflict: the paper has been handed in.
    """
    span = _span(minutes, reason)
    locked(attempt)
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    _lengthen(attempt, span)
    ledger.append(
        "attempt.extended", by=by, side="exam", attempt=attempt.code, minutes=minutes, reason=reason.strip()
    )


def extend_many(
    sitting: Sitting,
    minutes: int,
    reason: str,
    *,
    room: SittingRoom | None = None,
    candidates: Sequence[Candidate] | None = None,
    by: Person,
) -> list[Attempt]:
    """Give everybody of a sitting, a room or a list more time who has not handed in; returns whose it was.

    Raises:
        Invalid: no whole minutes between 1 and 240, or no reason.
    """
    span = _span(minutes, reason)
    attempts = held(unfinished(sitting, room, candidates))
    for attempt in attempts:
        _lengthen(attempt, span)
    ledger.append(
        "attempts.extended",
        by=by,
        side="exam",
        sitting=sitting.code,
        room=None if room is None else room.exam_room.code,
        attempts=[attempt.code for attempt in attempts],
        minutes=minutes,
        reason=reason.strip(),
    )
    return attempts


def _span(minutes: int, reason: str) -> timedelta:
    span = timedelta(minutes=minutes)
    if not timedelta(0) < span <= LONGEST_EXTENSION:
        raise Invalid(_l("Extra time is 1 to 240 minutes."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    return span


def _lengthen(attempt: Attempt, span: timedelta) -> None:
    attempt.extra_seconds += int(span.total_seconds())
    if attempt.deadline is not None:
        attempt.deadline += span


def unfinished(
    sitting: Sitting, room: SittingRoom | None = None, candidates: Sequence[Candidate] | None = None
) -> Select[Attempt]:
    """Return the query of the attempts of a sitting, a room or a list that are not handed in."""
    db.session.flush()
    wanted = select(Attempt).where(Attempt.sitting_id == sitting.id, Attempt.state != AttemptState.HANDED_IN)
    if room is not None:
        wanted = wanted.join(Candidate, Candidate.id == Attempt.candidate_id).where(
            Candidate.sitting_room_id == room.id
        )
    if candidates is not None:
        wanted = wanted.where(Attempt.candidate_id.in_([candidate.id for candidate in candidates]))
    return wanted


def earliest_hand_in(sitting: Sitting) -> timedelta:
    """Return how long after the sitting's beginning the first may hand in."""
    return timedelta(minutes=sitting.early_hand_in_minutes)


def close_overdue(sitting: Sitting) -> int:
    """Seal the attempts of a sitting whose time is over; returns how many."""
    ids = db.session.scalars(_overdue(clock.now()).where(Attempt.sitting_id == sitting.id)).all()
    return _sealed(ids, Close(Ending.DEADLINE, None, overdue_before=clock.now()))


def close_overdue_everywhere() -> int:
    """Seal attempts of any sitting that are overdue by more than what a page needs to hand in by itself."""
    before = clock.now() - GRACE_OF_THE_PAGE
    ids = db.session.scalars(_overdue(before).limit(SWEPT_AT_ONCE)).all()
    return _sealed(ids, Close(Ending.DEADLINE, None, overdue_before=before))


def close_all(sitting: Sitting, *, by: Person) -> int:
    """Seal what is still open when a sitting closes: overdue, broken off, working, standing still, not begun.

    What was sat on paper is sealed when its answers are entered.
    """
    overdue = close_overdue(sitting)
    rest = unfinished(sitting).where(Attempt.on_paper.is_(False)).with_only_columns(Attempt.id)
    cut_off = db.session.scalars(rest.where(_is_broken_off())).all()
    broken_off = _sealed(cut_off, Close(Ending.BROKEN_OFF, by.id))
    others = db.session.scalars(rest).all()
    return overdue + broken_off + _sealed(others, Close(Ending.SITTING_CLOSED, by.id))


def _is_broken_off() -> ColumnElement[bool]:
    """Return the condition that the sitting or the room of an attempt was broken off and did not go on."""
    places = select(Candidate.sitting_room_id).where(Candidate.id == Attempt.candidate_id).scalar_subquery()
    return exists().where(
        Halt.sitting_id == Attempt.sitting_id,
        Halt.kind == HaltKind.SUSPENSION,
        Halt.ended_at.is_(None),
        Halt.candidate_id.is_(None),
        or_(Halt.sitting_room_id.is_(None), Halt.sitting_room_id == places),
    )


def _overdue(before: datetime) -> Select[int]:
    return select(Attempt.id).where(Attempt.state == AttemptState.WORKING, Attempt.deadline < before)


def _sealed(attempt_ids: Sequence[int], deed: Close) -> int:
    if not attempt_ids:
        return 0
    sealed = sum(bool(outcome) for outcome in _do_all(attempt_ids, deed))
    db.session.expire_all()
    return sealed


def _is_anybody_overdue() -> bool:
    return bool(db.session.scalar(select(_overdue(clock.now() - GRACE_OF_THE_PAGE).exists())))


sweeping = Chore("attempts whose time is over", _is_anybody_overdue, close_overdue_everywhere)


def _papers_still_open(sitting: Sitting) -> Iterator[Obstacle]:
    statement = select(func.count()).where(
        Attempt.sitting_id == sitting.id,
        Attempt.state != AttemptState.HANDED_IN,
        Attempt.on_paper.is_(False),
    )
    count = db.session.scalar(statement)
    if count:
        yield Obstacle(
            ngettext(
                "%(num)s paper has not been handed in; close the sitting at the desk.",
                "%(num)s papers have not been handed in; close the sitting at the desk.",
                count,
            )
        )


closing_checks.append(_papers_still_open)
