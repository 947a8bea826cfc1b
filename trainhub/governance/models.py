"""Tables of granted duties, and of what two people let pass although a rule forbids it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.kernel import clock
from trainhub.kernel.db import CORE_BY_OVERSIGHT, OVERSIGHT_SIDE, Model
from trainhub.people.models import Organisation, Person


class Grant(Model):
    """A duty that a person holds for an organisation in a period (授权), until it ends or is revoked."""

    __tablename__ = "governance_grant"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="period"), CORE_BY_OVERSIGHT)

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


class OverrideState(StrEnum):
    """Where an override stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Override(Model):
    """An act that a rule forbids and two people of the oversight side let pass (规则豁免), with its reason.

    It is of one rule, one person and one object, and is never deleted. ``person_id`` is empty where a rule
    speaks of nobody in particular.
    """

    __tablename__ = "governance_override"
    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="two_people"),
        OVERSIGHT_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    rule: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    object_code: Mapped[str] = mapped_column(index=True)
    side: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default=OverrideState.PROPOSED, index=True)
    proposed_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    withdrawn_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
