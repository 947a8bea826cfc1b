"""Tables of regulations: figures and qualifications, each with its source and its period."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trainhub.kernel import clock
from trainhub.kernel.db import CORE_BY_UPGRADE, Model

_PERIOD = "valid_from IS NULL OR valid_to IS NULL OR valid_to >= valid_from"


class Kind(StrEnum):
    """Who set a figure."""

    LAW = "law"
    LOCAL_POLICY = "local_policy"


class FigureRow(Model):
    """A figure of the law or of local policy in one period (法规参数): value, source, first and last day.

    ``valid_from`` is empty where the first day is not known or lies before all our records, ``valid_to``
    where the figure is in force until further notice. Both days belong to the period.
    """

    __tablename__ = "regulations_figure"
    __table_args__ = (
        UniqueConstraint("key", "valid_from"),
        CheckConstraint(_PERIOD, name="period"),
        CORE_BY_UPGRADE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON(none_as_null=False), nullable=False)
    unit: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    article: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    confirmed: Mapped[bool]
    note_zh: Mapped[str] = mapped_column(Text)
    note_en: Mapped[str] = mapped_column(Text)


class QualificationRow(Model):
    """A qualification that people are examined for (考核类别、作业项目), as a period has it."""

    __tablename__ = "regulations_qualification"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint(_PERIOD, name="period"),
        CORE_BY_UPGRADE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    family: Mapped[str]
    category: Mapped[str]
    number: Mapped[str]
    has_practical: Mapped[bool]
    source: Mapped[str]
    confirmed: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Edition(Model):
    """The state of all figures (参数版本): a change replaces the token, and all processes read anew."""

    __tablename__ = "regulations_edition"
    __table_args__ = (CORE_BY_UPGRADE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    content_hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
