"""Tables of the door: records that pass from one wing to the other, each signed over all its columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from trainhub.kernel import clock
from trainhub.kernel.db import DOOR_FROM_EXAM, DOOR_OF_BOTH, DOOR_SIDE, Model
from trainhub.kernel.identifiers import random_id


class SigningKey(Model):
    """A public key with which an organisation signs what it hands over (签名公钥); the private is a file."""

    __tablename__ = "handover_key"
    __table_args__ = (DOOR_OF_BOTH,)

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    public_key: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class Signed(Model):
    """What all records have: a code, who signed, when, and the signature over every other column."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    organisation_code: Mapped[str]
    issued_by_id: Mapped[str]
    issued_at: Mapped[datetime]
    signature: Mapped[str]

    @declared_attr
    def key_id(cls) -> Mapped[str]:
        """The key that signed."""
        return mapped_column(ForeignKey("handover_key.id"))

    def content(self) -> dict[str, Any]:
        """Return what the signature covers: every column but the row's number and the signature itself."""
        columns = [column.name for column in type(self).__table__.columns]
        plain = {name: _plain(getattr(self, name)) for name in columns if name not in ("id", "signature")}
        return {"record": type(self).__tablename__, **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


class TrainingRecord(Signed):
    """A training body's word that a person has learned (培训记录): from training to examination."""

    __tablename__ = "handover_training_record"
    __table_args__ = (DOOR_SIDE,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    qualification: Mapped[str]
    syllabus_version: Mapped[str]
    verified_seconds: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    class_code: Mapped[str]


class Revocation(Signed):
    """A training body takes a training record back (培训记录撤销)."""

    __tablename__ = "handover_revocation"
    __table_args__ = (DOOR_SIDE,)

    record_code: Mapped[str] = mapped_column(ForeignKey("handover_training_record.code"), unique=True)
    reason: Mapped[str] = mapped_column(Text)


class Application(Signed):
    """An enterprise or training body asks that a person be examined (报考申请)."""

    __tablename__ = "handover_application"
    __table_args__ = (DOOR_SIDE,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    qualification: Mapped[str]
    wished_from: Mapped[date]
    wished_to: Mapped[date]
    documents: Mapped[str] = mapped_column(Text)


class PracticeQuestion(Signed):
    """A question with which a training body lets people practise (练习题): no secret, and plain text."""

    __tablename__ = "handover_practice_question"
    __table_args__ = (DOOR_SIDE,)

    qualification: Mapped[str]
    text: Mapped[str] = mapped_column(Text)


class Outcome(Signed):
    """A published result of a part, without marks (考试结果): from examination to training."""

    __tablename__ = "handover_outcome"
    __table_args__ = (DOOR_FROM_EXAM,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    qualification: Mapped[str]
    part: Mapped[str]
    passed: Mapped[bool]
    on: Mapped[date]
    sitting_code: Mapped[str]


class CertificateStatus(Signed):
    """That a certificate exists, until when, and whether it is revoked (证明状态); the newest one counts."""

    __tablename__ = "handover_certificate_status"
    __table_args__ = (DOOR_FROM_EXAM,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    qualification: Mapped[str]
    number: Mapped[str] = mapped_column(index=True)
    valid_to: Mapped[date]
    revoked: Mapped[bool]


RECORDS: tuple[type[Signed], ...] = (
    TrainingRecord,
    Revocation,
    Application,
    PracticeQuestion,
    Outcome,
    CertificateStatus,
)
