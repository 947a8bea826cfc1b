"""Tables of the files that items show: what is known of each, who still needs it, and what is to go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Bank
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


class BankMedium(Model):
    """A picture, sound or film of a bank (题库媒体); the file is sealed with the bank's key.

    ``print`` is the keyed hash of the clear file, by which a file is kept once and found by the digest that
    stands in a body; the digest itself stands nowhere in clear, or whoever has a picture could ask the table
    whether it is set.
    """

    __tablename__ = "bank_medium"
    __table_args__ = (
        UniqueConstraint("bank_id", "print"),
        CheckConstraint("size > 0", name="size"),
        EXAM_SIDE,
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"), index=True)
    print: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_ms: Mapped[int | None]
    file_key: Mapped[str]
    brought_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    brought_at: Mapped[datetime] = mapped_column(default=clock.now)
    bank: Mapped[Bank] = relationship()
    brought_by: Mapped[Person] = relationship()


class MediumOfVersion(Model):
    """A version of an item shows a file (版本所用媒体); so nobody removes the file.

    The body, which names its files, is sealed: this is how it is known without opening all of them.
    """

    __tablename__ = "bank_medium_of_version"
    __table_args__ = (EXAM_SIDE,)

    version_id: Mapped[int] = mapped_column(
        ForeignKey("bank_item_version.id", ondelete="CASCADE"), primary_key=True
    )
    medium_id: Mapped[str] = mapped_column(ForeignKey("bank_medium.id"), primary_key=True, index=True)


class MediumOfHeld(Model):
    """A doubtful row came with a file (待确认行的媒体), kept until the row is decided."""

    __tablename__ = "bank_medium_of_held"
    __table_args__ = (EXAM_SIDE,)

    held_id: Mapped[str] = mapped_column(ForeignKey("bank_held_row.id", ondelete="CASCADE"), primary_key=True)
    medium_id: Mapped[str] = mapped_column(ForeignKey("bank_medium.id"), primary_key=True, index=True)


class FileToRemove(Model):
    """A sealed file that no row speaks of any more (待删文件): it goes, and after it this row."""

    __tablename__ = "bank_file_to_remove"
    __table_args__ = (EXAM_SIDE,)

    file_key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
