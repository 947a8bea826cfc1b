"""The register of relations (关系登记): one typed table each, append-only; the rules read nothing else.

A row says who stated it, from what source, for which period, and when it became known. A correction is a new
row that supersedes an old one; a withdrawal is a superseding row that is void. Nothing is updated or deleted.
Persons stand here by their random ids and everything else by its code, without foreign keys: the register
outlives what it speaks of.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from trainhub.kernel import clock
from trainhub.kernel.db import CORE_SIDE, DOOR_SIDE, EXAM_SIDE, TRAINING_SIDE, Model


class Relation(Model):
    """What all relations have: period, when it became known, source, who stated it, what it supersedes."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    source: Mapped[str]
    stated_by_id: Mapped[str | None]
    void: Mapped[bool] = mapped_column(default=False)

    @declared_attr
    def supersedes_id(cls) -> Mapped[int | None]:
        """The row that this one takes the place of; the constraint lets it be taken once."""
        return mapped_column(ForeignKey(f"{cls.__tablename__}.id"), unique=True)


def _refuse_change(_mapper: Any, _connection: Any, target: Relation) -> None:
    raise AssertionError(f"the register is append-only: {type(target).__name__} {target.id}")


event.listen(Relation, "before_update", _refuse_change, propagate=True)
event.listen(Relation, "before_delete", _refuse_change, propagate=True)


class _InClass(Relation):
    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    class_code: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str] = mapped_column(index=True)


class _OfSitting(Relation):
    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    sitting_code: Mapped[str] = mapped_column(index=True)


class _OfItem(Relation):
    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    item_code: Mapped[str] = mapped_column(index=True)


class _OfPaper(Relation):
    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    paper_code: Mapped[str] = mapped_column(index=True)


class _OfCase(Relation):
    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    case_code: Mapped[str] = mapped_column(index=True)


class Attended(_InClass):
    """A person learned in a class of a training body (参训)."""

    __tablename__ = "separation_attended"
    __table_args__ = (DOOR_SIDE,)


class Taught(_InClass):
    """A person taught a class of a training body (授课)."""

    __tablename__ = "separation_taught"
    __table_args__ = (DOOR_SIDE,)


class Employed(Relation):
    """A person works for an organisation (任职)."""

    __tablename__ = "separation_employed"
    __table_args__ = (CORE_SIDE,)

    person_id: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str] = mapped_column(index=True)


class Affiliated(Relation):
    """An organisation owns another or belongs to it (隶属)."""

    __tablename__ = "separation_affiliated"
    __table_args__ = (CORE_SIDE,)

    organisation_code: Mapped[str] = mapped_column(index=True)
    other_code: Mapped[str] = mapped_column(index=True)


class Granted(Relation):
    """A person holds a duty for an organisation (授权)."""

    __tablename__ = "separation_granted"
    __table_args__ = (CORE_SIDE,)

    person_id: Mapped[str] = mapped_column(index=True)
    duty: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str]


class Related(Relation):
    """Two persons are close: relatives, or one asked not to judge the other (回避申报)."""

    __tablename__ = "separation_related"
    __table_args__ = (EXAM_SIDE,)

    person_id: Mapped[str] = mapped_column(index=True)
    other_id: Mapped[str] = mapped_column(index=True)


class Qualified(Relation):
    """A person stands in the register of exam staff for a duty (考务人员名册)."""

    __tablename__ = "separation_qualified"
    __table_args__ = (EXAM_SIDE,)

    person_id: Mapped[str] = mapped_column(index=True)
    duty: Mapped[str]
    organisation_code: Mapped[str]
    district: Mapped[str]


class Authored(_OfItem):
    """A person wrote or imported an item (命题)."""

    __tablename__ = "separation_authored"
    __table_args__ = (EXAM_SIDE,)


class Reviewed(_OfItem):
    """A person reviewed an item (审题)."""

    __tablename__ = "separation_reviewed"
    __table_args__ = (EXAM_SIDE,)


