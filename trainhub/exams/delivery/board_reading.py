"""What a desk needs of a sitting's attempts, for all seats at once: few columns, nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from trainhub.exams.delivery.admission import WRONG_ENTRIES
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import (
    MOVED_FROM,
    Attempt,
    AttemptState,
    Ending,
    Halt,
    LateState,
    Response,
)
from trainhub.kernel.db import db
from trainhub.kernel.many import Reading

CHUNK = 200
"""So many attempts are asked for in one statement when their journals went on."""

_ATTEMPTS = Reading(
    select(
        Attempt.id,
        Attempt.candidate_id,
        Attempt.state,
        Attempt.started_at,
        Attempt.last_seen_at,
        Attempt.last_response_at,
        Attempt.deadline,
        Attempt.extra_seconds,
        Attempt.machines,
        and_(Attempt.token_hash.is_not(None), Attempt.token_hash.not_like(f"{MOVED_FROM}%")).label(
            "has_machine"
        ),
        Attempt.last_sequence,
        Attempt.paper_code,
        Attempt.late_state,
        Attempt.wrong_entries,
        Halt.kind.label("halt_kind"),
    )
    .outerjoin(Halt, Halt.id == Attempt.halt_id)
    .where(
        Attempt.sitting_id == bindparam("sitting_id"),
        or_(Attempt.ending.is_(None), Attempt.ending != Ending.REPLACED),
    )
    .order_by(Attempt.id)
)


class Row(NamedTuple):
    """One attempt as the tables have it: the columns of ``_ATTEMPTS``, in their order."""

    id: int
    candidate_id: int
    state: str
    started_at: datetime | None
    last_seen_at: datetime | None
    last_response_at: datetime | None
    deadline: datetime | None
    extra_seconds: int
    machines: int
    has_machine: bool
    last_sequence: int
    paper_code: str | None
    late_state: str
    wrong_entries: int
    halt_kind: str | None


@dataclass(frozen=True, slots=True)
class SeatReading:
    """Where one candidate's attempt stands (考生动态), as it is in the tables.

    Args:
        candidate_id: whose.
        state: of the attempt.
        started_at: when they began; None before.
        seen_at: when their page was last heard.
        answered_at: when the last answer arrived.
        deadline: end of their time; None before they began.
        extra_seconds: what they were given in addition.
        machines: at how many machines they signed in.
        has_machine: whether a machine may write for them now.
        halt_kind: why time stands still for them; None while it runs.
        waits_late: whether late answers of theirs are to be decided.
        wrong_entries: how many wrong entries have locked their ticket; 0 while it is not locked.
        answered: how many questions have an answer.
        questions: how many the paper has; 0 before they began.
    """

    candidate_id: int
    state: str
    started_at: datetime | None
    seen_at: datetime | None
    answered_at: datetime | None
    deadline: datetime | None
    extra_seconds: int
    machines: int
    has_machine: bool
    halt_kind: str | None
    waits_late: bool
    wrong_entries: int
    answered: int
    questions: int


class AttemptReader:
    """Reads the attempts of one sitting again and again; what it has counted it does not count again.

    Of each attempt it keeps the number of the last change that it saw and which questions are answered, so
    that a look costs the changes since the last one and not the journal.
    """

    def __init__(self, sitting_id: int) -> None:
        self._sitting_id = sitting_id
        self._counted: dict[int, tuple[int, int]] = {}
        self._questions: dict[str | None, int] = {}

    def read(self) -> list[SeatReading]:
        """Return the attempts as they are now, one for each candidate who was let in."""
        own = {"sitting_id": self._sitting_id}
        rows = [Row(*row) for row in _ATTEMPTS.rows(db.session.connection(), own)]
        self._count((row.id, row.last_sequence) for row in rows)
        self._count_questions(rows)
        return [self._reading(row) for row in rows]

    def _reading(self, row: Row) -> SeatReading:
        _sequence, bits = self._counted.get(row.id, (0, 0))
        return SeatReading(
            candidate_id=row.candidate_id,
            state=row.state,
            started_at=row.started_at,
            seen_at=row.last_seen_at,
            answered_at=row.last_response_at,
            deadline=row.deadline,
            extra_seconds=row.extra_seconds,
            machines=row.machines,
            has_machine=row.has_machine,
            halt_kind=row.halt_kind,
            waits_late=row.late_state == LateState.PROVISIONAL,
            wrong_entries=row.wrong_entries if _is_locked(row) else 0,
            answered=bits.bit_count(),
            questions=self._questions.get(row.paper_code, 0) if row.started_at else 0,
        )

    def _count(self, heads: Iterable[tuple[int, int]]) -> None:
        """Take in the changes of the attempts whose journal went on since the last look."""
        moved = [
            (attempt_id, self._counted.get(attempt_id, (0, 0))[0])
            for attempt_id, newest in heads
            if newest > self._counted.get(attempt_id, (0, 0))[0]
        ]
        fresh = [attempt_id for attempt_id, known in moved if known == 0]
        for some in _chunks(fresh):
            self._take_in(Response.attempt_id.in_(some))
        for some in _chunks([each for each in moved if each[1]]):
            since = [and_(Response.attempt_id == each, Response.sequence > known) for each, known in some]
            self._take_in(or_(*since))

    def _take_in(self, which: Any) -> None:
        """Note for each position whether its newest answer is one; an answer may also be taken back."""
        has_answer = (Response.response != "null").label("has_answer")
        wanted = select(Response.attempt_id, Response.sequence, Response.position, has_answer).where(which)
        for attempt_id, sequence, position, answers in db.session.execute(
            wanted.order_by(Response.attempt_id, Response.sequence)
        ):
            known, bits = self._counted.get(attempt_id, (0, 0))
            bit = 1 << position
            self._counted[attempt_id] = (max(known, sequence), bits | bit if answers else bits & ~bit)

    def _count_questions(self, rows: Sequence[Row]) -> None:
        """Learn from one form of each paper how many questions it has."""
        unknown = {
            row.paper_code: row.id
            for row in rows
            if row.started_at is not None and row.paper_code not in self._questions
        }
        if not unknown:
            return
        forms = select(Attempt.paper_code, Attempt.form).where(Attempt.id.in_(unknown.values()))
        for paper_code, form in db.session.execute(forms):
            self._questions[paper_code] = len(read_form(form)) if form else 0


def _is_locked(row: Row) -> bool:
    return row.wrong_entries >= WRONG_ENTRIES and row.state != AttemptState.HANDED_IN


def _chunks(whole: list[Any]) -> Iterable[list[Any]]:
    return (whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK))
