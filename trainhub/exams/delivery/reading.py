"""Reading the journal: final responses for marking, progress for the desk, the check of a receipt."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, or_, select

from trainhub.exams.delivery.batch import change_of
from trainhub.exams.delivery.beacon import milliseconds
from trainhub.exams.delivery.chain import Answer, Change, first_link, last_link, seal_of
from trainhub.exams.delivery.form import Paperwise, in_the_paper, read_form
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending, LateResponse, LateState, Response
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.many import Reading
from trainhub.ledger import Entry

OFFLINE_AFTER = timedelta(seconds=60)
QUIET_AFTER = timedelta(minutes=5)
NOT_COUNTING = (Ending.REPLACED, Ending.SHEET_MISSING)
_COUNTING = or_(Attempt.ending.is_(None), Attempt.ending.not_in(NOT_COUNTING))


class Presence(StrEnum):
    """What the desk sees of a candidate who is let in."""

    CHECKED_IN = "checked_in"
    WORKING = "working"
    QUIET = "quiet"
    OFFLINE = "offline"
    PAUSED = "paused"
    HANDED_IN = "handed_in"


@dataclass(frozen=True)
class Progress:
    """How far one candidate is, as the desk sees it."""

    attempt: Attempt
    presence: Presence
    answered: int
    questions: int
    unseen_for: timedelta | None


def attempts_of(sitting: Sitting, *, candidates: Collection[int] | None = None) -> list[Attempt]:
    """Return a sitting's attempts that count, in the order of admission: the newest round of each.

    Args:
        sitting: whose.
        candidates: ids of some of its candidates; all unless given.
    """
    wanted = select(Attempt).where(Attempt.sitting_id == sitting.id, _COUNTING).order_by(Attempt.id)
    if candidates is not None:
        wanted = wanted.where(Attempt.candidate_id.in_(candidates))
    return list(db.session.scalars(wanted))


def papers_sat(sitting: Sitting) -> list[str]:
    """Return the codes of the papers that a sitting's attempts that count have, in order."""
    wanted = select(Attempt.paper_code).where(Attempt.sitting_id == sitting.id, _COUNTING).distinct()
    codes = {code or sitting.paper_code for code in db.session.scalars(wanted)}
    return sorted(each for each in codes if each)


def shown_responses(attempt: Attempt, *, late: bool = False) -> dict[int, tuple[Answer, bool]]:
    """Return the last response and flag by position, in the letters that the candidate saw.

    Args:
        attempt: whose.
        late: with what came late, whether it counts or not; else only what counts.
    """
    shown = newest_by_position(db.session.connection(), Response, attempt.id)
    if late or attempt.late_state == LateState.CONFIRMED:
        shown |= newest_by_position(db.session.connection(), LateResponse, attempt.id)
    return shown


def _answers_of(journal: type[Response | LateResponse]) -> Reading:
    columns = journal.__table__.c
    wanted = select(columns.sequence, columns.position, columns.response, columns.flagged)
    return Reading(wanted.where(columns.attempt_id == bindparam("attempt_id")))


_ANSWERS = {journal: _answers_of(journal) for journal in (Response, LateResponse)}


def newest_by_position(
    connection: Connection, journal: type[Response | LateResponse], attempt_id: int
) -> dict[int, tuple[Answer, bool]]:
    """Return the last response and flag of one journal by position."""
    rows = _ANSWERS[journal].rows(connection, {"attempt_id": attempt_id})
    in_order = sorted(tuple(row) for row in rows)
    return {position: (json.loads(response), flagged) for _number, position, response, flagged in in_order}


def final_responses(attempt: Attempt) -> dict[int, Paperwise]:
    """Return the answers that count, by the paper's question numbers and option keys; None is unanswered.

    Late answers are among them once they are confirmed.
    """
    return final_responses_of([attempt]).get(attempt.id, {})


def final_responses_of(attempts: Iterable[Attempt]) -> dict[int, dict[int, Paperwise]]:
    """Return the answers that count of many attempts at once, by their id; see ``final_responses``."""
    formed = {attempt.id: attempt for attempt in attempts if attempt.form is not None}
    late = [each.id for each in formed.values() if each.late_state == LateState.CONFIRMED]
    shown: dict[int, dict[int, Answer]] = {each: {} for each in formed}
    for journal, ids in ((Response, list(formed)), (LateResponse, late)):
        columns = journal.__table__.c
        for first in range(0, len(ids), 500):
            rows = db.session.execute(
                select(columns.attempt_id, columns.position, columns.response)
                .where(columns.attempt_id.in_(ids[first : first + 500]))
                .order_by(columns.attempt_id, columns.sequence)
            )
            for attempt_id, position, response in rows:
                shown[attempt_id][position] = json.loads(response)
    return {
        each: in_the_paper(read_form(attempt.form), shown[each])
        for each, attempt in formed.items()
        if attempt.form is not None
    }


