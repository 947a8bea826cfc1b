"""The table of deeds on many items: what was asked for, and what became of each item."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Bank
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


class BulkDeed(Model):
    """A deed on many items at once (批量操作); what was asked for and its report are sealed.

    The report grows with the work: whatever broke it off, it tells of every item that was touched.
    """

    __tablename__ = "bank_bulk_deed"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"), index=True)
    deed: Mapped[str]
    order_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    report_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    bank: Mapped[Bank] = relationship()
    asked_by: Mapped[Person] = relationship()
