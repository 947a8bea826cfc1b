"""Tables of marking."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.people.models import Person


class ResultState(StrEnum):
    """Whether a result is known outside marking."""

    MARKED = "marked"
    PUBLISHED = "published"


class Result(Model):
    """What a candidate reached at one sitting (考试成绩): marked by one person, published by another."""

    __tablename__ = "marking_result"
    __table_args__ = (
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="publication"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), unique=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    qualification: Mapped[str]
    part: Mapped[str]
    marks: Mapped[int]
    pass_mark: Mapped[int]
    passed: Mapped[bool]
    state: Mapped[str] = mapped_column(default=ResultState.MARKED, index=True)
    published_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    published_at: Mapped[datetime | None]
    candidate: Mapped[Candidate] = relationship()
    sitting: Mapped[Sitting] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])
