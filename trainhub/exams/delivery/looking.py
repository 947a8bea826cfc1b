"""Reading what is new in journals and judging it by the rules of alarms; nothing is written here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, select

from trainhub import regulations
from trainhub.exams.delivery.alarms import Entry, Finding, Limits, Look, judge
from trainhub.exams.delivery.lengths import known_lengths, lengths_of
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.models_watch import WatchEvent, WatchMark
from trainhub.exams.delivery.noticing import EventKind
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db

SETTLES_AFTER = timedelta(seconds=10)
"""Rows younger than this wait: what the page noticed about them may still be on its way."""

LOOKED_AT = (EventKind.UNTRUSTED.value, EventKind.ASSISTED.value, EventKind.ANSWER_REFUSED.value)
_READ = ("sequence", "position", "response", "how", "shown_ms", "received_at")


@dataclass(frozen=True)
class Looked:
    """What came of a look at one attempt.

    Args:
        attempt_id: whose.
        before: how far the journal and the events had been looked at.
        look: how far now, and what is remembered.
        findings: what the rules found.
    """

    attempt_id: int
    before: tuple[int, int]
    look: Look
    findings: list[Finding]


def limits_of(sitting: Sitting) -> Limits:
    """Return the figures of the rules on a sitting's day."""
    day = clock.local_day(sitting.starts_at)

    def figure(name: str) -> int:
        return int(regulations.value(f"exam.watch.{name}", on=day))

    return Limits(
        no_hand_answers=figure("no_hand_answers"),
        no_hand_ms=figure("no_hand_minutes") * 60_000,
        characters_a_second=figure("characters_a_second"),
        glance_ms=figure("glance_ms"),
        run=figure("fast_run"),
        scripted_answers=figure("scripted_answers"),
    )


def read_new(attempts: Sequence[Attempt]) -> list[Looked]:
    """Read what is new of some attempts, in four questions for all of them, and judge it."""
    ids = [attempt.id for attempt in attempts]
    marks = {
        mark.attempt_id: mark
        for mark in db.session.scalars(select(WatchMark).where(WatchMark.attempt_id.in_(ids)))
    }
    rows, noticed = new_rows(ids), _events(ids)
    limits: dict[int, Limits] = {}
    papers = known_lengths(attempts)
    looked = []
    for attempt in attempts:
        mark = marks.get(attempt.id)
        before = (0, 0) if mark is None else (mark.sequence, mark.event_id)
        look = Look.read(*before, {} if mark is None else mark.kept)
        if attempt.sitting_id not in limits:
            limits[attempt.sitting_id] = limits_of(attempt.sitting)
        events = noticed[attempt.id]
        look.event = max((event.id for event in events), default=look.event)
        findings = judge(
            look,
            entries_of(attempt, rows[attempt.id]),
            lengths_of(attempt, papers),
            limits[attempt.sitting_id],
            assisted=_positions(events, EventKind.ASSISTED),
            scripted=_positions(events, EventKind.UNTRUSTED),
            refused=_refused(events),
        )
        looked.append(Looked(attempt.id, before, look, findings))
    return looked


def new_rows(ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return the rows of some journals that were not looked at and have settled, by attempt."""
    wanted = (
        select(*(getattr(Response, name) for name in ("attempt_id", *_READ)))
        .outerjoin(WatchMark, WatchMark.attempt_id == Response.attempt_id)
        .where(Response.attempt_id.in_(ids), Response.sequence > func.coalesce(WatchMark.sequence, 0))
        .where(Response.received_at <= clock.now() - SETTLES_AFTER)
        .order_by(Response.attempt_id, Response.sequence)
    )
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(wanted):
        found[row.attempt_id].append(row)
    return found


def entries_of(attempt: Attempt, rows: Sequence[Row[Any]]) -> list[Entry]:
    """Return rows of a journal as the rules read them."""
    began = attempt.started_at or attempt.admitted_at
    return [
        Entry(
            sequence=row.sequence,
            position=row.position,
            answer=json.loads(row.response),
            how=row.how,
            shown_ms=row.shown_ms,
            at_ms=round((row.received_at - began).total_seconds() * 1000),
        )
        for row in rows
    ]


def _events(ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return what was pressed without a hand or could not be taken, and was not looked at, by attempt."""
    wanted = (
        select(WatchEvent.id, WatchEvent.attempt_id, WatchEvent.kind, WatchEvent.detail)
        .outerjoin(WatchMark, WatchMark.attempt_id == WatchEvent.attempt_id)
        .where(WatchEvent.attempt_id.in_(ids), WatchEvent.kind.in_(LOOKED_AT))
        .where(WatchEvent.id > func.coalesce(WatchMark.event_id, 0))
        .order_by(WatchEvent.id)
    )
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(wanted):
        found[row.attempt_id].append(row)
    return found


def _positions(events: Sequence[Row[Any]], kind: EventKind) -> list[int]:
    return [each.detail["position"] for each in events if each.kind == kind and "position" in each.detail]


def _refused(events: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return the answers that could not be taken: the question, where that could be read, and the event."""
    refused = [each for each in events if each.kind == EventKind.ANSWER_REFUSED]
    return [{"event": each.id, "position": each.detail.get("position")} for each in refused]
