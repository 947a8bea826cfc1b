"""What every row of the register is: append-only, with period, source, and the moment it became known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from trainhub.kernel import clock
from trainhub.kernel.db import Model


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


class InClass(Relation):
    """A relation of a person to a class."""

    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    class_code: Mapped[str] = mapped_column(index=True)
    organisation_code: Mapped[str] = mapped_column(index=True)


class OfSitting(Relation):
    """A relation of a person to a sitting."""

    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    sitting_code: Mapped[str] = mapped_column(index=True)


class OfItem(Relation):
    """A relation of a person to an item."""

    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    item_code: Mapped[str] = mapped_column(index=True)


class OfPaper(Relation):
    """A relation of a person to a paper."""

    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    paper_code: Mapped[str] = mapped_column(index=True)


class OfCase(Relation):
    """A relation of a person to an accident case."""

    __abstract__ = True

    person_id: Mapped[str] = mapped_column(index=True)
    case_code: Mapped[str] = mapped_column(index=True)
