"""Adding rows to the register: each is checked, waits for others about the same, and overwrites nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.people.models import Organisation, Person
from trainhub.separation.decisions import require
from trainhub.separation.identity import name_roots, root_facts
from trainhub.separation.models import (
    Affiliated,
    Granted,
    OrganisationRelation,
    Relation,
    SittingRelation,
)
from trainhub.separation.register import columns_of, current

R = TypeVar("R", bound=Relation)

_LOCKED = {
    "sitting_code": "sitting",
    "paper_code": "paper",
    "person_id": "person",
    "other_id": "person",
    "item_code": "item",
    "case_code": "case",
    "class_code": "class",
    "result_code": "result",
}
_ASKED_AT_ONCE = 500
_ORDER = ("owners", "organisation", "sitting", "paper", "person", "item", "case", "class", "result")


def id_of(person: Person | str) -> str:
    """Return the random id of a person who is named by it or by their record."""
    return person if isinstance(person, str) else person.id


def code_of(organisation: Organisation | str) -> str:
    """Return the code of an organisation that is named by it or by its record."""
    return organisation if isinstance(organisation, str) else organisation.code


def state(*rows: Relation, by: Person | None, source: str) -> None:
    """Add rows to the register in the transaction of the act, after asking every rule that may decide it.

    Args:
        rows: not yet in the session; the period begins today unless they say otherwise.
        by: who states.
        source: what it rests on, such as ``class 2026-07``.

    Raises:
        Refused: a rule forbids it.
    """
    _prepare(rows, by, source)
    require(*(row for row in rows if not row.void), by=by)
    db.session.add_all(rows)
    db.session.flush()


def note(*rows: Relation, by: Person | None, source: str) -> None:
    """Add rows that are so, whatever follows: their act was decided before, and is not refused any more."""
    _prepare(rows, by, source)
    db.session.add_all(rows)
    db.session.flush()


def _prepare(rows: Sequence[Relation], by: Person | None, source: str) -> None:
    for row in rows:
        fill_period(row)
        row.void = bool(row.void)
        row.source = source
        row.stated_by_id = None if by is None else by.id
        row.recorded_at = clock.now()
    name_roots(rows)
    lock_for(rows)


def fill_period(row: Any) -> None:
    """Let the period of a row begin today unless it says otherwise."""
    if row.starts_on is None:
        row.starts_on = clock.today()


def lock_for(rows: Iterable[Relation]) -> None:
    """Let acts about the same persons, sittings, papers and items wait for each other, in one order."""
    for kind, key in keys_of(rows):
        lock(f"separation-{kind}", key)


def keys_of(rows: Iterable[Relation]) -> list[tuple[str, str]]:
    """Return what acts about some rows wait for, in the order in which it is locked.

    Owners and responsible persons are few and rarely change: all acts about them wait for each other. A duty
    waits for its organisation, whose kind may change.
    """
    rows = list(rows)
    wanted = {
        (kind, str(getattr(row, column)))
        for row in rows
        for column, kind in _LOCKED.items()
        if getattr(row, column, None) is not None
    }
    wanted |= {("owners", "all") for row in rows if isinstance(row, Affiliated | OrganisationRelation)}
    wanted |= {
        ("organisation", row.organisation_code)
        for row in rows
        if isinstance(row, Granted | OrganisationRelation | SittingRelation)
    }
    return sorted(wanted, key=lambda each: (_ORDER.index(each[0]), each[1]))


def standing(model: type[R], **facts: Any) -> list[R]:
    """Return the rows of a relation that stand now and match some facts."""
    facts = root_facts(facts)
    statement = select(model).where(
        current(model), *(getattr(model, name) == value for name, value in facts.items())
    )
    return list(db.session.scalars(statement.order_by(model.id)))


def withdraw(model: type[R], *, by: Person | None, source: str, **facts: Any) -> int:
    """Take back what was stated: it was not so. The rows stay, superseded by void ones.

    Returns:
        How many rows were taken back.
    """
    return _supersede(model, {"void": True}, by, source, facts)


def end(model: type[R], day: date, *, by: Person | None, source: str, **facts: Any) -> int:
    """State that what was so ends on a day; what had not begun by then is taken back.

    Returns:
        How many rows were ended.
    """
    ended = 0
    for row in standing(model, **facts):
        if row.ends_on is not None and row.ends_on <= day:
            continue
        change: dict[str, Any] = {"void": True} if row.starts_on > day else {"ends_on": day}
        ended += _supersede(model, change, by, source, {"id": row.id})
    return ended


def copy_of(row: R, **change: Any) -> R:
    """Return a new row that would supersede one, with some facts changed."""
    names = [*columns_of(type(row))]
    facts = {name: getattr(row, name) for name in names}
    return type(row)(**(facts | change), supersedes_id=row.id)


def _supersede(
    model: type[R], change: dict[str, Any], by: Person | None, source: str, facts: dict[str, Any]
) -> int:
    rows = standing(model, **facts)
    lock_for(rows)
    for row in rows:
        later = copy_of(row, **change)
        later.void = bool(later.void)
        later.source, later.stated_by_id, later.recorded_at = (
            source,
            None if by is None else by.id,
            clock.now(),
        )
        db.session.add(later)
    db.session.flush()
    return len(rows)


def once(model: type[Relation], by: Person | None, source: str, **facts: Any) -> None:
    """State what is not stated yet."""
    if not standing(model, **facts):
        state(model(**facts), by=by, source=source)


def each_once(
    model: type[Relation], many: str, values: Iterable[str], *, by: Person | None, source: str, **facts: Any
) -> None:
    """State for each of many things what is not stated of it yet; the rules are asked once for all of them.

    Args:
        model: the relation.
        many: the fact in which its rows differ.
        values: what it is in each of them.
        by: who states.
        source: what it rests on.
        facts: those that all rows share.

    Raises:
        Refused: a rule forbids one of them; none is stated.
    """
    column = getattr(model, many)
    wanted = list(dict.fromkeys(values))
    shared = [getattr(model, name) == value for name, value in root_facts(facts).items()]
    stated: set[str] = set()
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        lot = column.in_(wanted[start : start + _ASKED_AT_ONCE])
        stated.update(db.session.scalars(select(column).where(current(model), lot, *shared)))
    state(*(model(**facts, **{many: each}) for each in wanted if each not in stated), by=by, source=source)
