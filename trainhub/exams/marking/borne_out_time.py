"""Whether each attempt had the time that the ledger tells of: begun, extended, standing still, given back.

Which answers count is decided by the end of an attempt's time when they come. Whoever moves that end in the
database, and be it only for as long as somebody writes, is found here: the ledger's entries are gone through
once more, and neither the end, nor what it is made of, nor the last answer may say anything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel.db import db
from trainhub.kernel.witness import Deviating, Deviation, fact
from trainhub.ledger import Entry

NEEDED = {
    "candidate.admitted": {"attempt"},
    "attempt.begun_anew": {"attempt"},
    "attempt.started": {"attempt", "deadline"},
    "attempt.extended": {"attempt", "minutes"},
    "attempts.extended": {"attempts", "minutes"},
    "halt.begun": {"sitting"},
    "halt.ended": {"sitting"},
}
"""Kinds of entries that tell of time, and the facts without which one is left aside."""


@dataclass
class _Time:
    """What the ledger tells of an attempt's time; None of what older versions did not tell."""

    extra: int = 0
    halted: int | None = None
    deadline: datetime | None = None

    def extend(self, span: timedelta) -> None:
        self.extra += int(span.total_seconds())
        if self.deadline is not None:
            self.deadline += span

    def give_back(self, stood: timedelta) -> None:
        if self.halted is not None:
            self.halted += round(stood.total_seconds())
        if self.deadline is not None:
            self.deadline += stood


@dataclass
class _Told:
    """What the ledger tells of all attempts, by code, and the sittings of which it tells too little."""

    times: dict[str, _Time] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)

    def hear(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Take in the next entry."""
        if not NEEDED[kind] <= facts.keys():
            return
        if kind == "candidate.admitted":
            self._of(facts).halted = facts.get("halted_seconds")
        elif kind == "attempt.begun_anew":
            before = self.times.get(facts.get("before", ""), _Time())
            self.times[facts["attempt"]] = _Time(extra=before.extra, halted=0)
        elif kind == "attempt.started":
            self._of(facts).deadline = datetime.fromisoformat(facts["deadline"])
        elif kind == "attempt.extended":
            self._of(facts).extend(timedelta(minutes=facts["minutes"]))
        elif kind == "attempts.extended":
            for code in facts["attempts"]:
                self._of({"attempt": code}).extend(timedelta(minutes=facts["minutes"]))
        else:
            self._hear_halt(facts)

    def _hear_halt(self, facts: Mapping[str, Any]) -> None:
        if "given_us" not in facts:
            self.unclear.add(facts["sitting"])
        for code, stood in facts.get("given_us", {}).items():
            self._of({"attempt": code}).give_back(timedelta(microseconds=stood))

    def _of(self, facts: Mapping[str, Any]) -> _Time:
        return self.times.setdefault(facts.get("attempt", ""), _Time())


def untimely(sitting: Sitting | None, is_since: Any) -> Iterator[Deviating]:
    """Yield the attempts whose time, or whose last answer, is not what the ledger bears out.

    Args:
        sitting: whose attempts; None for all.
        is_since: which entries can be about them.
    """
    told = _told(sitting, is_since)
    last = and_(Response.attempt_id == Attempt.id, Response.sequence == Attempt.last_sequence)
    rows = (
        select(
            Sitting.code.label("sitting_code"),
            Candidate.code.label("candidate"),
            Attempt.code.label("attempt"),
            Attempt.extra_seconds,
            Attempt.halted_seconds,
            Attempt.deadline,
            Attempt.halt_id,
            Response.received_at,
        )
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Candidate, Candidate.id == Attempt.candidate_id)
        .outerjoin(Response, last)
    )
    if sitting is not None:
        rows = rows.where(Attempt.sitting_id == sitting.id)
    for row in db.session.execute(rows.order_by(Attempt.id).execution_options(yield_per=1000)):
        time = told.times.get(row.attempt, _Time())
        if found := _otherwise(row, time, is_clear=row.sitting_code not in told.unclear):
            whose = (("sitting_code", row.sitting_code), ("candidate", row.candidate))
            yield Deviating(Deviation.ALTERED, "time", (*whose, ("attempt", row.attempt), *found))


def _otherwise(row: Any, time: _Time, *, is_clear: bool) -> list[tuple[str, Any]]:
    """Return what the ledger tells of an attempt's time where its row says something else."""
    found: list[tuple[str, Any]] = []
    if row.extra_seconds != time.extra:
        found.append(("extra_seconds", time.extra))
    if not is_clear:
        return found
    if time.halted is not None and row.halted_seconds != time.halted:
        found.append(("halted_seconds", time.halted))
    if time.deadline is None:
        return found
    # What stands still to its end is given nothing back; its answers came while the end moved along.
    is_late = row.received_at is not None and row.received_at > time.deadline and row.halt_id is None
    if row.deadline != time.deadline or is_late:
        found.append(("deadline", time.deadline.isoformat()))
    return found


def _told(sitting: Sitting | None, is_since: Any) -> _Told:
    wanted = select(Entry.kind, Entry.body).where(Entry.kind.in_(NEEDED), Entry.body.is_not(None), is_since)
    if sitting is not None:
        own = select(Attempt.code).where(Attempt.sitting_id == sitting.id)
        wanted = wanted.where(
            or_(fact(Entry.body, "sitting") == sitting.code, fact(Entry.body, "attempt").in_(own))
        )
    told = _Told()
    for kind, body in db.session.execute(wanted.order_by(Entry.id).execution_options(yield_per=1000)):
        told.hear(kind, json.loads(body or "{}").get("facts", {}))
    return told
