"""Tables of what was found wrong with a question after it had been set."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.marking.models import CorrectionState, Result
from trainhub.exams.marking.reasons import Given, word_of
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, Person


class KeyChangeKind(StrEnum):
    """What is done about a question that was wrong."""

    VOID = "void"
    REKEY = "rekey"


class KeyChange(Given, Model):
    """A question found wrong after an exam (试题作废、更正答案), for every attempt of a centre that met it.

    Voided, its marks go to everybody; re-keyed, the key is that of a later version which two people of the
    bank approved. One marker proposes, another approves (S-21). Approved, it is under way until everybody is
    told (``followed_at``). It holds no word of the question: what the two wrote is sealed (``reasons``), for
    it may quote it.
    """

    __tablename__ = "marking_key_change"
    __table_args__ = (
        CheckConstraint("(kind = 'rekey') = (to_version IS NOT NULL)", name="kind"),
        CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decision",
        ),
        CheckConstraint("state <> 'approved' OR decided_by_id <> proposed_by_id", name="four_eyes"),
        CheckConstraint("state = 'approved' OR followed_at IS NULL", name="following"),
        Index(
            "ix_marking_key_change_open",
            "organisation_id",
            "item_code",
            "item_version",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
            sqlite_where=text("state = 'proposed'"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    item_code: Mapped[str]
    item_version: Mapped[int]
    kind: Mapped[str]
    to_version: Mapped[int | None]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    basis_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default=CorrectionState.PROPOSED)
    proposed_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    followed_at: Mapped[datetime | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    organisation: Mapped[Organisation] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    effects: Mapped[list[KeyEffect]] = relationship(
        back_populates="key_change", order_by="KeyEffect.result_id"
    )

    @property
    def is_under_way(self) -> bool:
        """Whether results follow it already and not everybody is told yet."""
        return self.state == CorrectionState.APPROVED and self.followed_at is None


class KeyEffect(Model):
    """What a changed key did to one result (更正影响): marks before and after.

    Marks that two people had corrected by hand stay; ``by_hand`` says so, and a marker looks at them. What
    was published goes out as another outcome (``outcome_code``); ``followed_at`` says when it was told of.
    """

    __tablename__ = "marking_key_effect"
    __table_args__ = (CheckConstraint("old_marks >= 0 AND new_marks >= 0", name="range"), EXAM_SIDE)

    key_change_id: Mapped[int] = mapped_column(ForeignKey("marking_key_change.id"), primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("marking_result.id"), primary_key=True, index=True)
    old_marks: Mapped[int]
    new_marks: Mapped[int]
    was_published: Mapped[bool]
    by_hand: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    followed_at: Mapped[datetime | None]
    outcome_code: Mapped[str | None]
    key_change: Mapped[KeyChange] = relationship(back_populates="effects")
    result: Mapped[Result] = relationship(back_populates="key_effects")


class KeptMarks(Model):
    """A marker looked at marks corrected by hand after a key had changed (人工更正复核): they stay."""

    __tablename__ = "marking_kept_marks"
    __table_args__ = (EXAM_SIDE,)

    key_change_id: Mapped[int] = mapped_column(ForeignKey("marking_key_change.id"), primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("marking_result.id"), primary_key=True, index=True)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)
    kept_by: Mapped[Person] = relationship()

    @property
    def reason(self) -> str:
        """Why the marks stay."""
        return word_of(self, "reason")

    @property
    def sealed_as(self) -> str:
        """What binds its words to its row."""
        return f"{self.key_change_id}:{self.result_id}"
