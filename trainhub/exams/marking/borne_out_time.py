"""Whether sittings and attempts had the time that the ledger tells of: planned, begun, extended, given back.

Which answers count is decided by the end of an attempt's time when they come. Whoever moves that end in the
database, and be it only for as long as somebody writes, is found here: the ledger's entries are gone through
once more, and neither the plan, nor the end, nor what it is made of, nor the last answer may say otherwise.
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

SPANS = ("minutes", "entry_before_minutes", "late_entry_minutes", "early_hand_in_minutes")
"""What a plan says of time besides the beginning."""
NEEDED = {
    "sitting.planned": {"sitting", "starts_at", *SPANS},
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
    """What the ledger tells of sittings and attempts, by code, and the sittings with standstills untold."""

    plans: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    times: dict[str, _Time] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)

    def hear(self, kind: str, facts: Mapping[str, Any], at: datetime) -> None:
        """Take in the next entry, made at some time."""
        if not NEEDED[kind] <= facts.keys():
            return
        if kind == "sitting.planned":
            self.plans[facts["sitting"]] = facts
        elif kind == "candidate.admitted":
            self._of(facts).halted = facts.get("halted_seconds")
        elif kind == "attempt.begun_anew":
            before = self.times.get(facts.get("before", ""), _Time())
            self.times[facts["attempt"]] = _Time(extra=before.extra, halted=0)
        elif kind == "attempt.started":
            self._hear_beginning(facts, at)
        elif kind in ("attempt.extended", "attempts.extended"):
            for code in facts.get("attempts", (facts.get("attempt"),)):
                self._of({"attempt": code}).extend(timedelta(minutes=facts["minutes"]))
        else:
            self._hear_halt(facts)

    def _hear_beginning(self, facts: Mapping[str, Any], at: datetime) -> None:
        """Whoever begins has what was planned and given, and not more, whatever the tables said just then."""
        time, plan = self._of(facts), self.plans.get(facts.get("sitting", ""))
        time.deadline = datetime.fromisoformat(facts["deadline"])
        if plan is not None:
            most = timedelta(minutes=plan["minutes"], seconds=time.extra)
            time.deadline = min(time.deadline, at + most)

    def _hear_halt(self, facts: Mapping[str, Any]) -> None:
        if "given_us" not in facts:
            self.unclear.add(facts["sitting"])
        for code, stood in facts.get("given_us", {}).items():
            self._of({"attempt": code}).give_back(timedelta(microseconds=stood))

    def _of(self, facts: Mapping[str, Any]) -> _Time:
        return self.times.setdefault(facts.get("attempt", ""), _Time())


def untimely(sitting: Sitting | None, is_since: Any) -> Iterator[Deviating]:
    """Yield sittings whose plan, and attempts whose time or last answer, the ledger does not bear out.

    Args:
        sitting: which, and whose attempts; None for all.
        is_since: which entries can be about them.
    """
    told = _told(sitting, is_since)
    yield from _misplanned(sitting, told)
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


def _misplanned(sitting: Sitting | None, told: _Told) -> Iterator[Deviating]:
    """Yield the sittings whose beginning, length or limits of entry and hand-in are not as planned."""
    rows = select(Sitting.code, Sitting.starts_at, *(getattr(Sitting, each) for each in SPANS))
    if sitting is not None:
        rows = rows.where(Sitting.id == sitting.id)
    for row in db.session.execute(rows.order_by(Sitting.id)).mappings():
        if (plan := told.plans.get(row["code"])) is None:
            continue
        found = [(each, plan[each]) for each in SPANS if plan[each] != row[each]]
        if datetime.fromisoformat(plan["starts_at"]) != row["starts_at"]:
            found.append(("starts_at", plan["starts_at"]))
        if found:
            yield Deviating(Deviation.ALTERED, "plan", (("sitting_code", row["code"]), *found))


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
    wanted = select(Entry.kind, Entry.body, Entry.at).where(
        Entry.kind.in_(NEEDED), Entry.body.is_not(None), is_since
    )
    if sitting is not None:
        own = select(Attempt.code).where(Attempt.sitting_id == sitting.id)
        wanted = wanted.where(
            or_(fact(Entry.body, "sitting") == sitting.code, fact(Entry.body, "attempt").in_(own))
        )
    told = _Told()
    for kind, body, at in db.session.execute(wanted.order_by(Entry.id).execution_options(yield_per=1000)):
        told.hear(kind, json.loads(body or "{}").get("facts", {}), at)
    return told
