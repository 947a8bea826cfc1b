"""Tables of likeness: sketches of items, pairs that people judge, practice questions that resemble items.

Nothing in them can be read: sketches and bands are keyed numbers, the rest says which rows are alike.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Item
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.people.models import Person


class SketchKey(Model):
    """The key of all sketches (比对密钥), sealed with the master key; one row."""

    __tablename__ = "bank_sketch_key"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Sketch(Model):
    """The sketch of an item's newest version (试题摘要)."""

    __tablename__ = "bank_sketch"
    __table_args__ = (EXAM_SIDE,)

    item_id: Mapped[int] = mapped_column(
        ForeignKey("bank_item.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    places: Mapped[bytes] = mapped_column(LargeBinary)


class Band(Model):
    """A part of a sketch, as a number (摘要分段): like items of a centre have one in common."""

    __tablename__ = "bank_band"
    __table_args__ = (EXAM_SIDE,)

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("bank_item.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PairState(StrEnum):
    """What people say of two like items."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


class Pair(Model):
    """Two items of a centre that may say the same (疑似重复), and what a person said of them.

    With the banks of both in its index, the open pairs of a bank are counted and turned over without reading
    any. An open pair goes when one of its items is retired.
    """

    __tablename__ = "bank_pair"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
        Index(
            "ix_bank_pair_waiting",
            "state",
            "percent",
            "id",
            "first_bank_id",
            "second_bank_id",
            "difference",
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id", ondelete="CASCADE"), index=True)
    first_bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"))
    second_bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"))
    percent: Mapped[int]
    difference: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(default=PairState.OPEN)
    judged_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    judged_at: Mapped[datetime | None]
    first: Mapped[Item] = relationship(foreign_keys=[first_id])
    second: Mapped[Item] = relationship(foreign_keys=[second_id])
    judged_by: Mapped[Person | None] = relationship()


class Practice(Model):
    """A practice question of the training side as the examination side compares it (练习题比对); no text."""

    __tablename__ = "bank_practice"
    __table_args__ = (EXAM_SIDE,)

    record_code: Mapped[str] = mapped_column(primary_key=True)
    places: Mapped[bytes] = mapped_column(LargeBinary)
    compared_at: Mapped[datetime] = mapped_column(default=clock.now)


class Leak(Model):
    """A practice question that resembles an item (疑似泄题), until somebody of the bank has looked at it."""

    __tablename__ = "bank_leak"
    __table_args__ = (UniqueConstraint("item_id", "record_code"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id", ondelete="CASCADE"))
    record_code: Mapped[str] = mapped_column(index=True)
    percent: Mapped[int]
    difference: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    reported_at: Mapped[datetime | None]
    seen_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    seen_at: Mapped[datetime | None]
    item: Mapped[Item] = relationship()
    seen_by: Mapped[Person | None] = relationship()


class LeakReport(Model):
    """That the report of a day was written (疑似泄题日报), whether or not anything was found."""

    __tablename__ = "bank_leak_report"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
