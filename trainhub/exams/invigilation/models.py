"""Tables of invigilation: check-in, measures for one candidate, incidents, inspection notes, room records."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.sittings.models import Candidate, Sitting, SittingRoom
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.i18n import _l
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


class PhoneGiven(StrEnum):
    """What the person said about their own telephone number at check-in."""

    GIVEN = "given"
    CONFIRMED = "confirmed"
    NONE = "none"
    NOT_ASKED = "not_asked"


class CheckIn(Model):
    """A candidate's identity as compared at the desk (身份核验签到), once, by one invigilator."""

    __tablename__ = "invigilation_check_in"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), unique=True)
    phone: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    candidate: Mapped[Candidate] = relationship()
    by: Mapped[Person] = relationship()


class MeasureKind(StrEnum):
    """What was done for one candidate during the exam."""

    EXTRA_TIME = "extra_time"
    MOVE = "move"
    UNLOCK = "unlock"
    PAUSE = "pause"
    RESUME = "resume"
    FREEZE = "freeze"
    RELEASE = "release"
    NOTE = "note"

    @property
    def label(self) -> Any:
        """The measure in the reader's language."""
        return MEASURE_LABELS[self.value]


MEASURE_LABELS = {
    "extra_time": _l("Extra time"),
    "move": _l("Other machine"),
    "unlock": _l("Unlock the ticket"),
    "pause": _l("Pause"),
    "resume": _l("Go on"),
    "freeze": _l("Seat frozen"),
    "release": _l("Frozen seat goes on"),
    "note": _l("Note"),
}


class Measure(Model):
    """Something done for one candidate with a reason (补时、换机、暂停记录)."""

    __tablename__ = "invigilation_measure"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), index=True)
    kind: Mapped[str]
    minutes: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[Person] = relationship()


class IncidentKind(StrEnum):
    """What kind of thing happened."""

    MISCONDUCT = "misconduct"
    IDENTITY = "identity"
    EQUIPMENT = "equipment"
    DISTURBANCE = "disturbance"
    OTHER = "other"

    @property
    def label(self) -> Any:
        """The kind in the reader's language."""
        return INCIDENT_LABELS[self.value]


INCIDENT_LABELS = {
    "misconduct": _l("Misconduct"),
    "identity": _l("Identity in doubt"),
    "equipment": _l("Equipment failure"),
    "disturbance": _l("Disturbance"),
    "other": _l("Other"),
}


class Told(StrEnum):
    """How the candidate learned of the record."""

    SIGNED = "signed"
    REFUSED_TO_SIGN = "refused_to_sign"
    NOBODY = "nobody"

    @property
    def label(self) -> Any:
        """The answer in the reader's language."""
        return {
            "signed": _l("Told, and signed"),
            "refused_to_sign": _l("Told, and refused to sign"),
            "nobody": _l("Concerns no candidate"),
        }[self.value]


class IncidentState(StrEnum):
    """Whether a second person stands for the record."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Incident(Model):
    """What happened in the room (考场异常、违纪情况登记), recorded by one person and confirmed by another.

    An attempt is ended for misconduct only when the second person confirms. A record that nobody confirmed
    may be withdrawn, by its author or another, with a reason; it stays.
    """

    __tablename__ = "invigilation_incident"
    __table_args__ = (
        CheckConstraint("second_by_id IS NULL OR second_by_id <> first_by_id", name="two_persons"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("sittings_candidate.id"))
    kind: Mapped[str]
    description: Mapped[str] = mapped_column(Text)
    ends_attempt: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=IncidentState.RECORDED)
    told: Mapped[str | None]
    first_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    second_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    confirmed_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_for: Mapped[str | None] = mapped_column(Text)
    sitting: Mapped[Sitting] = relationship()
    candidate: Mapped[Candidate | None] = relationship()
    first_by: Mapped[Person] = relationship(foreign_keys=[first_by_id])
    second_by: Mapped[Person | None] = relationship(foreign_keys=[second_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])


class InspectionNote(Model):
    """What an inspector saw (巡考记录): point by point and in words; it changes nothing in the room."""

    __tablename__ = "invigilation_inspection"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    findings: Mapped[Any] = mapped_column(JSON, default=dict)
    remarks: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[Person] = relationship()


class RoomRecord(Model):
    """The numbers of a room at the end (考场记录): expected, present, absent, misconduct; two people sign."""

    __tablename__ = "invigilation_room_record"
    __table_args__ = (
        CheckConstraint("expected = present + absent", name="numbers"),
        CheckConstraint("second_by_id IS NULL OR second_by_id <> first_by_id", name="two_persons"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_room_id: Mapped[int] = mapped_column(ForeignKey("sittings_room.id"), unique=True)
    expected: Mapped[int]
    present: Mapped[int]
    absent: Mapped[int]
    misconduct: Mapped[int]
    remarks: Mapped[str] = mapped_column(Text, default="")
    first_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    first_at: Mapped[datetime] = mapped_column(default=clock.now)
    second_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    second_at: Mapped[datetime | None]
    room: Mapped[SittingRoom] = relationship()
    first_by: Mapped[Person] = relationship(foreign_keys=[first_by_id])
    second_by: Mapped[Person | None] = relationship(foreign_keys=[second_by_id])


class SentForm(Model):
    """A form of the desk that was sent and done (已提交表单): sent again, it does nothing a second time."""

    __tablename__ = "invigilation_sent_form"
    __table_args__ = (EXAM_SIDE,)

    mark: Mapped[str] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