def presence_of(attempt: Attempt, now: datetime) -> Presence:
    """Tell what the desk shows of an attempt at a moment."""
    if attempt.state == AttemptState.HANDED_IN:
        return Presence.HANDED_IN
    if attempt.state == AttemptState.PAUSED:
        return Presence.PAUSED
    if attempt.state == AttemptState.ADMITTED:
        return Presence.CHECKED_IN
    if attempt.last_seen_at is None or now - attempt.last_seen_at > OFFLINE_AFTER:
        return Presence.OFFLINE
    last = attempt.last_response_at or attempt.started_at or now
    return Presence.QUIET if now - last > QUIET_AFTER else Presence.WORKING


def progress_of(sitting: Sitting) -> list[Progress]:
    """Return how far each admitted candidate of a sitting is."""
    now = clock.now()
    attempts = attempts_of(sitting)
    answered = _answered([attempt.id for attempt in attempts])
    return [
        Progress(
            attempt=attempt,
            presence=presence_of(attempt, now),
            answered=answered.get(attempt.id, 0),
            questions=len(read_form(attempt.form)) if attempt.form else 0,
            unseen_for=None if attempt.last_seen_at is None else now - attempt.last_seen_at,
        )
        for attempt in attempts
    ]


def _answered(attempt_ids: Iterable[int]) -> dict[int, int]:
    newest = (
        select(Response.attempt_id, func.max(Response.sequence).label("sequence"))
        .where(Response.attempt_id.in_(list(attempt_ids)))
        .group_by(Response.attempt_id, Response.position)
        .subquery()
    )
    same = (Response.attempt_id == newest.c.attempt_id) & (Response.sequence == newest.c.sequence)
    counted = (
        select(Response.attempt_id, func.count())
        .join(newest, same)
        .where(Response.response != "null")
        .group_by(Response.attempt_id)
    )
    return {attempt_id: count for attempt_id, count in db.session.execute(counted)}


@dataclass(frozen=True)
class ReceiptCheck:
    """What a receipt shows to whoever holds it: nothing about the person, everything about the seal."""

    attempt: Attempt
    answered: int
    questions: int
    is_intact: bool


def check_receipt(receipt: str) -> ReceiptCheck | None:
    """Recompute a sealed journal and compare it with the ledger; None if there is no such receipt."""
    attempt = db.session.scalar(select(Attempt).where(Attempt.receipt == receipt.strip().upper()))
    if attempt is None:
        return None
    return ReceiptCheck(
        attempt=attempt,
        answered=_answered([attempt.id]).get(attempt.id, 0),
        questions=len(read_form(attempt.form)) if attempt.form else 0,
        is_intact=is_intact(attempt),
    )


def is_intact(attempt: Attempt) -> bool:
    """Recompute an attempt's chain from first link to seal in the ledger; any change shows."""
    head = _recomputed_head(attempt)
    if head is None or head != attempt.head or not _late_is_intact(attempt):
        return False
    if attempt.state != AttemptState.HANDED_IN:
        return True
    if attempt.ended_at is None or attempt.ending is None:
        return False
    seal = seal_of(attempt.code, attempt.last_sequence, head, attempt.ended_at, attempt.ending)
    entry = db.session.scalar(select(Entry).where(Entry.leaf_hash == attempt.ledger_leaf))
    if seal != attempt.seal or entry is None or entry.body is None:
        return False
    facts = json.loads(entry.body)["facts"]
    return bool(facts["attempt"] == attempt.code and facts["seal"] == seal)


def _recomputed_head(attempt: Attempt) -> str | None:
    if attempt.form is None:
        return attempt.head if attempt.last_sequence == 0 else None
    first = first_link(attempt.code, attempt.sitting.code, attempt.paper_code or "", attempt.form)
    return last_link(first, _links(Response, attempt.id, _remarks))


def _late_is_intact(attempt: Attempt) -> bool:
    """Recompute the late journal on top of the sealed one, and hold its decision against the ledger."""
    last = last_link(attempt.head, _links(LateResponse, attempt.id, _late_remarks), attempt.last_sequence)
    if attempt.late_state == LateState.NONE:
        return last == attempt.head and attempt.late_sequence == 0
    if last != attempt.late_head:
        return False
    if attempt.late_state == LateState.PROVISIONAL:
        return True
    named = Entry.body.contains(attempt.code, autoescape=True)
    entries = db.session.scalars(select(Entry).where(Entry.kind == "attempt.late.decided", named))
    facts = [json.loads(entry.body)["facts"] for entry in entries if entry.body]
    counts = attempt.late_state == LateState.CONFIRMED
    return any(
        (each["attempt"], each["head"], each["counts"]) == (attempt.code, last, counts) for each in facts
    )


def _links(
    journal: type[Response | LateResponse], attempt_id: int, remarks: Callable[[RowMapping], dict[str, Any]]
) -> Iterator[tuple[Change, datetime, str, dict[str, Any]]]:
    columns = journal.__table__.c
    wanted = select(journal.__table__).where(columns.attempt_id == attempt_id).order_by(columns.sequence)
    for row in db.session.execute(wanted).mappings():
        yield change_of(row), row["received_at"], row["link"], remarks(row)


def _remarks(row: RowMapping) -> dict[str, Any]:
    return {"circumstance": row["circumstance"]} if row["circumstance"] else {}


def _late_remarks(row: RowMapping) -> dict[str, Any]:
    return {"beacon_at": milliseconds(row["beacon_at"]), "beacon_sequence": row["beacon_sequence"]}
