"""Tables of watching: what a page noticed, alarms about answers, evidence of a frozen seat, photographs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.delivery.alarms import AlarmKind
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sittings.models import Candidate
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.i18n import _l
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person

OPEN = text("state IN ('open', 'seen')")


class WatchEvent(Model):
    """Something that the candidate's page noticed (作答环境事件): kept and shown, never acting.

    ``number`` is the page's own and taken once; ``at`` is by the server's clock; ``detail`` holds a few whole
    numbers, and for the machine what the server saw of it.
    """

    __tablename__ = "delivery_event"
    __table_args__ = (UniqueConstraint("attempt_id", "number"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("delivery_attempt.id"))
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    detail: Mapped[Any] = mapped_column(JSON, default=dict)


class AlarmState(StrEnum):
    """What became of an alarm: only a person changes it."""

    OPEN = "open"
    SEEN = "seen"
    DISMISSED = "dismissed"
    FROZEN = "frozen"

    @property
    def label(self) -> Any:
        """The state in the reader's language."""
        return {
            "open": _l("not looked at"),
            "seen": _l("being watched"),
            "dismissed": _l("nothing in it"),
            "frozen": _l("seat frozen"),
        }[self.value]


class Alarm(Model):
    """Answers that seem to enter themselves (作答异常预警): an alarm never acts, a person decides."""

    __tablename__ = "delivery_alarm"
    __table_args__ = (
        Index(
            "ix_delivery_alarm_open",
            "attempt_id",
            "kind",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        CheckConstraint("state = 'open' OR by_id IS NOT NULL", name="person"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("delivery_attempt.id"), index=True)
    kind: Mapped[str]
    until_sequence: Mapped[int]
    times: Mapped[int] = mapped_column(default=1)
    evidence: Mapped[Any] = mapped_column(JSON, default=list)
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(default=AlarmState.OPEN)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    attempt: Mapped[Attempt] = relationship()
    by: Mapped[Person | None] = relationship()

    @property
    def label(self) -> Any:
        """What it is about, in the reader's language."""
        return AlarmKind(self.kind).label

    @property
    def state_label(self) -> Any:
        """What became of it, in the reader's language."""
        return AlarmState(self.state).label


class WatchMark(Model):
    """Up to where an attempt's journal and events were looked at, and what is remembered of them."""

    __tablename__ = "delivery_watch"
    __table_args__ = (EXAM_SIDE,)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("delivery_attempt.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(default=0)
    event_id: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime]
    kept: Mapped[Any] = mapped_column(JSON, default=dict)


class ReadingLengths(Model):
    """How much there is to read in each question of an opened paper (阅读量): numbers alone, see ``lengths``.

    ``lengths`` is a list of number in the paper, part of a case, and characters to read.
    """

    __tablename__ = "delivery_reading_lengths"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(primary_key=True)
    paper_code: Mapped[str] = mapped_column(primary_key=True)
    lengths: Mapped[Any] = mapped_column(JSON)


class Evidence(Model):
    """What was kept when a seat was frozen (冻结证据): an encrypted file whose hash stands in the ledger."""

    __tablename__ = "delivery_evidence"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("delivery_attempt.id"), index=True)
    halt_code: Mapped[str]
    file_key: Mapped[str | None]
    sha256: Mapped[str]
    keep_until: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    attempt: Mapped[Attempt] = relationship()
    by: Mapped[Person] = relationship()


class PhotoRule(Model):
    """Whether a sitting takes photographs (照片核验设置): at check-in, and how often at random moments."""

    __tablename__ = "delivery_photo_rule"
    __table_args__ = (CheckConstraint("random_photos BETWEEN 0 AND 12", name="random_photos"), EXAM_SIDE)

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), primary_key=True)
    at_check_in: Mapped[bool]
    random_photos: Mapped[int]
    set_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)


class PhotoConsent(Model):
    """What a candidate said when asked about photographs (单独同意): refusing costs them nothing."""

    __tablename__ = "delivery_photo_consent"
    __table_args__ = (EXAM_SIDE,)

    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), primary_key=True)
    agrees: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class PhotoMoment(StrEnum):
    """When a photograph was taken."""

    CHECK_IN = "check_in"
    RANDOM = "random"

    @property
    def label(self) -> Any:
        """The moment in the reader's language."""
        return {"check_in": _l("At check-in"), "random": _l("During the exam")}[self.value]


class Photo(Model):
    """A photograph of a candidate (考生照片): encrypted, shown at the desk, deleted by rule."""

    __tablename__ = "delivery_photo"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("sittings_candidate.id"), index=True)
    moment: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    file_key: Mapped[str]
    keep_until: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    candidate: Mapped[Candidate] = relationship()

    @property
    def label(self) -> Any:
        """When it was taken, in the reader's language."""
        return PhotoMoment(self.moment).label
