"""Tables of answers on paper: who sits on paper and why, the answer sheets, and what each reader read."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person

_IN_FORCE = text("lifted_at IS NULL")


class OnPaper(Model):
    """That a sitting, or one candidate of it, sits on paper (纸笔考试), and why."""

    __tablename__ = "delivery_on_paper"
    __table_args__ = (
        Index(
            "ix_delivery_on_paper_in_force",
            "sitting_id",
            "candidate_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"))
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("sittings_candidate.id"))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    sitting: Mapped[Sitting] = relationship()
    candidate: Mapped[Candidate | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class SheetState(StrEnum):
    """Where an answer sheet stands: to be read, read differently, its answers taken, or not there."""

    WAITING = "waiting"
    DIFFERS = "differs"
    SETTLED = "settled"
    MISSING = "missing"


class AnswerSheet(Model):
    """The answer sheet of one attempt on paper (纸质答卷), from the first who takes it up on.

    ``form`` is what can be answered, in the paper's own order. ``settled`` are the entries that were taken.
    """

    __tablename__ = "delivery_answer_sheet"
    __table_args__ = (
        CheckConstraint("(settled_at IS NOT NULL) = (state IN ('settled', 'missing'))", name="settled"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("delivery_attempt.id"), unique=True)
    state: Mapped[str] = mapped_column(default=SheetState.WAITING)
    form: Mapped[str | None] = mapped_column(Text)
    settled: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
    attempt: Mapped[Attempt] = relationship()
    readings: Mapped[list[Reading]] = relationship(back_populates="sheet", order_by="Reading.id")

    @property
    def is_settled(self) -> bool:
        """Whether nobody has anything more to enter."""
        return self.state in (SheetState.SETTLED, SheetState.MISSING)

    def entered(self, what: Kind | None = None) -> list[Reading]:
        """Return what readers entered, in that order; only of one kind if asked."""
        done = [each for each in self.readings if each.entered_at is not None]
        return sorted(
            (each for each in done if what is None or each.kind == what),
            key=lambda each: (each.entered_at, each.id),
        )


class Kind(StrEnum):
    """What a reader has to say of a sheet: what stands on it, that it is not there, or what decides."""

    READ = "read"
    MISSING = "missing"
    DECISION = "decision"


class Reading(Model):
    """One person's reading of one answer sheet (录入): entered once, and nobody has a sheet twice.

    The row is written when the sheet is taken up, before its page is shown. ``entries`` is JSON: for each
    place of the form its state and, where something was answered, the answer. Whoever said that a sheet is
    missing may read it once it is found.
    """

    __tablename__ = "delivery_sheet_reading"
    __table_args__ = (
        UniqueConstraint("sheet_id", "person_id"),
        CheckConstraint("entries IS NULL OR entered_at IS NOT NULL", name="entered"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("delivery_answer_sheet.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    kind: Mapped[str]
    entries: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    entered_at: Mapped[datetime | None]
    said_missing_at: Mapped[datetime | None]
    sheet: Mapped[AnswerSheet] = relationship(back_populates="readings")
    person: Mapped[Person] = relationship()

    @property
    def by_place(self) -> list[list[Any]]:
        """What was read, place by place."""
        found: list[list[Any]] = json.loads(self.entries or "[]")
        return found
