"""Tables of the bank: banks, knowledge points, items with their versions, reviews, imports.

What an item says stands nowhere in clear: bodies, remarks of reviewers, reports of imports and held rows are
sealed with the key of their bank (``vault``), words are found by keyed hashes.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, Person


class VersionState(StrEnum):
    """The way of a version: written, with a second person, approved, in use, out of use."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    LIVE = "live"
    RETIRED = "retired"


class Bank(Model):
    """An item bank (题库) of an exam centre for one qualification, with a key of its own.

    ``old_key_sealed`` is the key that is being replaced, while its content is encrypted anew.
    """

    __tablename__ = "bank_bank"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    qualification: Mapped[str] = mapped_column(index=True)
    key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    old_key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    media_noted_to: Mapped[int | None]
    created_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    organisation: Mapped[Organisation] = relationship()


class KnowledgePoint(Model):
    """A knowledge point (知识点) in the tree of a qualification; closed, it takes no further item."""

    __tablename__ = "bank_knowledge_point"
    __table_args__ = (UniqueConstraint("qualification", "code"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    qualification: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("bank_knowledge_point.id"))
    closed_on: Mapped[date | None]


class Item(Model):
    """An item (试题): what all its versions share; it stays in its bank.

    ``fingerprint`` is a keyed hash of what the newest version asks, by which nothing is imported twice. It is
    coarse, unless another item that differs in a sign alone bears the same: then it is exact.
    """

    __tablename__ = "bank_item"
    __table_args__ = (
        UniqueConstraint("bank_id", "fingerprint"),
        CheckConstraint("exposure >= 0", name="exposure"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"), index=True)
    type: Mapped[str]
    knowledge_point_id: Mapped[int | None] = mapped_column(ForeignKey("bank_knowledge_point.id"), index=True)
    level: Mapped[int | None]
    cognitive: Mapped[str | None]
    fingerprint: Mapped[str]
    exposure: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    bank: Mapped[Bank] = relationship()
    knowledge_point: Mapped[KnowledgePoint | None] = relationship()
    versions: Mapped[list[ItemVersion]] = relationship(
        back_populates="item", order_by="ItemVersion.number", cascade="all, delete-orphan"
    )


class ItemVersion(Model):
    """One version of an item (试题版本); nobody changes it once it was handed in for review.

    ``bank_id`` is that of its item, so that one index tells how many of a bank stand where, reading none.
    """

    __tablename__ = "bank_item_version"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        Index("ix_bank_item_version_standing", "bank_id", "newest", "state", "item_id", "id"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id"))
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"))
    number: Mapped[int]
    newest: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default=VersionState.DRAFT)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    author_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[datetime | None]
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    reviewed_at: Mapped[datetime | None]
    item: Mapped[Item] = relationship(back_populates="versions")
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])


class Verdict(StrEnum):
    """What a reviewer says of a version."""

    REMARK = "remark"
    ANSWER = "answer"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    RETIRED = "retired"


class Review(Model):
    """A remark or verdict on a version (审题意见); its words are sealed, for they quote the item."""

    __tablename__ = "bank_review"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    version_id: Mapped[int] = mapped_column(ForeignKey("bank_item_version.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    verdict: Mapped[str]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    person: Mapped[Person] = relationship()


class Gram(Model):
    """A keyed hash of two neighbouring characters of an item (检索索引): found without being readable."""

    __tablename__ = "bank_gram"
    __table_args__ = (EXAM_SIDE,)

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id"), primary_key=True, index=True)


class Import(Model):
    """A file of items handed in (试题导入) and what became of each of its rows; the report is sealed.

    ``columns_sealed`` holds what is asked about its columns, or what somebody answered; ``came_in`` the items
    that it has brought in, as first and last numbers, so that an import that was broken off knows its own.
    """

    __tablename__ = "bank_import"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"), index=True)
    file_key: Mapped[str | None]
    dry_run: Mapped[bool] = mapped_column(default=False)
    submit: Mapped[bool] = mapped_column(default=True)
    report_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    columns_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    came_in: Mapped[Any] = mapped_column(JSON, nullable=True)
    file_name: Mapped[str]
    imported_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    imported_at: Mapped[datetime] = mapped_column(default=clock.now)
    bank: Mapped[Bank] = relationship()
    imported_by: Mapped[Person | None] = relationship()

    @property
    def number_came_in(self) -> int:
        """How many items it has brought in so far."""
        return sum(last - first + 1 for first, last in self.came_in or ())


class HeldState(StrEnum):
    """What became of a doubtful row."""

    OPEN = "open"
    TAKEN_IN = "taken_in"
    LEFT_OUT = "left_out"


class HeldRow(Model):
    """A doubtful row of a file (待人工确认的行), kept out of use until a person has decided."""

    __tablename__ = "bank_held_row"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    import_id: Mapped[str] = mapped_column(ForeignKey("bank_import.id"), index=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"), index=True)
    place: Mapped[str]
    row_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    row_print: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=HeldState.OPEN, index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("bank_item.id"))
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    bank: Mapped[Bank] = relationship()
