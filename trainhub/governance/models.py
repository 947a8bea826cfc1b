"""Table of granted duties."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.kernel import clock
from trainhub.kernel.db import CORE_SIDE, Model
from trainhub.people.models import Organisation, Person


class Grant(Model):
    """A duty that a person holds for an organisation in a period (授权), until it ends or is revoked."""

    __tablename__ = "governance_grant"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="period"), CORE_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"))
    duty: Mapped[str] = mapped_column(index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    granted_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()
