"""Table of who asked to take the items of a bank out, and who agreed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Bank
from trainhub.kernel import clock, keys
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import MASTER
from trainhub.people.models import Person


class ExportState(StrEnum):
    """Where a request to take items out stands."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    USED = "used"


class ExportRequest(Model):
    """A person asks to take the items of a bank out (试题导出申请); a second one agrees, for one time.

    ``items`` is how many approved ones there were: the agreement counts for no more. Why they are wanted is
    sealed with the master key, for it may quote an item.
    """

    __tablename__ = "bank_export_request"
    __table_args__ = (
        CheckConstraint("items > 0", name="items"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="two"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    bank_id: Mapped[int] = mapped_column(ForeignKey("bank_bank.id"), index=True)
    form: Mapped[str]
    items: Mapped[int]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default=ExportState.ASKED)
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    bank: Mapped[Bank] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def reason(self) -> str:
        """Why the items are wanted, deciphered."""
        return keys.unseal(MASTER, self.reason_sealed, reason_context(self)).decode()


def reason_context(row: ExportRequest) -> str:
    """Return what binds the sealed reason of a request to its row."""
    return f"{row.__tablename__}:{row.code}:reason"