class Contains(Relation):
    """A paper contains an item (试卷含题)."""

    __tablename__ = "separation_contains"
    __table_args__ = (EXAM_SIDE,)

    paper_code: Mapped[str] = mapped_column(index=True)
    item_code: Mapped[str] = mapped_column(index=True)


class Assembled(_OfPaper):
    """A person assembled a paper (组卷)."""

    __tablename__ = "separation_assembled"
    __table_args__ = (EXAM_SIDE,)


class Sealed(_OfPaper):
    """A person reviewed and sealed a paper (审卷封存)."""

    __tablename__ = "separation_sealed"
    __table_args__ = (EXAM_SIDE,)


class Saw(_OfPaper):
    """A person saw the content of a paper before its sitting (接触试卷)."""

    __tablename__ = "separation_saw"
    __table_args__ = (EXAM_SIDE,)


class Uses(Relation):
    """A sitting uses a paper (场次用卷)."""

    __tablename__ = "separation_uses"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(index=True)
    paper_code: Mapped[str] = mapped_column(index=True)


class SittingRelation(Relation):
    """Where and when a sitting is, and how large (场次安排)."""

    __tablename__ = "separation_sitting"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(index=True)
    site_code: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str]
    district: Mapped[str]
    qualification: Mapped[str]
    rooms: Mapped[int]
    candidates: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Opened(Relation):
    """A sitting was opened (开考)."""

    __tablename__ = "separation_opened"
    __table_args__ = (EXAM_SIDE,)

    sitting_code: Mapped[str] = mapped_column(index=True)


class Registered(_OfSitting):
    """A person is registered for a sitting, sent and trained by whom as far as known (报考)."""

    __tablename__ = "separation_registered"
    __table_args__ = (EXAM_SIDE,)

    employer_code: Mapped[str | None]
    training_body_code: Mapped[str | None]


class Appointed(_OfSitting):
    """A person is appointed to a sitting for a duty (派遣)."""

    __tablename__ = "separation_appointed"
    __table_args__ = (EXAM_SIDE,)

    duty: Mapped[str]


class Marked(_OfSitting):
    """A person marked a sitting (评卷)."""

    __tablename__ = "separation_marked"
    __table_args__ = (EXAM_SIDE,)


class Published(_OfSitting):
    """A person published the results of a sitting (发布成绩)."""

    __tablename__ = "separation_published"
    __table_args__ = (EXAM_SIDE,)


class Issued(_OfSitting):
    """A person issued certificates for the results of a sitting (发证)."""

    __tablename__ = "separation_issued"
    __table_args__ = (EXAM_SIDE,)


class Drafted(_OfCase):
    """A person drafted an accident case (案例起草)."""

    __tablename__ = "separation_drafted"
    __table_args__ = (TRAINING_SIDE,)


class Approved(_OfCase):
    """A person approved an accident case (案例审批)."""

    __tablename__ = "separation_approved"
    __table_args__ = (TRAINING_SIDE,)


RELATIONS: dict[str, type[Relation]] = {
    model.__tablename__.removeprefix("separation_"): model
    for model in (
        Attended,
        Taught,
        Employed,
        Affiliated,
        Granted,
        Related,
        Qualified,
        Authored,
        Reviewed,
        Contains,
        Assembled,
        Sealed,
        Saw,
        Uses,
        SittingRelation,
        Opened,
        Registered,
        Appointed,
        Marked,
        Published,
        Issued,
        Drafted,
        Approved,
    )
}
"""All relations by the name that the rules use."""


def name_of(row: Relation) -> str:
    """Return the name by which the rules call the relation of a row."""
    return str(row.__tablename__).removeprefix("separation_")


def side_of(name: str) -> str:
    """Return the side that owns a relation: core, door, training or exam."""
    if name == "organisation":
        return "core"
    return str(Model.metadata.tables[f"separation_{name}"].info["side"])
