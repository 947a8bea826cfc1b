"""Finding rows of the register: by relation, by person, by code, as known at a moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, literal, or_, select, union_all

from trainhub.kernel.db import db
from trainhub.people.models import Account, Person
from trainhub.separation.models import RELATIONS, Relation
from trainhub.separation.register import columns_of, current

PERSONS = ("person_id", "other_id")


@dataclass(frozen=True)
class Question:
    """What the auditor looks for in the register.

    Args:
        relation: name of one; empty: all.
        person: random id, whole name or user name of somebody whom the rows speak of.
        code: of a sitting, paper, item, class, case or organisation that they speak of.
        at: what was known at this moment; None for now.
        everything: with rows that were superseded or taken back.
    """

    relation: str = ""
    person: str = ""
    code: str = ""
    at: datetime | None = None
    everything: bool = False


@dataclass(frozen=True)
class Found:
    """A row of the register and the name of its relation; it stands, or was superseded or taken back."""

    relation: str
    row: Relation
    stands: bool


def find(question: Question, page: int, per_page: int) -> tuple[list[Found], int]:
    """Return one page of the rows that answer a question, the latest known first, and how many there are."""
    persons = persons_called_so(question.person) if question.person else None
    parts = [
        _part(name, model, question, persons)
        for name, model in RELATIONS.items()
        if question.relation in ("", name)
    ]
    if not parts:
        return [], 0
    rows = union_all(*parts).subquery()
    total = db.session.scalar(select(func.count()).select_from(rows)) or 0
    order = (rows.c.recorded_at.desc(), rows.c.relation, rows.c.id.desc())
    wanted = select(rows.c.relation, rows.c.id).order_by(*order)
    lot = wanted.limit(per_page).offset((page - 1) * per_page)
    return _fetched([(name, number) for name, number in db.session.execute(lot)], question.at), total


def _part(name: str, model: type[Relation], question: Question, persons: list[str] | None) -> Any:
    statement: Any = select(literal(name).label("relation"), model.id, model.recorded_at)
    if not question.everything:
        statement = statement.where(current(model, question.at))
    elif question.at is not None:
        statement = statement.where(model.recorded_at <= question.at)
    if persons is not None:
        columns = [column for column in columns_of(model) if column in PERSONS]
        statement = statement.where(_any(model, columns, persons))
    if question.code:
        columns = [column for column in columns_of(model) if column.endswith("_code")]
        statement = statement.where(_any(model, columns, [question.code]))
    return statement


def _any(model: type[Relation], columns: list[str], values: list[str]) -> ColumnElement[bool]:
    if not columns or not values:
        return false()
    return or_(*(getattr(model, column).in_(values) for column in columns))


def persons_called_so(wanted: str) -> list[str]:
    """Return the persons whom somebody means by a random id, a whole name or a user name."""
    by_account = select(Account.person_id).where(Account.username == wanted)
    named = select(Person.id).where(
        or_(Person.id == wanted, Person.name == wanted, Person.id.in_(by_account))
    )
    return list(db.session.scalars(named))


def _fetched(keys: list[tuple[str, int]], at: datetime | None) -> list[Found]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for name, number in keys:
        numbers[name].append(number)
    rows: dict[tuple[str, int], Found] = {}
    for name, wanted in numbers.items():
        model = RELATIONS[name]
        statement = select(model, current(model, at)).where(model.id.in_(wanted))
        for row, stands in db.session.execute(statement):
            rows[name, row.id] = Found(name, row, bool(stands))
    return [rows[key] for key in keys]
