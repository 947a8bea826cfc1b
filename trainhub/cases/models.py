"""Tables of accident cases: versions with their facts, what is searched, who must see and has seen."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.courses.models import Film
from trainhub.kernel import clock
from trainhub.kernel.db import TRAINING_SIDE, Model
from trainhub.kernel.i18n import _l
from trainhub.people.models import Organisation, Person


class CaseState(StrEnum):
    """Where a case stands for its readers."""

    IN_WORK = "in_work"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class VersionState(StrEnum):
    """Where a version stands between drafter and approver."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REPLACED = "replaced"


class Cause(StrEnum):
    """What kind of cause was decisive (主要原因类别)."""

    ACT = "act"
    CONDITION = "condition"
    MANAGEMENT = "management"
    ENVIRONMENT = "environment"

    @property
    def label(self) -> Any:
        """The kind in the reader's language."""
        return {
            "act": _l("unsafe act"),
            "condition": _l("unsafe condition"),
            "management": _l("failure of management"),
            "environment": _l("bad environment"),
        }[self.value]


class Case(Model):
    """An accident case (事故警示案例) of an authority; readers see its published version."""

    __tablename__ = "cases_case"
    __table_args__ = (TRAINING_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    state: Mapped[str] = mapped_column(default=CaseState.IN_WORK, index=True)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    organisation: Mapped[Organisation] = relationship()
    versions: Mapped[list[CaseVersion]] = relationship(back_populates="case", order_by="CaseVersion.number")

    @property
    def published(self) -> CaseVersion | None:
        """The version that readers see."""
        return next((each for each in self.versions if each.state == VersionState.PUBLISHED), None)

    @property
    def in_work(self) -> CaseVersion | None:
        """The version between drafter and approver."""
        open_states = (VersionState.DRAFT, VersionState.IN_REVIEW)
        return next((each for each in self.versions if each.state in open_states), None)


class CaseVersion(Model):
    """A version of a case with its facts, after the contents of report and investigation report
    (国务院令第493号 art. 12 and 30); the level is computed, never chosen.
    """

    __tablename__ = "cases_version"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint(
            "deaths >= 0 AND serious_injuries >= 0 AND minor_injuries >= 0 AND missing >= 0 "
            "AND loss_fen >= 0",
            name="counts",
        ),
        TRAINING_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=VersionState.DRAFT, index=True)
    title: Mapped[str]
    occurred_on: Mapped[date] = mapped_column(index=True)
    district: Mapped[str]
    place: Mapped[str]
    unit: Mapped[str] = mapped_column(Text)
    industry: Mapped[str] = mapped_column(index=True)
    accident_type: Mapped[str] = mapped_column(index=True)
    level: Mapped[str] = mapped_column(index=True)
    cause: Mapped[str] = mapped_column(index=True)
    deaths: Mapped[int]
    serious_injuries: Mapped[int]
    minor_injuries: Mapped[int]
    missing: Mapped[int]
    loss_fen: Mapped[int] = mapped_column(BigInteger)
    is_responsibility: Mapped[bool]
    events: Mapped[str] = mapped_column(Text)
    rescue: Mapped[str] = mapped_column(Text)
    direct_cause: Mapped[str] = mapped_column(Text)
    indirect_cause: Mapped[str] = mapped_column(Text)
    responsibility: Mapped[str] = mapped_column(Text)
    lessons: Mapped[str] = mapped_column(Text)
    measures: Mapped[str] = mapped_column(Text)
    source: Mapped[str]
    source_url: Mapped[str]
    film_id: Mapped[int | None] = mapped_column(ForeignKey("courses_film.id"))
    remark: Mapped[str] = mapped_column(Text, default="")
    drafted_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    drafted_at: Mapped[datetime] = mapped_column(default=clock.now)
    reviewed_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    reviewed_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship(back_populates="versions")
    film: Mapped[Film | None] = relationship()
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id])
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id])


class Gram(Model):
    """A pair of neighbouring characters of a published case, by which its text is found (检索词对)."""

    __tablename__ = "cases_gram"
    __table_args__ = (TRAINING_SIDE,)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), primary_key=True)
    gram: Mapped[str] = mapped_column(primary_key=True, index=True)


class Assignment(Model):
    """A case that learners have to see by a day (学习任务): those of a qualification, or all."""

    __tablename__ = "cases_assignment"
    __table_args__ = (UniqueConstraint("case_id", "qualification"), TRAINING_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), index=True)
    qualification: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    assigned_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    assigned_at: Mapped[datetime] = mapped_column(default=clock.now)
    case: Mapped[Case] = relationship()


class Acknowledgement(Model):
    """A person's word that they have seen a case (知悉确认), with the words they agreed to."""

    __tablename__ = "cases_acknowledgement"
    __table_args__ = (UniqueConstraint("case_id", "person_id"), TRAINING_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases_case.id"), index=True)
    version: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    statement: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    person: Mapped[Person] = relationship()
