"""Tables of exam sites: where examinations may be held, room by room, and how each site was found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.people.models import Organisation, Person


class SiteState(StrEnum):
    """Where a site stands: only an active one is used."""

    APPLIED = "applied"
    INSPECTED = "inspected"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Site(Model):
    """An exam site (考试点) of an organisation, admitted by the exam centre after inspection."""

    __tablename__ = "sites_site"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    district: Mapped[str]
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default=SiteState.APPLIED)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    centre: Mapped[Organisation] = relationship(foreign_keys=[centre_id])
    rooms: Mapped[list[ExamRoom]] = relationship(back_populates="site", order_by="ExamRoom.code")


class ExamRoom(Model):
    """An examination room (考场) of a site: its seats stand in rows, some machines are spare."""

    __tablename__ = "sites_room"
    __table_args__ = (
        UniqueConstraint("site_id", "code"),
        CheckConstraint("seats > 0 AND seats_per_row > 0 AND spare_machines >= 0", name="numbers"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites_site.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    seats: Mapped[int]
    seats_per_row: Mapped[int] = mapped_column(default=6)
    spare_machines: Mapped[int] = mapped_column(default=0)
    site: Mapped[Site] = relationship(back_populates="rooms")
    networks: Mapped[list[RoomNetwork]] = relationship(
        order_by="RoomNetwork.id", cascade="all, delete-orphan"
    )


class RoomNetwork(Model):
    """A network (网段) from which the machines of an examination room reach the exam."""

    __tablename__ = "sites_network"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("sites_room.id"), index=True)
    network: Mapped[str]


class SiteInspection(Model):
    """An inspection of a site against the site standard (考试点现场评审), point by point, as it was found."""

    __tablename__ = "sites_inspection"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites_site.id"), index=True)
    standard_version: Mapped[str]
    findings: Mapped[Any] = mapped_column(JSON)
    passed: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    inspected_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    inspected_at: Mapped[datetime] = mapped_column(default=clock.now)
    inspected_by: Mapped[Person] = relationship()
