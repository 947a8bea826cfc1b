"""Table of what items asked before they were written anew: so no file brings the old wording in again."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Bank, Item
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id


class EarlierQuestion(Model):
    """What an item asked before (试题原先的问题), sealed; ``print`` is the keyed hash of it."""

    __tablename__ = "bank_earlier_question"
    __table_args__ = (Index("ix_bank_earlier_question_print", "bank_id", "print"), EXAM_SIDE)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id", ondelete="CASCADE"), index=True)
    print: Mapped[str]
    question_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    bank: Mapped[Bank] = relationship()
    item: Mapped[Item] = relationship()
