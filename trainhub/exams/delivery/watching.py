"""Looking at journals after the fact for answers that enter themselves; an alarm waits for a person.

Never in the hot path: a chore of the serving process reads what is new and remembers how far it came. It
reads and judges first, then writes in one short transaction, so that no answer waits for it. An alarm changes
nothing but what the desk shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from trainhub import ledger
from trainhub.exams.delivery.alarms import AlarmKind, Finding
from trainhub.exams.delivery.holding import SHORTEST_REASON, rounds_of
from trainhub.exams.delivery.looking import SETTLES_AFTER, Looked, read_new
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import Alarm, AlarmState, WatchEvent, WatchMark
from trainhub.exams.delivery.noticing import LARGEST_NUMBER, EventKind
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person

AT_ONCE = 8
LATEST_AFTER = timedelta(seconds=90)
AT_A_TIME = 300
MOST_EVIDENCE = 60
NOT_DECIDED = (AlarmState.OPEN, AlarmState.SEEN)


def _due() -> Select[Attempt]:
    """Attempts of open sittings with many new rows, or with some that have waited long enough."""
    new_rows = Attempt.last_sequence - func.coalesce(WatchMark.sequence, 0)
    at_once = (EventKind.UNTRUSTED.value, EventKind.ANSWER_REFUSED.value)
    pressed = (
        select(WatchEvent.id)
        .where(WatchEvent.attempt_id == Attempt.id, WatchEvent.kind.in_(at_once))
        .where(WatchEvent.id > func.coalesce(WatchMark.event_id, 0))
        .exists()
    )
    never = WatchMark.looked_at.is_(None)
    settled = clock.now() - SETTLES_AFTER
    waited = or_(never, WatchMark.looked_at < clock.now() - LATEST_AFTER)
    return (
        select(Attempt)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .outerjoin(WatchMark, WatchMark.attempt_id == Attempt.id)
        .where(Sitting.state == SittingState.OPEN, Attempt.started_at.is_not(None))
        .where(or_(never, WatchMark.looked_at < settled, Attempt.last_response_at < settled))
        .where(or_(new_rows >= AT_ONCE, pressed, (new_rows > 0) & waited))
        .order_by(WatchMark.looked_at.asc().nulls_first(), Attempt.id)
        .limit(AT_A_TIME)
    )


def is_due() -> bool:
    """Tell whether there is anything new to look at."""
    return db.session.scalar(_due().limit(1)) is not None


def look_ahead() -> list[Looked]:
    """Read what is new in the attempts that are due and judge it; nothing is written, no writer waits."""
    return read_new(db.session.scalars(_due()).all())


def look_at_what_is_new() -> list[Alarm]:
    """Look at the attempts that are due, once; returns the alarms that it raised."""
    return keep(look_ahead())


def look_at(attempt: Attempt) -> list[Alarm]:
    """Read what is new in one attempt's journal and raise what the rules find."""
    return keep(read_new([attempt]))


def keep(looked: Sequence[Looked]) -> list[Alarm]:
    """Remember how far the looks came, and raise what they found; returns the alarms.

    Another process may have looked meanwhile: then its look counts, and this one is dropped.
    """
    lock("watching", "journals")
    ids = [each.attempt_id for each in looked]
    wanted = select(WatchMark).where(WatchMark.attempt_id.in_(ids)).execution_options(populate_existing=True)
    marks = {mark.attempt_id: mark for mark in db.session.scalars(wanted)}
    alarms: list[Alarm] = []
    for each in looked:
        mark = marks.get(each.attempt_id) or WatchMark(attempt_id=each.attempt_id, sequence=0, event_id=0)
        if (mark.sequence, mark.event_id) != each.before:
            continue
        mark.sequence, mark.event_id, mark.kept = each.look.sequence, each.look.event, each.look.write()
        mark.looked_at = clock.now()
        db.session.add(mark)
        alarms += [_raise(each.attempt_id, finding) for finding in each.findings]
    db.session.flush()
    return alarms


def _raise(attempt_id: int, finding: Finding) -> Alarm:
    """Raise an alarm, or add to the one of this kind that nobody has decided yet."""
    wanted = select(Alarm).where(
        Alarm.attempt_id == attempt_id, Alarm.kind == finding.kind, Alarm.state.in_(NOT_DECIDED)
    )
    alarm = db.session.scalar(wanted)
    if alarm is not None:
        alarm.times += 1
        alarm.until_sequence = finding.until_sequence
        # What came first stays, and what came last is always there: a decision covers all up to it.
        newest = finding.evidence[-MOST_EVIDENCE:]
        alarm.evidence = [*alarm.evidence[: MOST_EVIDENCE - len(newest)], *newest]
        return alarm
    alarm = Alarm(
        attempt_id=attempt_id,
        kind=finding.kind.value,
        until_sequence=finding.until_sequence,
        evidence=finding.evidence[-MOST_EVIDENCE:],
    )
    db.session.add(alarm)
    db.session.flush()
    _record("alarm.raised", alarm, by=None, about=finding.kind, until=finding.until_sequence)
    return alarm


