"""Tables of sittings: the plan, who is registered and why they may, their seats, changes and objections."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.sites.models import ExamRoom, Site
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, Person


class SittingState(StrEnum):
    """Where a sitting stands, from plan to publication."""

    PLANNED = "planned"
    ARRANGED = "arranged"
    OPEN = "open"
    CLOSED = "closed"
    MARKED = "marked"
    PUBLISHED = "published"


class Part(StrEnum):
    """Which part of an examination a sitting holds."""

    THEORY = "theory"
    PRACTICAL = "practical"


class Sitting(Model):
    """A sitting (考试场次): one part of one qualification at one site, by the published plan.

    Minutes, pass mark and the limits of entry are those of the law on the sitting's day, kept as planned. The
    reserve paper is for a sitting that is broken off and cannot go on with the first.
    """

    __tablename__ = "sittings_sitting"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    qualification: Mapped[str]
    part: Mapped[str] = mapped_column(default=Part.THEORY)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites_site.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    pass_mark: Mapped[int]
    entry_before_minutes: Mapped[int]
    late_entry_minutes: Mapped[int]
    early_hand_in_minutes: Mapped[int]
    paper_code: Mapped[str | None]
    reserve_paper_code: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=SittingState.PLANNED, index=True)
    planned_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    planned_at: Mapped[datetime] = mapped_column(default=clock.now)
    organisation: Mapped[Organisation] = relationship()
    site: Mapped[Site] = relationship()
    planned_by: Mapped[Person] = relationship()
    rooms: Mapped[list[SittingRoom]] = relationship(back_populates="sitting", order_by="SittingRoom.id")

    @property
    def ends_at(self) -> datetime:
        """When the time of somebody who began on time is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def entry_from(self) -> datetime:
        """From when on candidates are let in."""
        return self.starts_at - timedelta(minutes=self.entry_before_minutes)

    @property
    def entry_until(self) -> datetime:
        """Until when somebody late is let in."""
        return self.starts_at + timedelta(minutes=self.late_entry_minutes)


class SittingRoom(Model):
    """A room of the site as a sitting uses it (场次考场), with as many seats as are used."""

    __tablename__ = "sittings_room"
    __table_args__ = (
        UniqueConstraint("sitting_id", "exam_room_id"),
        CheckConstraint("seats > 0", name="seats"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    exam_room_id: Mapped[int] = mapped_column(ForeignKey("sites_room.id"))
    seats: Mapped[int]
    sitting: Mapped[Sitting] = relationship(back_populates="rooms")
    exam_room: Mapped[ExamRoom] = relationship()

    @property
    def name(self) -> str:
        """The room's name."""
        return self.exam_room.name


class CandidateState(StrEnum):
    """Whether a registration stands."""

    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


class Eligibility(StrEnum):
    """Why a candidate may sit, or that it is still open."""

    PENDING = "pending"
    TRAINING_RECORD = "training_record"
    ACCEPTED_EVIDENCE = "accepted_evidence"
    EARLIER_RECORD = "earlier_record"


class Candidate(Model):
    """A candidate (考生): one person registered for one sitting, with ticket number and, later, a seat.

    ``code`` stands in addresses; ``check_in_code`` is what the QR code of the ticket holds;
    ``objection_token`` opens the page on which the person says that they never registered. The telephone
    number is the registering party's word and is never used for notices.
    """

    __tablename__ = "sittings_candidate"
    __table_args__ = (
        UniqueConstraint("sitting_id", "person_id"),
        UniqueConstraint("sitting_room_id", "seat_number"),
        CheckConstraint("(sitting_room_id IS NULL) = (seat_number IS NULL)", name="seat"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    ticket_number: Mapped[str] = mapped_column(unique=True)
    check_in_code: Mapped[str] = mapped_column(unique=True, default=random_id)
    objection_token: Mapped[str] = mapped_column(unique=True, default=random_id)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"))
    employer_name: Mapped[str]
    training_body_name: Mapped[str] = mapped_column(default="")
    contact_phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    eligibility: Mapped[str] = mapped_column(default=Eligibility.PENDING, index=True)
    eligibility_facts: Mapped[Any] = mapped_column(JSON, default=dict)
    attempt_number: Mapped[int] = mapped_column(default=1)
    sitting_room_id: Mapped[int | None] = mapped_column(ForeignKey("sittings_room.id"))
    seat_number: Mapped[int | None]
    state: Mapped[str] = mapped_column(default=CandidateState.REGISTERED, index=True)
    registered_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    registered_at: Mapped[datetime] = mapped_column(default=clock.now)
    import_id: Mapped[str | None] = mapped_column(ForeignKey("sittings_import.id"), index=True)
    sitting: Mapped[Sitting] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    registered_by: Mapped[Person] = relationship(foreign_keys=[registered_by_id])
    room: Mapped[SittingRoom | None] = relationship()

    @property
    def is_eligible(self) -> bool:
        """Whether nothing is open about their admission."""
        return self.eligibility != Eligibility.PENDING


class ImportState(StrEnum):
    """What became of a roster."""

    WAITING = "waiting"
    IMPORTED = "imported"
    REFUSED = "refused"
    BROKEN_OFF = "broken_off"


class RosterImport(Model):
    """A roster brought in as a workbook, or people of an earlier sitting who come again (考生名册导入).

    It says what was taken, and why each other row was not.

    The rows that were not taken are kept encrypted, so that they can go back as a workbook to correct.
    """

    __tablename__ = "sittings_import"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    file_name: Mapped[str]
    file_key: Mapped[str | None]
    sitting_codes: Mapped[Any] = mapped_column(JSON)
    accept_good: Mapped[bool] = mapped_column(default=False)
    dry_run: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=ImportState.WAITING)
    report: Mapped[Any] = mapped_column(JSON, default=dict)
    rejected_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"))
    imported_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    imported_at: Mapped[datetime] = mapped_column(default=clock.now)
    imported_by: Mapped[Person] = relationship()


class EvidenceState(StrEnum):
    """What became of further evidence."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Evidence(Model):
    """Further evidence for a candidate's eligibility (资格补充证明): one proposes, another decides."""

    __tablename__ = "sittings_evidence"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), index=True)
    kind: Mapped[str]
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default=EvidenceState.PROPOSED, index=True)
    proposed_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    candidate: Mapped[Candidate] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class Change(Model):
    """A line of a sitting's change log (场次变更记录): what, by whom, why."""

    __tablename__ = "sittings_change"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("sittings_candidate.id"))
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[Any] = mapped_column(JSON, default=dict)
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[Person] = relationship()
    candidate: Mapped[Candidate | None] = relationship()


class ObjectionState(StrEnum):
    """What became of an objection."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Objection(Model):
    """Somebody says that they did not register or sit (本人异议); while open, no certificate goes out."""

    __tablename__ = "sittings_objection"
    __table_args__ = (Index("ix_sittings_objection_open", "candidate_id", "state"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"))
    ground: Mapped[str]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default=ObjectionState.OPEN)
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    candidate: Mapped[Candidate] = relationship()
    decided_by: Mapped[Person | None] = relationship()


class TicketFile(Model):
    """All admission tickets of a sitting in one file (准考证汇总), as printed at one moment."""

    __tablename__ = "sittings_ticket_file"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    file_key: Mapped[str]
    tickets: Mapped[int]
    made_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
