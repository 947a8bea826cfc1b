"""Tables of papers: blueprints, assemblies, papers with their places, who saw one, what reviewers said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, Person


class PaperState(StrEnum):
    """Where a paper stands; only a sealed one is used, and a discarded one never."""

    ASSEMBLED = "assembled"
    SENT_BACK = "sent_back"
    REVIEWED = "reviewed"
    SEALED = "sealed"
    DISCARDED = "discarded"


class Blueprint(Model):
    """A blueprint (双向细目表): how many questions of which type and knowledge point, for how many marks."""

    __tablename__ = "papers_blueprint"
    __table_args__ = (CheckConstraint("minutes > 0 AND pass_mark > 0", name="numbers"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    qualification: Mapped[str]
    minutes: Mapped[int]
    pass_mark: Mapped[int]
    cells: Mapped[Any] = mapped_column(JSON)
    demands: Mapped[Any] = mapped_column(JSON, nullable=True, default=dict)
    created_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    organisation: Mapped[Organisation] = relationship()


class Assembly(Model):
    """One search for parallel forms (一次组卷): by what, what came of it, and what is needed to repeat it.

    ``seed`` opens ``inputs_sealed`` and with them gives the same forms again. So each paper that officers
    open carries pads in its sealed content with which the seeds are covered that could tell it (``hiding``):
    while any of them is closed, the seed cannot be read. ``result`` holds figures and no item.
    """

    __tablename__ = "papers_assembly"
    __table_args__ = (CheckConstraint("forms > 0", name="forms"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("papers_blueprint.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    forms: Mapped[int]
    status: Mapped[str]
    cells: Mapped[Any] = mapped_column(JSON)
    demands: Mapped[Any] = mapped_column(JSON)
    result: Mapped[Any] = mapped_column(JSON)
    seed: Mapped[str]
    inputs_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    blueprint: Mapped[Blueprint] = relationship()
    by: Mapped[Person] = relationship()
    papers: Mapped[list[Paper]] = relationship(back_populates="assembly", order_by="Paper.form")


class Repetition(Model):
    """That somebody repeated an assembly from what was kept (复演), and what came of it; it names no item.

    ``forms`` holds for each form its number, whether it has the same questions, and in the same order.
    """

    __tablename__ = "papers_repetition"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    assembly_id: Mapped[int] = mapped_column(ForeignKey("papers_assembly.id"), index=True)
    is_kept_whole: Mapped[bool]
    status: Mapped[str]
    forms: Mapped[Any] = mapped_column(JSON)
    seconds: Mapped[float]
    by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    assembly: Mapped[Assembly] = relationship()
    by: Mapped[Person] = relationship()

    @property
    def is_same(self) -> bool:
        """Whether the same came of what is truly the same."""
        alike = all(each["same_questions"] and each["same_order"] for each in self.forms)
        return self.is_kept_whole and self.status == self.assembly.status and alike


class Enemy(Model):
    """Two items that must not meet in one paper (互斥试题), because a person said so; ended, never erased."""

    __tablename__ = "papers_enemy"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="order"),
        Index(
            "ix_papers_enemy_in_force",
            "first_id",
            "second_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id"), index=True)
    set_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    ended_at: Mapped[datetime | None]
    first: Mapped[Item] = relationship(foreign_keys=[first_id])
    second: Mapped[Item] = relationship(foreign_keys=[second_id])
    set_by: Mapped[Person] = relationship(foreign_keys=[set_by_id])


class Figures(Model):
    """How a version went at one published sitting (试题实测): what assembly knows of its difficulty."""

    __tablename__ = "papers_figures"
    __table_args__ = (
        CheckConstraint("facility >= 0 AND facility <= 1 AND candidates > 0", name="range"),
        EXAM_SIDE,
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("bank_item_version.id"), primary_key=True)
    sitting_code: Mapped[str] = mapped_column(primary_key=True)
    candidates: Mapped[int]
    facility: Mapped[float]
    discrimination: Mapped[float | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Paper(Model):
    """A paper (试卷). Once sealed, its questions stand in ``content_sealed`` under a key of its own.

    Opened by the clock, that key stands in ``key_sealed`` from the beginning, under the master key. Opened
    by officers, it is cut into shares, ``key_sealed`` is empty until two have acted, and whatever else would
    tell the questions (places, seed, remarks) has gone into the sealed content too.
    """

    __tablename__ = "papers_paper"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("papers_blueprint.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    qualification: Mapped[str] = mapped_column(index=True)
    minutes: Mapped[int]
    pass_mark: Mapped[int]
    marks: Mapped[int]
    seed: Mapped[str] = mapped_column(default="")
    assembly_id: Mapped[int | None] = mapped_column(ForeignKey("papers_assembly.id"), index=True)
    form: Mapped[int | None]
    state: Mapped[str] = mapped_column(default=PaperState.ASSEMBLED, index=True)
    opening: Mapped[str] = mapped_column(default="clock", server_default="clock")
    questions: Mapped[int | None]
    opened_at: Mapped[datetime | None]
    assembled_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    assembled_at: Mapped[datetime] = mapped_column(default=clock.now)
    reviewed_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    reviewed_at: Mapped[datetime | None]
    sealed_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    sealed_at: Mapped[datetime | None]
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_hash: Mapped[str | None]
    ledger_leaf: Mapped[str | None]
    blueprint: Mapped[Blueprint] = relationship()
    assembly: Mapped[Assembly | None] = relationship(back_populates="papers")
    assembled_by: Mapped[Person] = relationship(foreign_keys=[assembled_by_id])
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id])
    sealed_by: Mapped[Person | None] = relationship(foreign_keys=[sealed_by_id])
    places: Mapped[list[Place]] = relationship(back_populates="paper", order_by="Place.number")


class Place(Model):
    """A question's place in a paper (卷内题号): which version stands at which number for how many marks."""

    __tablename__ = "papers_place"
    __table_args__ = (
        UniqueConstraint("paper_id", "number"),
        UniqueConstraint("paper_id", "item_id"),
        CheckConstraint("number > 0 AND marks > 0", name="numbers"),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers_paper.id"), index=True)
    number: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("bank_item_version.id"), index=True)
    marks: Mapped[int]
    paper: Mapped[Paper] = relationship(back_populates="places")
    item: Mapped[Item] = relationship()
    version: Mapped[ItemVersion] = relationship()


class PrintedForm(Model):
    """A printed form of a sealed paper (纸质卷): booklet, answer sheet or key, under seal like the paper."""

    __tablename__ = "papers_printed_form"
    __table_args__ = (UniqueConstraint("paper_id", "kind"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers_paper.id"), index=True)
    kind: Mapped[str]
    pages: Mapped[int]
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    content_hash: Mapped[str]
    ledger_leaf: Mapped[str]
    paper: Mapped[Paper] = relationship()


class Viewing(Model):
    """That a person has seen a paper (接触试卷记录), whatever they saw it for."""

    __tablename__ = "papers_viewing"
    __table_args__ = (UniqueConstraint("paper_id", "person_id"), EXAM_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers_paper.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class PaperReview(Model):
    """What a reviewer said of a paper (审卷意见); sealed, for it may quote questions."""

    __tablename__ = "papers_review"
    __table_args__ = (EXAM_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=random_id)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers_paper.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    verdict: Mapped[str]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    person: Mapped[Person] = relationship()
