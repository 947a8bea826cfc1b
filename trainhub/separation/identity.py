"""Two records of one human being, or of one organisation, and how the register's rows meet all the same.

A row always names the record that stands for both. Rows stated later are written so from the start; rows
stated before are superseded by copies, so that what was known at an earlier moment can still be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from trainhub.config import Side
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.roles import rights
from trainhub.people.models import Person
from trainhub.separation.models import RELATIONS, Relation, SameOrganisation, SamePerson
from trainhub.separation.register import columns_of, current

PERSONS = ("person_id", "other_id")
ORGANISATIONS = ("organisation_code", "other_code", "employer_code", "training_body_code")
_JOINING = (SamePerson, SameOrganisation)


def standing_for(
    values: Iterable[str | None], model: type[SamePerson] | type[SameOrganisation]
) -> dict[str, str]:
    """Return, for those of some ids or codes that were joined to another, the one that stands for them."""
    wanted = sorted({value for value in values if value})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        lot = db.session.execute(_roots(model), {"wanted": wanted[start : start + 500]})
        found |= {joined: root for joined, root in lot}
    return found


@cache
def _roots(model: type[SamePerson] | type[SameOrganisation]) -> Select[str, str]:
    """Return the question for those of some records that were joined; put together once."""
    own, other = _columns(model)
    return select(own, other).where(current(model), own.in_(bindparam("wanted", expanding=True)))


def person_standing_for(person_id: str) -> str:
    """Return the record that stands for a person: their own, unless it was joined to another."""
    return standing_for([person_id], SamePerson).get(person_id, person_id)


def records_of(person_id: str) -> set[str]:
    """Return all records of one human being: the one that stands for them, and those joined to it."""
    root = person_standing_for(person_id)
    return {root, *db.session.scalars(_joined(), {"root": root})}


@cache
def _joined() -> Select[str]:
    """Return the question for the records that were joined to one."""
    return select(SamePerson.person_id).where(current(SamePerson), SamePerson.other_id == bindparam("root"))


def name_roots(rows: Iterable[Relation]) -> None:
    """Let rows that are not stored yet name the records that stand for the persons and organisations."""
    rows = [row for row in rows if not isinstance(row, _JOINING)]
    for model, columns in ((SamePerson, PERSONS), (SameOrganisation, ORGANISATIONS)):
        named = [(row, name) for row in rows for name in columns if getattr(row, name, None)]
        roots = standing_for({getattr(row, name) for row, name in named}, model)
        for row, name in named:
            value = getattr(row, name)
            if value in roots:
                setattr(row, name, roots[value])


def root_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts by which rows are sought, with the records that stand for persons and organisations."""
    changed = dict(facts)
    for model, columns in ((SamePerson, PERSONS), (SameOrganisation, ORGANISATIONS)):
        asked = {name: facts[name] for name in columns if facts.get(name)}
        if asked:
            roots = standing_for(asked.values(), model)
            changed |= {name: roots.get(value, value) for name, value in asked.items()}
    return changed


def join(
    model: type[SamePerson] | type[SameOrganisation],
    joined: str,
    root: str,
    *,
    by: Person | None,
    source: str,
) -> int:
    """State that two records are of one; ``root`` stands for both from now on.

    This is never refused: it is so, whatever follows from it. Conflicts are found by the auditor and before
    the next act.

    Returns:
        How many rows of the register were written anew.
    """
    root = standing_for([root], model).get(root, root)
    joined = standing_for([joined], model).get(joined, joined)
    if joined == root:
        return 0
    own, other = _columns(model)
    earlier = db.session.scalars(select(model).where(current(model), other == joined))
    rows = [_copy(row, {other.key: root}) for row in earlier]
    fresh = model(**{own.key: joined, other.key: root}, starts_on=clock.today())
    db.session.add_all(_signed([*rows, fresh], by, source))
    db.session.flush()
    return _move(model, by, source)


def unmoved(model: type[Relation], joining: type[SamePerson] | type[SameOrganisation]) -> Any:
    """Return the query for the standing rows that name a record for which another stands."""
    own, _other = _columns(joining)
    names = [name for name in _named(joining) if name in columns_of(model)]
    gone = select(own).where(current(joining))
    condition: ColumnElement[bool] = or_(*(getattr(model, name).in_(gone) for name in names))
    return select(model).where(current(model), condition)


def follow(*, by: Person | None = None) -> int:
    """Write anew what this process may write and still names a joined record; other processes do theirs."""
    return sum(_move(model, by, "joined records") for model in _JOINING)


def is_behind() -> bool:
    """Tell whether any row that this process may write still names a joined record."""
    return any(
        db.session.scalars(unmoved(model, joining).limit(1)).first() is not None
        for joining in _JOINING
        for model in _movable(joining)
    )


def _move(joining: type[SamePerson] | type[SameOrganisation], by: Person | None, source: str) -> int:
    moved = 0
    for model in _movable(joining):
        rows = list(db.session.scalars(unmoved(model, joining)))
        names = [name for name in _named(joining) if name in columns_of(model)]
        values = {getattr(row, name) for row in rows for name in names}
        roots = standing_for(values, joining)
        copies = [
            _copy(row, {name: roots.get(getattr(row, name), getattr(row, name)) for name in names})
            for row in rows
        ]
        db.session.add_all(_signed(copies, by, source))
        moved += len(copies)
    db.session.flush()
    return moved


def _movable(joining: type[Relation]) -> list[type[Relation]]:
    side = current_app.config["SETTINGS"].side
    return [
        model
        for model in RELATIONS.values()
        if model not in _JOINING
        and (side is Side.ALL or "INSERT" in rights(db.metadata.tables[model.__tablename__], side))
        and any(column in columns_of(model) for column in _named(joining))
    ]


def _copy(row: Relation, change: dict[str, Any]) -> Relation:
    facts = {name: getattr(row, name) for name in columns_of(type(row))}
    return type(row)(**(facts | change), supersedes_id=row.id)


def _signed(rows: list[Relation], by: Person | None, source: str) -> list[Relation]:
    for row in rows:
        row.void, row.source = False, source
        row.stated_by_id, row.recorded_at = (None if by is None else by.id), clock.now()
    return rows


def _columns(model: type[SamePerson] | type[SameOrganisation]) -> tuple[Any, Any]:
    if model is SamePerson:
        return SamePerson.person_id, SamePerson.other_id
    return SameOrganisation.organisation_code, SameOrganisation.other_code


def _named(joining: type[Relation]) -> tuple[str, ...]:
    return PERSONS if joining is SamePerson else ORGANISATIONS
