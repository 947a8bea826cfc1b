"""Reading the journal: final responses for marking, progress for the desk, the check of a receipt."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from trainhub.exams.delivery.chain import Answer, first_link, last_link, seal_of
from trainhub.exams.delivery.form import in_the_paper, read_form
from trainhub.exams.delivery.journal import change_of
from trainhub.exams.delivery.models import Attempt, AttemptState, Response
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.ledger import Entry

OFFLINE_AFTER = timedelta(seconds=35)
QUIET_AFTER = timedelta(minutes=5)


class Presence(StrEnum):
    """What the desk sees of a candidate who is let in."""

    CHECKED_IN = "checked_in"
    WORKING = "working"
    QUIET = "quiet"
    OFFLINE = "offline"
    HANDED_IN = "handed_in"


@dataclass(frozen=True)
class Progress:
    """How far one candidate is, as the desk sees it."""

    attempt: Attempt
    presence: Presence
    answered: int
    questions: int
    unseen_for: timedelta | None


def attempts_of(sitting: Sitting) -> list[Attempt]:
    """Return a sitting's attempts in the order of admission."""
    return list(
        db.session.scalars(select(Attempt).where(Attempt.sitting_id == sitting.id).order_by(Attempt.id))
    )


def shown_responses(attempt: Attempt) -> dict[int, tuple[Answer, bool]]:
    """Return the last response and flag by position, in the letters that the candidate saw."""
    newest = select(func.max(Response.sequence)).where(Response.attempt_id == attempt.id)
    rows = db.session.scalars(
        select(Response).where(
            Response.attempt_id == attempt.id, Response.sequence.in_(newest.group_by(Response.position))
        )
    )
    return {row.position: (json.loads(row.response), row.flagged) for row in rows}


def final_responses(attempt: Attempt) -> dict[int, Answer]:
    """Return the answers that count, by the paper's question numbers and option keys; None is unanswered."""
    if attempt.form is None:
        return {}
    shown = {position: response for position, (response, _flag) in shown_responses(attempt).items()}
    return in_the_paper(read_form(attempt.form), shown)


def presence_of(attempt: Attempt, now: datetime) -> Presence:
    """Tell what the desk shows of an attempt at a moment."""
    if attempt.state == AttemptState.HANDED_IN:
        return Presence.HANDED_IN
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
    if head is None or head != attempt.head:
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
    sitting = attempt.sitting
    table = Response.__table__
    rows = db.session.execute(
        select(*table.c).where(table.c.attempt_id == attempt.id).order_by(table.c.sequence)
    ).mappings()
    first = first_link(attempt.code, sitting.code, attempt.paper_code or "", attempt.form)
    return last_link(first, ((change_of(row), row["received_at"], row["link"]) for row in rows))
