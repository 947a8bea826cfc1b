"""Tables of people: who they are, how they sign in, for whom they work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.kernel import clock
from trainhub.kernel.db import CORE_ROWS_BY_SIDE, CORE_SIDE, Model
from trainhub.kernel.identifiers import random_id


class OrganisationKind(StrEnum):
    """What an organisation is to the house."""

    AUTHORITY = "authority"
    EXAM_CENTRE = "exam_centre"
    EXAM_SITE = "exam_site"
    TRAINING_BODY = "training_body"
    ENTERPRISE = "enterprise"


class Organisation(Model):
    """An organisation (机构): 应急管理部门, 考试机构, 考试点, 培训机构 or 企业."""

    __tablename__ = "people_organisation"
    __table_args__ = (CORE_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    district: Mapped[str]
    responsible_person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))


class Person(Model):
    """A human being (人员), known elsewhere only by this random id; one row per ID number.

    ID number, telephone number and mail address are encrypted; equality is found by a keyed hash. ``phone``
    and ``mail`` are only ever what the person gave, never what stood in a list of a registering party.
    """

    __tablename__ = "people_person"
    __table_args__ = (CORE_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    name: Mapped[str]
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_hash: Mapped[str | None] = mapped_column(unique=True)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_given_at: Mapped[datetime | None]
    mail_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Account(Model):
    """A sign-in (账号) of a person: user name and Argon2id hash, lock-out after failures.

    ``use_instead`` is the user name of the account that took its place, once two records were found to be of
    one person.
    """

    __tablename__ = "people_account"
    __table_args__ = (CORE_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), unique=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    use_instead: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    person: Mapped[Person] = relationship()


class Proof(StrEnum):
    """What a session was begun with: a password that still awaits its code, a password alone, or both."""

    AWAITS_CODE = "awaits_code"
    ONE_FACTOR = "one_factor"
    TWO_FACTORS = "two_factors"


class SignIn(Model):
    """A session (登录会话) of an account, kept in the database so that it can be ended from there.

    ``used_at`` is when something last came from it, to about a minute (``people.use``); ``proof`` one of
    ``Proof``: one that awaits its code opens nothing.
    """

    __tablename__ = "people_sign_in"
    __table_args__ = (CORE_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("people_account.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    proof: Mapped[str] = mapped_column(default=Proof.ONE_FACTOR)
    account: Mapped[Account] = relationship()


class SecondFactor(Model):
    """What an account proves besides its password (第二鉴别因子): a secret for one-time codes (RFC 6238).

    Only a confirmed one is asked for; one that was ended has an empty secret. ``last_step`` is the newest
    time step of which a code was taken: no code is taken twice.
    """

    __tablename__ = "people_second_factor"
    __table_args__ = (CORE_SIDE,)

    account_id: Mapped[int] = mapped_column(ForeignKey("people_account.id"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """A code on paper that stands in for the second factor once (恢复码).

    It is kept as a keyed hash, which is emptied once it is used.
    """

    __tablename__ = "people_recovery_code"
    __table_args__ = (CORE_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("people_account.id"), index=True)
    code_hash: Mapped[str]


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENT = "sent"
    NO_ADDRESS = "no_address"
    FAILED = "failed"


class Message(Model):
    """A message of a side to a person (通知), sent to what the person gave, once there is one."""

    __tablename__ = "people_message"
    __table_args__ = (CORE_ROWS_BY_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    side: Mapped[str]
    subject: Mapped[str]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default=MessageState.WAITING, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
