"""Tables of marking."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.marking.reasons import Given
from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person

if TYPE_CHECKING:
    from trainhub.exams.marking.models_keys import KeyEffect


class Standing(StrEnum):
    """How a result came about: by the answers, or by confirmed misconduct, which voids them."""

    COUNTED = "counted"
    MISCONDUCT = "misconduct"
    BROKEN_OFF = "broken_off"


class ResultState(StrEnum):
    """Whether a result counts, and is known outside marking."""

    ENTERED = "entered"
    MARKED = "marked"
    PUBLISHED = "published"


class CorrectionState(StrEnum):
    """What became of a proposed correction."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class Result(Model):
    """What a candidate reached at one sitting (考试成绩): marked by one person, published by another.

    ``journal_head`` is the last link of the journal from which the marks were computed. Who did not come has
    no result. While a sitting is being marked, what is entered belongs to no sitting yet (``entering``).
    """

    __tablename__ = "marking_result"
    __table_args__ = (
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="publication"),
        CheckConstraint("(state = 'entered') = (sitting_id IS NULL)", name="counting"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), unique=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True, nullable=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    qualification: Mapped[str]
    part: Mapped[str]
    marks: Mapped[int]
    pass_mark: Mapped[int]
    passed: Mapped[bool]
    standing: Mapped[str] = mapped_column(default=Standing.COUNTED)
    journal_head: Mapped[str] = mapped_column(default="")
    marked_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    marked_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=ResultState.MARKED, index=True)
    published_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    published_at: Mapped[datetime | None]
    candidate: Mapped[Candidate] = relationship()
    sitting: Mapped[Sitting] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])
    item_marks: Mapped[list[Mark]] = relationship(back_populates="result", order_by="Mark.number")
    corrections: Mapped[list[Correction]] = relationship(
        back_populates="result", order_by="Correction.proposed_at, Correction.id"
    )

    key_effects: Mapped[list[KeyEffect]] = relationship(
        back_populates="result", order_by="KeyEffect.at, KeyEffect.key_change_id"
    )

    @property
    def approved_corrections(self) -> list[Correction]:
        """What two people changed of the marks, the oldest first; none is ever taken away."""
        return [each for each in self.corrections if each.state == CorrectionState.APPROVED]


class Mark(Model):
    """The marks of one question (题目得分), computed from the sealed paper and the answer that counted."""

    __tablename__ = "marking_mark"
    __table_args__ = (CheckConstraint("given >= 0 AND given <= possible", name="range"), EXAM_SIDE)

    result_id: Mapped[int] = mapped_column(ForeignKey("marking_result.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_code: Mapped[str] = mapped_column(index=True)
    item_version: Mapped[int]
    possible: Mapped[int]
    given: Mapped[int]
    result: Mapped[Result] = relationship(back_populates="item_marks")


class Correction(Given, Model):
    """A change of the marks of one result (更正成绩): proposed by one person, decided by another.

    The rows of a result are its history: marks before and after, why, on what basis and by whom. That one
    person does not do both is S-21 and knows two records of one person; the constraint is what is left
    without it. What the two wrote is sealed (``reasons``), for it may quote a question.
    """

    __tablename__ = "marking_correction"
    __table_args__ = (
        CheckConstraint("new_marks >= 0 AND new_marks <> old_marks", name="change"),
        CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decision",
        ),
        CheckConstraint("state <> 'approved' OR decided_by_id <> proposed_by_id", name="four_eyes"),
        Index(
            "ix_marking_correction_open",
            "result_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
            sqlite_where=text("state = 'proposed'"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    result_id: Mapped[int] = mapped_column(ForeignKey("marking_result.id"), index=True)
    old_marks: Mapped[int]
    new_marks: Mapped[int]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    basis_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default=CorrectionState.PROPOSED)
    proposed_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    was_published: Mapped[bool] = mapped_column(default=False)
    result: Mapped[Result] = relationship(back_populates="corrections")
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
