"""Tables of viewing: who is watching what just now, what was fetched for it, and which seconds count."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.courses.models import Film
from trainhub.kernel.db import TRAINING_SIDE, Model
from trainhub.kernel.identifiers import random_id


class Viewing(Model):
    """One person in front of one film or text (学习会话); a person has one running at a time."""

    __tablename__ = "courses_viewing"
    __table_args__ = (TRAINING_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    token_hash: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    subject: Mapped[str] = mapped_column(index=True)
    film_id: Mapped[int | None] = mapped_column(ForeignKey("courses_film.id"))
    total_s: Mapped[int]
    counts_hours: Mapped[bool]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)
    carried_ms: Mapped[int] = mapped_column(default=0)
    anchor_ms: Mapped[int] = mapped_column(default=0)
    run_from_ms: Mapped[int] = mapped_column(default=0)
    gained_s: Mapped[int] = mapped_column(default=0)
    confirm_at_s: Mapped[int | None]
    confirm_code: Mapped[str | None]
    film: Mapped[Film | None] = relationship()


class Fetch(Model):
    """Bytes of a film handed out in one answer to one viewing (影片取流记录)."""

    __tablename__ = "courses_fetch"
    __table_args__ = (TRAINING_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    viewing_id: Mapped[str] = mapped_column(ForeignKey("courses_viewing.id"), index=True)
    first_byte: Mapped[int]
    last_byte: Mapped[int]


class WatchedRow(Model):
    """The seconds of one film or text that count for one person (有效学习秒数)."""

    __tablename__ = "courses_watched"
    __table_args__ = (TRAINING_SIDE,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True, index=True)
    bits: Mapped[bytes] = mapped_column(LargeBinary)
    seconds: Mapped[int]
    total_s: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class LearningDay(Model):
    """How much counted for a person on a day (每日学时): the cap of the day is held against it."""

    __tablename__ = "courses_learning_day"
    __table_args__ = (TRAINING_SIDE,)

    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    seconds: Mapped[int]
