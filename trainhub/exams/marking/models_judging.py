"""Tables of marking by people: responses that wait for a judgement, and what each assessor gave."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.marking.models import Correction
from trainhub.exams.marking.reasons import word_of
from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


class JudgementState(StrEnum):
    """What became of a response that somebody was to mark."""

    ALLOTTED = "allotted"
    ENTERED = "entered"
    RELEASED = "released"


FIRST, SECOND, THIRD, ANEW = 1, 2, 3, 4
"""Turns of marking: two independent ones, a third where they differ, and from then on anew on request."""


class WrittenResponse(Model):
    """A response in a candidate's own words that people mark (主观题作答).

    What was written stands in the journal alone. ``twice_points`` is what it came to, in half points of the
    rubric, so that the mean of two stays a whole number; None until it is settled. ``digest`` says of which
    text (see ``superseding``); where another one counts since, ``superseded_at`` says from when on.
    """

    __tablename__ = "marking_written_response"
    __table_args__ = (
        Index(
            "ix_marking_written_response_current",
            "candidate_id",
            "number",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
            sqlite_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("(twice_points IS NULL) = (settled_at IS NULL)", name="settled"),
        CheckConstraint("twice_points >= 0 AND twice_points <= 2 * points", name="range"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"))
    number: Mapped[int]
    item_code: Mapped[str]
    item_version: Mapped[int]
    points: Mapped[int]
    digest: Mapped[str | None]
    superseded_at: Mapped[datetime | None]
    twice_points: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    sitting: Mapped[Sitting] = relationship()
    candidate: Mapped[Candidate] = relationship()
    judgements: Mapped[list[Judgement]] = relationship(
        back_populates="response", order_by="Judgement.turn, Judgement.id"
    )

    def entered(self, *, anew: bool = False) -> list[Judgement]:
        """Return what assessors gave, in the order of the turns; what was marked anew only if asked."""
        return [
            each
            for each in self.judgements
            if each.state == JudgementState.ENTERED and (anew or each.turn < ANEW)
        ]


class Judgement(Model):
    """One assessor's marking of one response (评阅): points for each line of the rubric, entered once.

    Nobody has a response twice, be it that it was taken from them: the constraint says so. What was entered
    is never changed; the ledger holds it too. ``note_sealed`` is what the assessor said to it, sealed with
    the master key, for it may quote the question; ``reason_sealed``, sealed alike, is why it was marked anew.
    ``correction`` is what became of a marking anew.
    """

    __tablename__ = "marking_judgement"
    __table_args__ = (
        UniqueConstraint("response_id", "assessor_id"),
        CheckConstraint("(state = 'entered') = (entered_at IS NOT NULL)", name="entered"),
        CheckConstraint("(state = 'entered') = (total IS NOT NULL)", name="total"),
        CheckConstraint("total >= 0", name="range"),
        Index(
            "ix_marking_judgement_turn",
            "response_id",
            "turn",
            unique=True,
            postgresql_where=text("state <> 'released'"),
            sqlite_where=text("state <> 'released'"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    response_id: Mapped[int] = mapped_column(ForeignKey("marking_written_response.id"))
    assessor_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    turn: Mapped[int]
    state: Mapped[str] = mapped_column(default=JudgementState.ALLOTTED)
    points: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    allotted_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    allotted_at: Mapped[datetime] = mapped_column(default=clock.now)
    entered_at: Mapped[datetime | None]
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("marking_correction.id"))
    correction: Mapped[Correction | None] = relationship()
    response: Mapped[WrittenResponse] = relationship(back_populates="judgements")
    assessor: Mapped[Person] = relationship(foreign_keys=[assessor_id])

    @property
    def reason(self) -> str:
        """Why it was marked anew; for markers, never for the assessor."""
        return word_of(self, "reason")

    @property
    def sealed_as(self) -> str:
        """What binds its words to its row."""
        return self.code

    @property
    def by_criterion(self) -> list[int]:
        """The points of each line of the rubric; empty until they are entered."""
        found: list[int] = json.loads(self.points) if self.points else []
        return found