def alarms_of(attempt: Attempt) -> list[Alarm]:
    """Return the alarms of an attempt, and of the candidate's rounds before it, the newest first."""
    wanted = select(Alarm).where(Alarm.attempt_id.in_(rounds_of(attempt)))
    return list(db.session.scalars(wanted.order_by(Alarm.id.desc())))


def alarms_in(sitting: Sitting) -> list[Alarm]:
    """Return a sitting's alarms, undecided ones first, the newest of each first."""
    wanted = select(Alarm).join(Attempt, Attempt.id == Alarm.attempt_id)
    rows = db.session.scalars(wanted.where(Attempt.sitting_id == sitting.id).order_by(Alarm.id.desc()))
    return sorted(rows, key=lambda alarm: alarm.state not in NOT_DECIDED)


def get_alarm(sitting: Sitting, code: str) -> Alarm:
    """Return an alarm of a sitting.

    Raises:
        NotFound: there is none here.
    """
    wanted = select(Alarm).join(Attempt, Attempt.id == Alarm.attempt_id)
    found = db.session.scalar(wanted.where(Attempt.sitting_id == sitting.id, Alarm.code == code))
    if found is None:
        raise NotFound(_l("There is no such alarm in this sitting."))
    return found


def not_dealt_with(connection: Connection, attempt_id: int) -> Iterator[tuple[int, str]]:
    """Return the answers of an attempt that could not be taken and that nobody at the desk has dealt with.

    Args:
        connection: to read with.
        attempt_id: whose.

    Yields:
        The question, and what was sent, as far as it is kept.
    """
    events, alarms = WatchEvent.__table__.c, Alarm.__table__.c
    refused = select(events.id, events.detail).where(
        events.attempt_id == attempt_id, events.number > LARGEST_NUMBER
    )
    found = connection.execute(refused.order_by(events.id)).all()
    if not found:
        return
    decided = select(alarms.evidence).where(
        alarms.attempt_id == attempt_id, alarms.kind == AlarmKind.REFUSED, alarms.state.not_in(NOT_DECIDED)
    )
    dealt_with = max(
        (each["event"] for evidence in connection.scalars(decided) for each in evidence), default=0
    )
    for number, detail in found:
        if number > dealt_with and "position" in detail:
            yield detail["position"], detail.get("said", "")


def mark_seen(alarm: Alarm, *, by: Person) -> None:
    """Say that somebody looks after an alarm; it stays on the desk.

    Raises:
        Conflict: it is decided already.
    """
    _decide(alarm, AlarmState.SEEN, "", by)


def dismiss(alarm: Alarm, reason: str, *, by: Person) -> None:
    """Say that there is nothing in an alarm; the same kind may be raised again by later answers.

    Raises:
        Invalid: no reason is given.
        Conflict: it is decided already.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    _decide(alarm, AlarmState.DISMISSED, reason, by)


def note_frozen(alarm: Alarm, reason: str, *, by: Person) -> None:
    """Say that the seat was frozen on an alarm.

    Raises:
        Conflict: it is decided already.
    """
    _decide(alarm, AlarmState.FROZEN, reason, by)


def _decide(alarm: Alarm, state: AlarmState, reason: str, by: Person) -> None:
    db.session.flush()
    db.session.refresh(alarm, with_for_update=True)
    if alarm.state not in NOT_DECIDED:
        raise Conflict(_l("Somebody has decided about this alarm already."))
    alarm.state, alarm.reason, alarm.by_id, alarm.at = state, reason.strip(), by.id, clock.now()
    _record(f"alarm.{state}", alarm, by=by, reason=alarm.reason)


def _record(kind: str, alarm: Alarm, *, by: Person | None, **facts: Any) -> None:
    ledger.append(kind, by=by, side="exam", alarm=alarm.code, attempt=_code_of(alarm), **facts)


def _code_of(alarm: Alarm) -> str:
    return db.session.get_one(Attempt, alarm.attempt_id).code


LOOKING = Chore("journals looked at", is_due, keep, prepare=look_ahead)
