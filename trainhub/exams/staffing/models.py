"""Tables of staffing: who may be on duty, and who is on duty at which sitting."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.sittings import Sitting, SittingRoom
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.i18n import _l
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, Person


class StaffMember(Model):
    """An entry in the register of exam staff (考务人员名册): a person, for one duty and a period.

    ``district`` is where the person belongs; an inspector never inspects there.
    """

    __tablename__ = "staffing_member"
    __table_args__ = (
        UniqueConstraint("centre_id", "person_id", "duty"),
        CheckConstraint("qualified_from <= qualified_until", name="period"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    centre_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    duty: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"))
    district: Mapped[str]
    qualified_from: Mapped[date]
    qualified_until: Mapped[date]
    entered_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    centre: Mapped[Organisation] = relationship(foreign_keys=[centre_id])
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class AppointmentState(StrEnum):
    """Whether an appointment stands."""

    APPOINTED = "appointed"
    WITHDRAWN = "withdrawn"


class Appointment(Model):
    """A person on duty at a sitting (派遣), for a room of it or, like inspectors, for all."""

    __tablename__ = "staffing_appointment"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    sitting_room_id: Mapped[int | None] = mapped_column(ForeignKey("sittings_room.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    duty: Mapped[str]
    state: Mapped[str] = mapped_column(default=AppointmentState.APPOINTED)
    appointed_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    appointed_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    sitting: Mapped[Sitting] = relationship()
    room: Mapped[SittingRoom | None] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    appointed_by: Mapped[Person] = relationship(foreign_keys=[appointed_by_id])


class AbsenceKind(StrEnum):
    """Why somebody cannot come; no more is kept than this word."""

    ILLNESS = "illness"
    LEAVE = "leave"
    OTHER_WORK = "other_work"
    OTHER = "other"

    @property
    def label(self) -> Any:
        """The reason in the reader's language."""
        return _ABSENCE_WORDS[self]


_ABSENCE_WORDS: dict[AbsenceKind, Any] = {
    AbsenceKind.ILLNESS: _l("ill"),
    AbsenceKind.LEAVE: _l("on leave"),
    AbsenceKind.OTHER_WORK: _l("other work"),
    AbsenceKind.OTHER: _l("another reason"),
}


class StaffAbsence(Model):
    """Days on which somebody of the register cannot come (请假), whole days, first and last included."""

    __tablename__ = "staffing_absence"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="period"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    centre_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kind: Mapped[str]
    entered_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    withdrawn_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
