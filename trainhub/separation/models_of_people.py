"""Relations that both sides may know, those of teaching and learning, and those of accident cases."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from trainhub.kernel.db import CORE_BY_OVERSIGHT, CORE_SIDE, DOOR_SIDE, OVERSIGHT_BY_SIDE, TRAINING_SIDE
from trainhub.separation.relation import InClass, OfCase, Relation


class Attended(InClass):
    """A person learned in a class of a training body (参训)."""

    __tablename__ = "separation_attended"
    __table_args__ = (DOOR_SIDE,)


class Taught(InClass):
    """A person taught a class of a training body (授课)."""

    __tablename__ = "separation_taught"
    __table_args__ = (DOOR_SIDE,)


class Attested(InClass):
    """A person signed training records of a class (出具培训证明)."""

    __tablename__ = "separation_attested"
    __table_args__ = (DOOR_SIDE,)


class ClassRelation(Relation):
    """What a class of a training body leads to (班级对应的资格)."""

    __tablename__ = "separation_class"
    __table_args__ = (DOOR_SIDE,)

    class_code: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str]
    qualification: Mapped[str]


class SamePerson(Relation):
    """Two records are of one human being (同一自然人); ``other_id`` is the record that stands for both."""

    __tablename__ = "separation_same_person"
    __table_args__ = (CORE_SIDE,)

    person_id: Mapped[str] = mapped_column(index=True)
    other_id: Mapped[str] = mapped_column(index=True)


class SameOrganisation(Relation):
    """An organisation was merged into another or goes on as it (单位合并、承继).

    ``other_code`` stands for both.
    """

    __tablename__ = "separation_same_organisation"
    __table_args__ = (CORE_SIDE,)

    organisation_code: Mapped[str] = mapped_column(index=True)
    other_code: Mapped[str] = mapped_column(index=True)


class OrganisationRelation(Relation):
    """What an organisation is, where, and who answers for it (单位性质与负责人)."""

    __tablename__ = "separation_organisation"
    __table_args__ = (CORE_SIDE,)

    organisation_code: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(index=True)
    district: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(index=True)


class Overridden(Relation):
    """Two of the oversight side let an act pass that a rule forbids (规则豁免); shown for ever.

    ``side`` is the side whose act it permits; another side need not know.
    """

    __tablename__ = "separation_overridden"
    __table_args__ = (OVERSIGHT_BY_SIDE,)

    rule: Mapped[str]
    person_id: Mapped[str] = mapped_column(index=True)
    object_code: Mapped[str] = mapped_column(index=True)
    side: Mapped[str]


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
    __table_args__ = (CORE_BY_OVERSIGHT,)

    person_id: Mapped[str] = mapped_column(index=True)
    duty: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str]


class Drafted(OfCase):
    """A person drafted an accident case (案例起草)."""

    __tablename__ = "separation_drafted"
    __table_args__ = (TRAINING_SIDE,)


class Approved(OfCase):
    """A person approved an accident case (案例审批)."""

    __tablename__ = "separation_approved"
    __table_args__ = (TRAINING_SIDE,)
