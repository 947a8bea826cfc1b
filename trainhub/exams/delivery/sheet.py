"""A candidate's sheet (答卷) while a batch is judged: held, changed in memory, then written back at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from trainhub.exams.delivery.beacon import Beacon, light, milliseconds
from trainhub.exams.delivery.chain import Change, next_link, seal_of, written_response
from trainhub.exams.delivery.form import Form, Slot
from trainhub.exams.delivery.models import AttemptState, Circumstance, Ending, LateState
from trainhub.kernel.identifiers import readable_code


@dataclass(slots=True)
class Notebook:
    """What an attempt's page has noticed so far, as far as a batch must know it.

    Args:
        admitted_at: no event is older.
        kept: how many are kept that its page told.
        refused: how many answers are kept that could not be taken.
        refused_size: how many bytes those fill.
        numbers: which of the numbers told now are taken already.
        fresh: rows that the batch adds.
    """

    admitted_at: datetime
    kept: int
    refused: int = 0
    refused_size: int = 0
    numbers: set[int] = field(default_factory=set)
    fresh: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """One attempt as a batch holds it: what its row, sitting and halt say, and what the batch adds."""

    token_hash: str | None
    attempt_id: int
    code: str
    round: int
    state: str
    paper_code: str | None
    has_begun: bool
    deadline: datetime | None
    last_sequence: int
    head: str
    extra_seconds: int
    halted_seconds: int
    paused_at: datetime | None
    ended_at: datetime | None
    ending: str | None
    receipt: str | None
    seal: str | None
    late_state: str
    late_sequence: int
    late_head: str
    sitting_code: str
    sitting_state: str
    sitting_paper: str | None
    starts_at: datetime
    minutes: int
    late_entry_minutes: int
    early_hand_in_minutes: int
    halt_kind: str | None
    halt_began_at: datetime | None
    halt_resumes_at: datetime | None
    slots: tuple[Slot, ...] = ()
    known: dict[int, tuple[Change, str]] = field(default_factory=dict)
    seen_at: datetime | None = None
    answered_at: datetime | None = None
    form: Form | None = None
    fresh: list[dict[str, Any]] = field(default_factory=list)
    fresh_late: list[dict[str, Any]] = field(default_factory=list)
    notebook: Notebook | None = None
    begun: dict[str, Any] | None = None
    closed: dict[str, Any] | None = None
    leaves: list[tuple[str, str | None, dict[str, Any]]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether answers can still be given, now or after a pause."""
        return self.state in (AttemptState.WORKING, AttemptState.PAUSED)

    @property
    def newest(self) -> int:
        """The number of the last change that is kept, in whichever journal."""
        return self.late_sequence or self.last_sequence

    @property
    def newest_link(self) -> str:
        """The link of the last change that is kept."""
        return self.late_head or self.head

    def deadline_at(self, now: datetime) -> datetime | None:
        """Return the end of this candidate's time; while time stands still, the end moves along."""
        if self.deadline is None or self.paused_at is None:
            return self.deadline
        return self.deadline + (now - self.paused_at)

    def is_over(self, now: datetime) -> bool:
        """Tell whether this candidate's time is over."""
        deadline = self.deadline_at(now)
        return deadline is not None and now > deadline

    def hand_in_from(self) -> datetime:
        """Return from when on the candidate may hand in: time that stood still is none that they have worked.

        On the reserve form everybody begins for themself, also who is let in to it late, and it is counted
        from there.
        """
        early = timedelta(minutes=self.early_hand_in_minutes)
        if self.deadline is None:
            return self.starts_at + early
        # When they would have begun, had nothing stood still since.
        own = self.deadline - timedelta(minutes=self.minutes, seconds=self.extra_seconds)
        common = self.starts_at + timedelta(seconds=self.halted_seconds)
        return early + (own if self.round > 1 or self._is_on_reserve else min(own, common))

    @property
    def _is_on_reserve(self) -> bool:
        """Whether the form is another one than that with which the sitting began."""
        return self.sitting_paper is not None and self.paper_code not in (None, self.sitting_paper)

    def paused(self) -> dict[str, Any] | None:
        """Return why time stands still, as the page shows it; None while it runs."""
        if self.state != AttemptState.PAUSED or self.halt_began_at is None:
            return None
        resumes_at = self.halt_resumes_at
        return {
            "kind": self.halt_kind,
            "since": milliseconds(self.halt_began_at),
            "resumes_at": None if resumes_at is None else milliseconds(resumes_at),
        }

    def goes_on(self, now: datetime) -> bool:
        """Tell whether the end is still ahead."""
        return self.is_open and not self.is_over(now)

    def beacon(self, key: bytes, now: datetime) -> dict[str, Any] | None:
        """Return a fresh beacon for the page; after the end None, and the page keeps the one it has."""
        if not self.goes_on(now):
            return None
        return light(key, self.code, now, self.newest)

    def add(self, change: Change, now: datetime, circumstance: Circumstance) -> None:
        """Append a change to the journal."""
        remarks = {"circumstance": circumstance.value} if circumstance else {}
        self.head = next_link(self.head, change, now, **remarks)
        self.last_sequence = change.sequence
        self.answered_at = now
        self.known[change.sequence] = (change, self.head)
        self.fresh.append(self._row(change, now, self.head) | {"circumstance": circumstance.value})

    def add_late(self, change: Change, now: datetime, beacon: Beacon) -> None:
        """Append a change to the late journal, which goes on from the head of the sealed one."""
        remarks = {"beacon_at": milliseconds(beacon.at), "beacon_sequence": beacon.sequence}
        self.late_head = next_link(self.newest_link, change, now, **remarks)
        self.late_sequence = change.sequence
        if self.late_state == LateState.NONE:
            self.late_state = LateState.PROVISIONAL
            facts = {"attempt": self.code, "beacon_at": beacon.at.isoformat(), "after": self.last_sequence}
            self.leaves.append(("attempt.late.received", None, facts))
        self.known[change.sequence] = (change, self.late_head)
        row = self._row(change, now, self.late_head)
        self.fresh_late.append(row | {"beacon_at": beacon.at, "beacon_sequence": beacon.sequence})

    def _row(self, change: Change, now: datetime, link: str) -> dict[str, Any]:
        return {
            "attempt_id": self.attempt_id,
            "sequence": change.sequence,
            "position": change.position,
            "response": written_response(change.response),
            "flagged": change.flagged,
            "how": change.how.value,
            "shown_ms": change.shown_ms,
            "received_at": now,
            "link": link,
        }

    def begin(self, form: Form, written: str, first_link: str, paper_code: str, now: datetime) -> None:
        """Begin the attempt: the order is recorded and the time runs.

        Who begins after the end of late entry does not gain by it: their time runs from there. A second round
        begins when it begins.
        """
        latest = self.starts_at + timedelta(minutes=self.late_entry_minutes, seconds=self.halted_seconds)
        begins = now if self.round > 1 else min(now, latest)
        self.deadline = begins + timedelta(minutes=self.minutes, seconds=self.extra_seconds)
        self.state, self.has_begun, self.head = AttemptState.WORKING, True, first_link
        self.paper_code, self.form, self.seen_at = paper_code, form, now
        self.slots = tuple(place.slot for place in form)
        self.begun = {
            "state": self.state,
            "form": written,
            "paper_code": paper_code,
            "head": first_link,
            "started_at": now,
            "deadline": self.deadline,
            "last_seen_at": now,
        }
        facts = {
            "attempt": self.code,
            "sitting": self.sitting_code,
            "paper": paper_code,
            "first_link": first_link,
        }
        self.leaves.append(("attempt.started", None, facts | {"deadline": str(self.deadline)}))

    def close(self, ending: Ending, now: datetime, *, by_id: str | None) -> None:
        """Seal the journal: its hash goes into the ledger; the receipt lets the candidate check it."""
        self.state, self.ended_at, self.ending = AttemptState.HANDED_IN, now, ending.value
        self.receipt = "-".join(readable_code(4) for _part in range(3))
        self.seal = seal_of(self.code, self.last_sequence, self.head, now, ending.value)
        self.paused_at = None
        self.closed = {
            "state": self.state,
            "ended_at": now,
            "ending": self.ending,
            "receipt": self.receipt,
            "seal": self.seal,
        }
        facts = {
            "attempt": self.code,
            "ending": self.ending,
            "entries": self.last_sequence,
            "head": self.head,
            "seal": self.seal,
        }
        self.leaves.append(("attempt.handed_in", by_id, facts))
