"""Tables of delivery: one attempt a candidate, and the journal of every answer they gave."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id


class AttemptState(StrEnum):
    """Where an attempt stands: let in, working, standing still, handed in and sealed."""

    ADMITTED = "admitted"
    WORKING = "working"
    PAUSED = "paused"
    HANDED_IN = "handed_in"


class Ending(StrEnum):
    """Why an attempt ended; replaced by one on a reserve form, or its sheet missing, it does not count.

    One that was broken off and never went on (中止未恢复) is no failed one: its candidate had no whole exam.
    """

    CANDIDATE = "candidate"
    DEADLINE = "deadline"
    SITTING_CLOSED = "sitting_closed"
    BROKEN_OFF = "broken_off"
    MISCONDUCT = "misconduct"
    REPLACED = "replaced"
    PAPER = "paper"
    SHEET_MISSING = "sheet_missing"


class LateState(StrEnum):
    """What became of answers that arrived after the end: none came, undecided, they count or do not."""

    NONE = "none"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


_WORKING = text("state = 'working'")
MOVED_FROM = "moved:"
"""Before the hash of a machine's token: the candidate was moved away from it, and no other has signed in."""


class Attempt(Model):
    """A candidate's one exam (作答): form, clock, the machine that may write, head of the journal, receipt.

    ``form`` is the order of questions and options as this candidate saw them, recorded once at the start;
    ``head`` is the last link of the journal's hash chain. Of the token only the hash is stored, behind
    ``MOVED_FROM`` once its machine was left. Wrong entries from outside the room's networks are counted by
    themselves. ``round`` is 2 where the sitting went on with a reserve form: the round before it does not
    count. While an attempt stands still, ``paused_at`` says since when and ``halt_id`` why;
    ``halted_seconds`` is what it stood still before. The columns ``late_…`` are the head of the late journal
    (see ``LateResponse``). ``on_paper``: no machine writes to it; what stands on its answer sheet is entered
    after the sitting (``models_on_paper``).
    """

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        UniqueConstraint("candidate_id", "round"),
        Index("ix_delivery_attempt_working", "deadline", sqlite_where=_WORKING, postgresql_where=_WORKING),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"))
    round: Mapped[int] = mapped_column(default=1)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    state: Mapped[str] = mapped_column(default=AttemptState.ADMITTED)
    admitted_at: Mapped[datetime]
    on_paper: Mapped[bool] = mapped_column(default=False, server_default=false())
    paper_code: Mapped[str | None]
    form: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None]
    extra_seconds: Mapped[int] = mapped_column(default=0)
    halted_seconds: Mapped[int] = mapped_column(default=0)
    halt_id: Mapped[int | None] = mapped_column(ForeignKey("delivery_halt.id"), index=True)
    paused_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    wrong_entries: Mapped[int] = mapped_column(default=0)
    wrong_entries_outside: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    machines: Mapped[int] = mapped_column(default=0)
    last_sequence: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(default="")
    last_seen_at: Mapped[datetime | None]
    last_response_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None]
    receipt: Mapped[str | None] = mapped_column(unique=True)
    seal: Mapped[str | None]
    ledger_leaf: Mapped[str | None]
    late_state: Mapped[str] = mapped_column(default=LateState.NONE)
    late_sequence: Mapped[int] = mapped_column(default=0)
    late_head: Mapped[str] = mapped_column(default="")
    late_received_at: Mapped[datetime | None]
    late_decided_at: Mapped[datetime | None]
    late_decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    late_reason: Mapped[str] = mapped_column(Text, default="")
    candidate: Mapped[Candidate] = relationship()
    sitting: Mapped[Sitting] = relationship()
    halt: Mapped[Halt | None] = relationship()

    @property
    def has_machine(self) -> bool:
        """Whether a machine may write for them now."""
        return self.token_hash is not None and not self.token_hash.startswith(MOVED_FROM)


class Circumstance(StrEnum):
    """What is remarkable about a row's arrival: nothing, a gap in the network before it, or a pause."""

    PROMPT = ""
    OFFLINE = "offline"
    PAUSED = "paused"


class _Row:
    """What a row of the journal holds, whichever journal it is.

    ``position`` and ``response`` are as the candidate saw them; the attempt's form says which question and
    option of the paper that was.
    """

    @declared_attr
    def attempt_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("delivery_attempt.id"), primary_key=True, sort_order=-2)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    position: Mapped[int]
    response: Mapped[str] = mapped_column(Text)
    flagged: Mapped[bool]
    how: Mapped[str]
    shown_ms: Mapped[int]
    received_at: Mapped[datetime]
    link: Mapped[str]


class Response(_Row, Model):
    """One row of the answer journal (作答流水): an answer, how it came about, when it arrived, its link.

    Rows are only ever added.
    """

    __tablename__ = "delivery_response"
    __table_args__ = (CheckConstraint("sequence > 0", name="sequence_positive"), EXAM_SIDE)

    circumstance: Mapped[str] = mapped_column(default=Circumstance.PROMPT)


class LateResponse(_Row, Model):
    """One row of the late journal (迟到作答): an answer that arrived after the journal was sealed.

    It goes on where the sealed journal ended, chained to its head and to the last beacon that the machine had
    from the server. It counts only once it is confirmed, because a server cannot know a client's time.
    """

    __tablename__ = "delivery_late_response"
    __table_args__ = (CheckConstraint("sequence > 0", name="sequence_positive"), EXAM_SIDE)

    beacon_at: Mapped[datetime]
    beacon_sequence: Mapped[int]


class HaltKind(StrEnum):
    """Why time stands still: a fault, a seat whose evidence is kept, or power cut and fire."""

    PAUSE = "pause"
    FREEZE = "freeze"
    SUSPENSION = "suspension"


class Halt(Model):
    """A time that does not count (暂停、冻结、中止): for a sitting, one of its rooms or one candidate.

    Whoever it covers gets back, when it ends, the time that it took. ``reserve_paper_code`` names the form
    with which it went on; without one it went on with the same.
    """

    __tablename__ = "delivery_halt"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    sitting_room_id: Mapped[int | None] = mapped_column(ForeignKey("sittings_room.id"))
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("sittings_candidate.id"))
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    resumes_at: Mapped[datetime | None]
    began_at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    reserve_paper_code: Mapped[str | None]
