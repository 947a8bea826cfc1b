"""Tables of opening by several officers: their keys, the shares of a paper's key, what waits for a second."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.papers.models import Paper
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


class Opening(StrEnum):
    """How a sealed paper is opened: by two of several officers, or by the clock of the server."""

    OFFICERS = "officers"
    CLOCK = "clock"


class OpeningKey(Model):
    """An officer's own opening key (启封密钥); its private half is under a passphrase of the officer's."""

    __tablename__ = "papers_opening_key"
    __table_args__ = (
        CheckConstraint("time_cost > 0 AND memory_kib > 0 AND lanes > 0", name="costs"),
        Index(
            "ix_papers_opening_key_in_use",
            "person_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
            sqlite_where=text("replaced_at IS NULL"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    time_cost: Mapped[int]
    memory_kib: Mapped[int]
    lanes: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    replaced_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    ledger_leaf: Mapped[str]
    person: Mapped[Person] = relationship()


class Share(Model):
    """An officer's share of a paper's key (密钥份额), readable by that officer's opening key alone."""

    __tablename__ = "papers_share"
    __table_args__ = (
        UniqueConstraint("paper_id", "number"),
        UniqueConstraint("paper_id", "person_id"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers_paper.id"), index=True)
    number: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("papers_opening_key.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    paper: Mapped[Paper] = relationship()
    person: Mapped[Person] = relationship()
    key: Mapped[OpeningKey] = relationship()


class FirstShare(Model):
    """What the first of two officers gave (首位启封员已交份额), for one paper and sitting; erased soon."""

    __tablename__ = "papers_first_share"
    __table_args__ = (UniqueConstraint("paper_id", "sitting_code"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers_paper.id"), index=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("papers_share.id"))
    sitting_code: Mapped[str]
    share_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    paper: Mapped[Paper] = relationship()
    share: Mapped[Share] = relationship()


class Insider(Model):
    """Who wrote or reviewed an item of a paper whose items nobody may list (涉卷命审题人员)."""

    __tablename__ = "papers_insider"
    __table_args__ = (UniqueConstraint("paper_id", "person_id"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers_paper.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
