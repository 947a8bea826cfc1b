"""Tables of the draw: frozen pools, the parties' commitments, the places drawn."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.models import Appointment
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, Person


class DrawState(StrEnum):
    """How far a draw is."""

    FROZEN = "frozen"
    DRAWN = "drawn"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """Who holds a secret of a draw."""

    CENTRE = "centre"
    OVERSIGHT = "oversight"


class Draw(Model):
    """A draw of exam staff (考务人员抽签) for the sittings of a centre on one day.

    ``pool`` is canonical JSON and never changes; ``pool_hash`` stands in the ledger before anybody commits.
    ``head_size`` and ``head_root`` are the first signed head of the ledger that holds both commitments.
    """

    __tablename__ = "staffing_draw"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    centre_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    day: Mapped[date]
    state: Mapped[str] = mapped_column(default=DrawState.FROZEN)
    pool: Mapped[str] = mapped_column(Text)
    pool_hash: Mapped[str]
    leaf_hash: Mapped[str]
    reason: Mapped[str] = mapped_column(Text, default="")
    frozen_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    frozen_at: Mapped[datetime] = mapped_column(default=clock.now)
    head_size: Mapped[int | None]
    head_root: Mapped[str | None]
    seed: Mapped[str | None]
    drawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    centre: Mapped[Organisation] = relationship(foreign_keys=[centre_id])
    frozen_by: Mapped[Person] = relationship(foreign_keys=[frozen_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
    commitments: Mapped[list[Commitment]] = relationship(
        order_by="Commitment.party", back_populates="draw", lazy="selectin"
    )
    places: Mapped[list[DrawnPlace]] = relationship(order_by="DrawnPlace.number", back_populates="draw")
    sittings: Mapped[list[DrawSitting]] = relationship(order_by="DrawSitting.id", back_populates="draw")

    def of(self, party: Party) -> Commitment | None:
        """Return the commitment of a party, or None."""
        return next((each for each in self.commitments if each.party == party), None)


class DrawSitting(Model):
    """A sitting for which people are drawn (抽签场次)."""

    __tablename__ = "staffing_draw_sitting"
    __table_args__ = (UniqueConstraint("draw_id", "sitting_id"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("staffing_draw.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    draw: Mapped[Draw] = relationship(back_populates="sittings")
    sitting: Mapped[Sitting] = relationship()


class Commitment(Model):
    """What a party published before the draw (抽签承诺), and its secret once it is revealed."""

    __tablename__ = "staffing_draw_commitment"
    __table_args__ = (
        UniqueConstraint("draw_id", "party"),
        CheckConstraint("party IN ('centre', 'oversight')", name="party"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("staffing_draw.id"))
    party: Mapped[str]
    commitment: Mapped[str]
    leaf_hash: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    committed_at: Mapped[datetime] = mapped_column(default=clock.now)
    secret: Mapped[str | None]
    revealed_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    revealed_at: Mapped[datetime | None]
    draw: Mapped[Draw] = relationship(back_populates="commitments")
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    revealed_by: Mapped[Person | None] = relationship(foreign_keys=[revealed_by_id])


class DrawnPlace(Model):
    """A place and who was drawn for it (抽签结果).

    ``refused_by`` holds the rules that refused the appointment because of what became known after the pool
    was frozen, or what else stood against it; the place is then drawn anew.
    """

    __tablename__ = "staffing_draw_place"
    __table_args__ = (UniqueConstraint("draw_id", "number"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("staffing_draw.id"))
    number: Mapped[int]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    duty: Mapped[str]
    room: Mapped[str | None]
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("staffing_appointment.id"), unique=True)
    refused_by: Mapped[str] = mapped_column(default="")
    draw: Mapped[Draw] = relationship(back_populates="places")
    sitting: Mapped[Sitting] = relationship()
    person: Mapped[Person] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
