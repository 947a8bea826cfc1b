"""From the first question to the sealed journal: start, more time, hand-in, end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Select, func, select

from trainhub import ledger
from trainhub.exams.delivery.admission import SHORTEST_REASON, locked
from trainhub.exams.delivery.chain import first_link, seal_of
from trainhub.exams.delivery.form import draw_form, write_form
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending
from trainhub.exams.delivery.papers_opened import paper_of
from trainhub.exams.sittings import Obstacle, Sitting, SittingState, closing_checks
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.kernel.pages import local_time
from trainhub.people.models import Person

LONGEST_EXTENSION = timedelta(hours=4)
GRACE_OF_THE_PAGE = timedelta(seconds=20)


def start(attempt: Attempt) -> Attempt:
    """Begin: draw the candidate's form, open the paper, set the deadline; starting again changes nothing.

    Who begins after the end of late entry does not gain by it: their time runs from there.

    Raises:
        Conflict: the sitting is not open, has not begun, or the paper is handed in.
    """
    locked(attempt)
    if attempt.state == AttemptState.WORKING:
        return attempt
    sitting = attempt.sitting
    now = clock.now()
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    if sitting.state != SittingState.OPEN or now < sitting.starts_at:
        raise Conflict(_l("The exam has not begun yet."))
    paper = paper_of(sitting)
    questions = [(item.number, str(item.type), item.body.options) for item in paper.items]
    attempt.form = write_form(draw_form(questions, random.SystemRandom()))
    attempt.paper_code = sitting.paper_code
    attempt.head = first_link(attempt.code, sitting.code, sitting.paper_code or "", attempt.form)
    attempt.state = AttemptState.WORKING
    attempt.started_at = attempt.last_seen_at = now
    begins = min(now, sitting.entry_until)
    attempt.deadline = begins + timedelta(minutes=sitting.minutes, seconds=attempt.extra_seconds)
    ledger.append(
        "attempt.started",
        by=None,
        side="exam",
        attempt=attempt.code,
        sitting=sitting.code,
        deadline=attempt.deadline,
        first_link=attempt.head,
    )
    return attempt


def extend(attempt: Attempt, minutes: int, reason: str, *, by: Person) -> None:
    """Give one candidate more time, before or during the exam.

    Raises:
        Invalid: no whole minutes between 1 and 240, or no reason.
        Conflict: the paper has been handed in.
    """
    span = timedelta(minutes=minutes)
    if not timedelta(0) < span <= LONGEST_EXTENSION:
        raise Invalid(_l("Extra time is 1 to 240 minutes."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    locked(attempt)
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    attempt.extra_seconds += minutes * 60
    if attempt.deadline is not None:
        attempt.deadline += span
    ledger.append(
        "attempt.extended", by=by, side="exam", attempt=attempt.code, minutes=minutes, reason=reason.strip()
    )


def hand_in(attempt: Attempt, last_sequence: int | None = None) -> Attempt:
    """Hand in for the candidate and seal the journal; handing in again gives the same receipt.

    Args:
        attempt: whose.
        last_sequence: number of the last change that the page made; the seal waits until it has arrived.

    Raises:
        Conflict: not begun, changes are still on their way, or it is too early to hand in.
    """
    locked(attempt)
    if attempt.state == AttemptState.HANDED_IN:
        return attempt
    if attempt.state != AttemptState.WORKING or attempt.deadline is None:
        raise Conflict(_l("The exam has not begun for you yet."))
    over = clock.now() >= attempt.deadline
    if not over:
        if last_sequence is not None and last_sequence != attempt.last_sequence:
            raise Conflict(_l("Some answers have not arrived yet. They are sent first."))
        _require_late_enough(attempt)
    return _seal(attempt, Ending.DEADLINE if over else Ending.CANDIDATE, by=None)


def earliest_hand_in(sitting: Sitting) -> timedelta:
    """Return how long after the sitting's beginning the first may hand in."""
    return timedelta(minutes=sitting.early_hand_in_minutes)


def _require_late_enough(attempt: Attempt) -> None:
    sitting = attempt.sitting
    allowed_from = sitting.starts_at + earliest_hand_in(sitting)
    if clock.now() < allowed_from:
        raise Conflict(_("You may hand in from %(time)s on.", time=local_time(allowed_from)))


def end_for_misconduct(attempt: Attempt, *, by: Person) -> Attempt:
    """End an attempt for misconduct; the desk's record says why and who saw it.

    Raises:
        Conflict: the paper has been handed in.
    """
    locked(attempt)
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    return _seal(attempt, Ending.MISCONDUCT, by=by)


def close_overdue(sitting: Sitting) -> int:
    """Seal the attempts of a sitting whose time is over; returns how many."""
    overdue = select(Attempt).where(
        Attempt.sitting_id == sitting.id,
        Attempt.state == AttemptState.WORKING,
        Attempt.deadline < clock.now(),
    )
    return _seal_all(overdue, Ending.DEADLINE, by=None)


def close_overdue_everywhere() -> int:
    """Seal attempts of any sitting that are overdue by more than what a page needs to hand in by itself."""
    overdue = select(Attempt).where(
        Attempt.state == AttemptState.WORKING, Attempt.deadline < clock.now() - GRACE_OF_THE_PAGE
    )
    return _seal_all(overdue, Ending.DEADLINE, by=None)


def close_all(sitting: Sitting, *, by: Person) -> int:
    """Seal what is still open when a sitting closes: overdue, working, or admitted and never begun."""
    overdue = close_overdue(sitting)
    rest = select(Attempt).where(Attempt.sitting_id == sitting.id, Attempt.state != AttemptState.HANDED_IN)
    return overdue + _seal_all(rest, Ending.SITTING_CLOSED, by=by)


def _seal_all(statement: Select[Attempt], ending: Ending, *, by: Person | None) -> int:
    attempts = db.session.scalars(
        statement.order_by(Attempt.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    for attempt in attempts:
        _seal(attempt, ending, by=by)
    return len(attempts)


def _seal(attempt: Attempt, ending: Ending, *, by: Person | None) -> Attempt:
    """Close the journal: its hash goes into the ledger, and the receipt lets the candidate check it later."""
    attempt.state = AttemptState.HANDED_IN
    attempt.ended_at = clock.now()
    attempt.ending = ending
    attempt.receipt = "-".join(readable_code(4) for _part in range(3))
    attempt.seal = seal_of(attempt.code, attempt.last_sequence, attempt.head, attempt.ended_at, ending.value)
    entry = ledger.append(
        "attempt.handed_in",
        by=by,
        side="exam",
        attempt=attempt.code,
        ending=ending,
        entries=attempt.last_sequence,
        head=attempt.head,
        seal=attempt.seal,
    )
    attempt.ledger_leaf = entry.leaf_hash
    return attempt


def _papers_still_open(sitting: Sitting) -> Iterator[Obstacle]:
    statement = select(func.count()).where(
        Attempt.sitting_id == sitting.id, Attempt.state != AttemptState.HANDED_IN
    )
    count = db.session.scalar(statement)
    if count:
        yield Obstacle(
            _("%(count)s papers have not been handed in; close the sitting at the desk.", count=count)
        )


closing_checks.append(_papers_still_open)
