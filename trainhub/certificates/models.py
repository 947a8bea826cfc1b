"""Table of certificates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.marking.models import Result
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.people.models import Person


class CertificateState(StrEnum):
    """What a certificate is worth on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Certificate(Model):
    """A proof that somebody passed (考核合格证明), issued once per result; not the national certificate.

    The number is ours and tells nothing about its holder. ``document_hash`` is SHA-256 of the signed file: a
    copy that differs in one byte is not what was issued. The index on ``result_id``, not a view, stops a
    second one. ``pass_was_lost`` says that it was revoked because its result was no pass any more: if the
    result becomes a pass again, a new one is due. One that was revoked for any other reason is the last.
    """

    __tablename__ = "certificates_certificate"
    __table_args__ = (
        CheckConstraint("valid_to >= issued_on", name="period"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revocation"),
        CheckConstraint("revoked_by_id <> issued_by_id", name="other_person"),
        CheckConstraint("revoked_at IS NOT NULL OR NOT pass_was_lost", name="pass_was_lost"),
        Index(
            "ix_certificates_certificate_counting",
            "result_id",
            unique=True,
            postgresql_where=text("NOT pass_was_lost"),
            sqlite_where=text("NOT pass_was_lost"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("marking_result.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    holder_name: Mapped[str]
    qualification: Mapped[str]
    issued_on: Mapped[date]
    valid_to: Mapped[date]
    document_key: Mapped[str]
    document_hash: Mapped[str] = mapped_column(unique=True)
    issued_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    issued_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    revoked_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str] = mapped_column(Text, default="")
    pass_was_lost: Mapped[bool] = mapped_column(default=False)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    issued_by: Mapped[Person] = relationship(foreign_keys=[issued_by_id])
    revoked_by: Mapped[Person | None] = relationship(foreign_keys=[revoked_by_id])
    result: Mapped[Result] = relationship()
    sitting: Mapped[Sitting] = relationship()

    def state_on(self, day: date) -> CertificateState:
        """Return what it is worth on a day; a revocation counts from the moment it was made."""
        if self.revoked_at is not None:
            return CertificateState.REVOKED
        return CertificateState.EXPIRED if day > self.valid_to else CertificateState.VALID

    @property
    def state(self) -> CertificateState:
        """What it is worth today."""
        return self.state_on(clock.today())
