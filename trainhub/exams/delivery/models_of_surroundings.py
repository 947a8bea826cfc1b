"""Tables of what a sitting demands of the machines in front of its candidates, and of what did not fit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


class Surroundings(Model):
    """What a sitting demands (考试环境要求): the room's network, the locked browser, or neither.

    The file of the locked browser is kept as it was handed out, with the key that its makers' rule gives for
    it: a later version of the house that would write other settings shuts nobody out. ``code`` stands in the
    address from which machines fetch the file. Passwords are not kept.
    """

    __tablename__ = "delivery_surroundings"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), unique=True)
    network_only: Mapped[bool] = mapped_column(default=False)
    lockdown: Mapped[bool] = mapped_column(default=False)
    browser_exam_keys: Mapped[Any] = mapped_column(JSON, default=list)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    public_url: Mapped[str] = mapped_column(default="")
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
    config_key: Mapped[str | None]
    has_quit_password: Mapped[bool] = mapped_column(default=False)
    is_encrypted: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime | None]
    set_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    sitting: Mapped[Sitting] = relationship()
    set_by: Mapped[Person] = relationship()


class Cause(StrEnum):
    """What of a machine did not fit."""

    NETWORK = "network"
    NO_KEY = "no_key"
    CONFIGURATION = "configuration"
    BROWSER = "browser"


class SurroundingsRefusal(Model):
    """A machine that was turned away (环境不符记录): one row for an attempt and a cause."""

    __tablename__ = "delivery_refusal"
    __table_args__ = (UniqueConstraint("attempt_id", "cause"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings_sitting.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("delivery_attempt.id"))
    cause: Mapped[str]
    address: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempt: Mapped[Attempt] = relationship()
