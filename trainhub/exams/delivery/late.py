"""Answers that arrived after the end: they count once the centre's rule or the invigilator says so.

They were given without network, the candidate says; the server knows only that the machine had a sign of it
before the end, how many answers follow it, and when they came.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from trainhub import ledger, regulations
from trainhub.exams.delivery.holding import SHORTEST_REASON, locked
from trainhub.exams.delivery.journal import LATE_ENDINGS, TAKES_LATE
from trainhub.exams.delivery.models import Attempt, LateState
from trainhub.exams.delivery.on_paper.settling import unsettled
from trainhub.exams.sittings import Obstacle, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _l, ngettext
from trainhub.people.models import Person


def late_of(sitting: Sitting) -> list[Attempt]:
    """Return the attempts of a sitting that have late answers, decided or not."""
    wanted = select(Attempt).where(Attempt.sitting_id == sitting.id, Attempt.late_state != LateState.NONE)
    return list(db.session.scalars(wanted.order_by(Attempt.id)))


def late_so_far(sitting: Sitting) -> dict[int, tuple[str, int]]:
    """Return how the late answers of a sitting stand: what was computed at another state of them is stale."""
    wanted = select(Attempt.id, Attempt.late_state, Attempt.late_sequence).where(
        Attempt.sitting_id == sitting.id, Attempt.late_state != LateState.NONE
    )
    return {each: (state, sequence) for each, state, sequence in db.session.execute(wanted)}


def take_nothing_late(sitting: Sitting) -> None:
    """Let nothing be taken or decided on late until this deed ends, and read the sitting as it is then.

    What was being taken or decided on is there by then; whoever comes meanwhile waits (``batch`` for what
    machines send), and finds what became of the sitting.
    """
    db.session.flush()
    db.session.refresh(sitting, with_for_update={"of": Sitting, "key_share": True})


def _read_when_settled(sitting: Sitting) -> None:
    db.session.refresh(sitting, with_for_update={"of": Sitting, "read": True})


def takes_late_answers(attempt: Attempt) -> bool:
    """Tell whether answers that a machine still holds of an attempt that has ended would be taken as late."""
    return (
        attempt.ending in LATE_ENDINGS
        and attempt.late_state in (LateState.NONE, LateState.PROVISIONAL)
        and attempt.sitting.state in TAKES_LATE
    )


def decide_late(attempt: Attempt, accept: bool, reason: str, *, by: Person) -> None:
    """Say whether late answers count.

    Raises:
        Invalid: no reason is given.
        Conflict: there are none, they are decided, or the sitting is marked.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    locked(attempt)
    _read_when_settled(attempt.sitting)
    if attempt.late_state != LateState.PROVISIONAL:
        raise Conflict(_l("There are no late answers to decide on."))
    if attempt.sitting.state not in TAKES_LATE:
        raise Conflict(_l("The sitting is marked; late answers can no longer be decided on."))
    _decide(attempt, LateState.CONFIRMED if accept else LateState.REFUSED, reason.strip(), by)


def _decide(attempt: Attempt, state: LateState, reason: str, by: Person | None) -> None:
    attempt.late_state = state
    attempt.late_reason = reason
    attempt.late_decided_at = clock.now()
    attempt.late_decided_by_id = None if by is None else by.id
    ledger.append(
        "attempt.late.decided",
        by=by,
        side="exam",
        attempt=attempt.code,
        answers=attempt.late_sequence - attempt.last_sequence,
        head=attempt.late_head,
        counts=state is LateState.CONFIRMED,
        reason=reason,
    )


def undecided(sitting: Sitting) -> list[Obstacle]:
    """Return what keeps a sitting from being marked: late answers and answer sheets that are not settled."""
    count = sum(attempt.late_state == LateState.PROVISIONAL for attempt in late_of(sitting))
    if not count:
        return unsettled(sitting)
    told = ngettext(
        "The late answers of %(num)s candidate wait for a decision at the desk.",
        "The late answers of %(num)s candidates wait for a decision at the desk.",
        count,
    )
    return [Obstacle(told), *unsettled(sitting)]


def _within_the_rule() -> list[Attempt]:
    """Return the attempts whose late answers the rule of the centre confirms: they came hardly late.

    The rule speaks when its time is over, once: what is still on its way until then belongs to the rest.
    """
    waiting = db.session.scalars(
        select(Attempt).where(Attempt.late_state == LateState.PROVISIONAL).order_by(Attempt.id)
    )
    return [attempt for attempt in waiting if _is_hardly_late(attempt)]


def _is_hardly_late(attempt: Attempt) -> bool:
    day = clock.local_day(attempt.sitting.starts_at)
    allowed = int(regulations.value("exam.late.confirmed_by_rule_seconds", on=day))
    if attempt.deadline is None or attempt.ended_at is None or attempt.late_received_at is None:
        return False
    # Where the sitting was closed before, that was the end: whoever went on unseen is no message on its way.
    until = min(attempt.deadline, attempt.ended_at) + timedelta(seconds=allowed)
    return attempt.late_received_at <= until < clock.now()


def confirm_by_rule() -> None:
    """Confirm the late answers that the rule of the centre confirms."""
    for attempt in _within_the_rule():
        locked(attempt)
        _read_when_settled(attempt.sitting)
        is_open = attempt.sitting.state in TAKES_LATE and attempt.late_state == LateState.PROVISIONAL
        if is_open and _is_hardly_late(attempt):
            _decide(attempt, LateState.CONFIRMED, "exam.late.confirmed_by_rule_seconds", None)


confirming = Chore("late answers that the rule confirms", lambda: bool(_within_the_rule()), confirm_by_rule)
