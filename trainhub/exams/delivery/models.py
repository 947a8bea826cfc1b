"""Tables of delivery: one attempt a candidate, and the journal of every answer they gave."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id


class AttemptState(StrEnum):
    """Where an attempt stands: let in at the desk, working on the paper, handed in and sealed."""

    ADMITTED = "admitted"
    WORKING = "working"
    HANDED_IN = "handed_in"


class Ending(StrEnum):
    """Why an attempt ended."""

    CANDIDATE = "candidate"
    DEADLINE = "deadline"
    SITTING_CLOSED = "sitting_closed"
    MISCONDUCT = "misconduct"


class Attempt(Model):
    """A candidate's one exam (作答): form, clock, the machine that may write, head of the journal, receipt.

    ``form`` is the order of questions and options as this candidate saw them, recorded once at the start;
    ``head`` is the last link of the journal's hash chain. Of the token only the hash is stored.
    """

    __tablename__ = "delivery_attempt"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), unique=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    state: Mapped[str] = mapped_column(default=AttemptState.ADMITTED)
    admitted_at: Mapped[datetime]
    paper_code: Mapped[str | None]
    form: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None]
    extra_seconds: Mapped[int] = mapped_column(default=0)
    deadline: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    wrong_entries: Mapped[int] = mapped_column(default=0)
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
    candidate: Mapped[Candidate] = relationship()
    sitting: Mapped[Sitting] = relationship()


class Response(Model):
    """One row of the answer journal (作答流水): an answer, how it came about, when it arrived, its link.

    Rows are only ever added. ``position`` and ``response`` are as the candidate saw them; the attempt's form
    says which question and option of the paper that was.
    """

    __tablename__ = "delivery_response"
    __table_args__ = (CheckConstraint("sequence > 0", name="sequence_positive"), EXAM_SIDE)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("delivery_attempt.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    response: Mapped[str] = mapped_column(Text)
    flagged: Mapped[bool]
    how: Mapped[str]
    shown_ms: Mapped[int]
    received_at: Mapped[datetime]
    link: Mapped[str]
