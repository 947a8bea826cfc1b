"""Tables of what items rest on and what is to be looked at: sources, syllabuses, flags, columns."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Bank, ItemVersion, Review
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


class ColumnChoice(Model):
    """What the columns of files with one head mean (列对应关系), as somebody of the bank said it.

    The head is sealed like all that a file says; it is found again by its keyed hash.
    """

    __tablename__ = "bank_column_choice"
    __table_args__ = (UniqueConstraint("bank_id", "head_print"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"))
    head_print: Mapped[str]
    choice_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)
    bank: Mapped[Bank] = relationship()
    kept_by: Mapped[Person] = relationship()


class SourceKind(StrEnum):
    """What a source is: made by the legislature, the government, an authority, or a body of standards."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    STANDARD = "standard"
    OTHER = "other"


class Source(Model):
    """An edition of a law, rule or standard (法规标准) as a centre's register has it, first and last day.

    ``in_force_from`` is empty where the first day is not known, ``in_force_until`` until further notice. Both
    days belong to the period. ``changed_articles`` are those that are others in the edition in its place,
    parted by spaces; empty where all count as changed. One that was recorded by mistake as the edition in
    place of another is withdrawn: it stays on record, and nothing rests on it.
    """

    __tablename__ = "bank_source"
    __table_args__ = (
        UniqueConstraint("organisation_id", "title", "number", "in_force_from"),
        CheckConstraint(
            "in_force_from IS NULL OR in_force_until IS NULL OR in_force_until >= in_force_from",
            name="period",
        ),
        CheckConstraint("replaced_by_id IS NULL OR in_force_until IS NOT NULL", name="replaced"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"))
    kind: Mapped[str]
    title: Mapped[str]
    number: Mapped[str]
    in_force_from: Mapped[date | None]
    in_force_until: Mapped[date | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("bank_source.id"))
    changed_articles: Mapped[str | None]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    replaced_by: Mapped[Source | None] = relationship(remote_side=[id])
    recorded_by: Mapped[Person] = relationship()

    def is_in_force(self, day: date) -> bool:
        """Tell whether it is the law of a day."""
        if self.withdrawn_at is not None:
            return False
        began = self.in_force_from is None or self.in_force_from <= day
        return began and (self.in_force_until is None or day <= self.in_force_until)


class SourceCorrection(Model):
    """What was recorded wrongly of a source and how it should read (法规台账更正), with the reason.

    Until somebody decides it changes nothing; ``accepted`` then says what was decided.
    """

    __tablename__ = "bank_source_correction"
    __table_args__ = (
        CheckConstraint(
            "(accepted IS NULL) = (decided_at IS NULL) AND (accepted IS NULL) = (decided_by_id IS NULL)",
            name="decision",
        ),
        Index(
            "ix_bank_source_correction_open",
            "source_id",
            unique=True,
            postgresql_where=text("accepted IS NULL"),
            sqlite_where=text("accepted IS NULL"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    source_id: Mapped[int] = mapped_column(ForeignKey("bank_source.id"))
    kind: Mapped[str]
    title: Mapped[str]
    number: Mapped[str]
    in_force_from: Mapped[date | None]
    in_force_until: Mapped[date | None]
    reason: Mapped[str]
    proposed_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    accepted: Mapped[bool | None]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    source: Mapped[Source] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class Citation(Model):
    """A version of an item rests on a source (命题依据); which article, only the sealed item says."""

    __tablename__ = "bank_citation"
    __table_args__ = (EXAM_SIDE,)

    version_id: Mapped[int] = mapped_column(
        ForeignKey("bank_item_version.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    source_id: Mapped[int] = mapped_column(ForeignKey("bank_source.id"), primary_key=True, index=True)


class SyllabusEdition(Model):
    """An edition of the syllabus of a qualification (考核大纲版本), first and last day."""

    __tablename__ = "bank_syllabus"
    __table_args__ = (
        UniqueConstraint("qualification", "edition"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    qualification: Mapped[str]
    edition: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


SOURCE_CHANGED = "source_changed"
"""A flag of an item whose law has changed; the other kinds are those of ``statistics.flags``."""


class Decision(StrEnum):
    """What became of a flag."""

    KEPT = "kept"
    CHANGED = "changed"
    RETIRED = "retired"
    KEY_CHANGE = "key_change"
    KEY_STAYS = "key_stays"
    CORRECTED = "corrected"
    REMARKED = "remarked"


class ItemFlag(Model):
    """A version that a reviewer has to look at (试题提示), since when and why, until somebody decides."""

    __tablename__ = "bank_flag"
    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)",
            name="decision",
        ),
        Index(
            "ix_bank_flag_open",
            "version_id",
            "kind",
            unique=True,
            postgresql_where=text("decision IS NULL"),
            sqlite_where=text("decision IS NULL"),
        ),
        Index(
            "ix_bank_flag_waiting",
            "bank_id",
            "version_id",
            "kind",
            "raised_at",
            postgresql_where=text("decision IS NULL"),
            sqlite_where=text("decision IS NULL"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("bank_item_version.id", ondelete="CASCADE"), index=True
    )
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"))
    kind: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    raised_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decision: Mapped[str | None]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    review_id: Mapped[int | None] = mapped_column(ForeignKey("bank_review.id"))
    version: Mapped[ItemVersion] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    review: Mapped[Review | None] = relationship()
    evidence: Mapped[list[FlagEvidence]] = relationship(
        back_populates="flag", order_by="FlagEvidence.id", cascade="all, delete-orphan"
    )


class FlagEvidence(Model):
    """What a flag rests on (提示依据): a sitting with its figures, or a changed source; each counts once."""

    __tablename__ = "bank_flag_evidence"
    __table_args__ = (UniqueConstraint("flag_id", "subject"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[int] = mapped_column(ForeignKey("bank_flag.id", ondelete="CASCADE"))
    subject: Mapped[str]
    details_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    flag: Mapped[ItemFlag] = relationship(back_populates="evidence")
