"""What the rules read: stored relations as known at a moment, united with what an act would add."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Subquery

from trainhub import regulations
from trainhub.kernel.db import UtcDateTime, db
from trainhub.separation.models import RELATIONS, Relation

_BOOKKEEPING = {"id", "recorded_at", "source", "stated_by_id", "void", "supersedes_id"}
_CHUNK = 200
ONE_SITTING = "one_sitting"
"""The name under which a statement about one sitting is given its code."""
_MANY = 20
"""Proposed rows of one relation above which they travel as one value."""

Periods = tuple[tuple[date | None, date | None, int], ...]
asked_figures: ContextVar[dict[str, Periods] | None] = ContextVar("asked_figures", default=None)
"""Where what a statement under composition reads of the law is noted, for whoever keeps the statement."""


class Register:
    """The relations as subqueries by name: ``r.taught``; further looks at the same one are ``r.taught_2`` and
    ``r.taught_3``.

    Args:
        at: what was known at this moment; None for what is known now.
        proposed: rows that an act would add, not yet stored.
        focus: the name of the look that sees the proposed rows alone; None to see all.
        only_sittings: narrows the first look at each relation of sittings to one, or to those of a query.
    """

    def __init__(
        self,
        at: datetime | None = None,
        proposed: Sequence[Relation] = (),
        focus: str | None = None,
        only_sittings: str | Select[Any] | None = None,
    ) -> None:
        self.at = at
        self.proposed = proposed
        self.focus = focus
        self.only_sittings = only_sittings
        self.looks: dict[str, Subquery] = {}

    def __getattr__(self, look: str) -> Subquery:
        """Return one look at a relation, the same one each time it is named."""
        if look.startswith("__"):
            raise AttributeError(look)
        if look not in self.looks:
            self.looks[look] = self._look(look)
        return self.looks[look]

    def __getitem__(self, look: str) -> Subquery:
        """Return a look whose name Python keeps for itself, such as ``class``."""
        found: Subquery = getattr(self, look)
        return found

    def narrow(self, look: str, *, to: Subquery, by: str) -> None:
        """Keep of a look only the rows whose person (or code) stands in another look too; call it first.

        Only for speed, where the query would keep no other rows anyway: no planner knows that two groups of
        people hardly meet, nor which groups a condition outside will ask for.
        """
        seen: Subquery = getattr(self, look)
        self.looks[look] = select(seen).where(seen.c[by].in_(select(to.c[by]))).subquery(look)

    def _look(self, look: str) -> Subquery:
        name = relation_of(look)
        model = RELATIONS[name]
        added = _as_selects(
            [
                (-1 - place, row)
                for place, row in enumerate(self.proposed)
                if isinstance(row, model) and not row.void
            ],
            model,
        )
        if look == self.focus:
            focused: Subquery = _united(added).subquery(look)
            return focused
        gone = [row.supersedes_id for row in self.proposed if isinstance(row, model) and row.supersedes_id]
        stored = self._stored(model, gone, narrow=look == name)
        seen: Subquery = (_united([stored, *added]) if added else stored).subquery(look)
        return seen

    def _stored(self, model: type[Relation], gone: Sequence[int], *, narrow: bool) -> Select[Any]:
        statement = select(
            model.id.label("row_id"), *(getattr(model, column) for column in columns_of(model))
        )
        one = isinstance(self.only_sittings, str)
        statement = statement.where(standing_alone(model, self.at) if one else current(model, self.at))
        if gone:
            statement = statement.where(model.id.not_in(gone))
        if narrow and self.only_sittings is not None and hasattr(model, "sitting_code"):
            wanted = self.only_sittings
            chosen = [bindparam(ONE_SITTING, wanted, String())] if isinstance(wanted, str) else wanted
            statement = statement.where(model.sitting_code.in_(chosen))
        return statement


def relation_of(look: str) -> str:
    """Return the name of the relation that a look is at."""
    return look.rstrip("23").removesuffix("_")


@cache
def columns_of(model: type[Relation]) -> tuple[str, ...]:
    """Return the columns of a relation that rules speak of, with the period."""
    return tuple(column.name for column in model.__table__.columns if column.name not in _BOOKKEEPING)


def facts_of(row: Relation) -> dict[str, Any]:
    """Return what a row says, with the row it would take the place of: enough to propose it again."""
    said = {name: getattr(row, name) for name in columns_of(type(row))}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
        if value is not None
    } | ({"supersedes_id": row.supersedes_id} if row.supersedes_id else {})


def current(model: type[Relation], at: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition that a row stands: not void and not superseded by what was known at a moment."""
    if at is None:
        return _current_now(model)
    later = aliased(model)
    superseding = exists().where(later.supersedes_id == model.id, later.recorded_at <= at)
    return (model.recorded_at <= at) & model.void.is_(False) & ~superseding


@cache
def _current_now(model: type[Relation]) -> ColumnElement[bool]:
    later = aliased(model)
    return model.void.is_(False) & ~exists().where(later.supersedes_id == model.id)


def standing_alone(model: type[Relation], at: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition of ``current`` in the form for few rows: one look into an index for each.

    PostgreSQL makes a join of ``NOT EXISTS``. That is best for a whole register; a rule then joins so many
    tables that their order is no longer sought, and one sitting would have millions of rows read.
    """
    later = aliased(model)
    superseding = select(later.id).where(later.supersedes_id == model.id)
    if at is None:
        return model.void.is_(False) & superseding.scalar_subquery().is_(None)
    known = model.recorded_at <= at
    superseding = superseding.where(later.recorded_at <= at)
    return known & model.void.is_(False) & superseding.scalar_subquery().is_(None)


def chunks(rows: Sequence[Relation]) -> Iterable[Sequence[Relation]]:
    """Cut many proposed rows into lots that one statement can hold."""
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _united(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _as_selects(rows: Sequence[tuple[int, Relation]], model: type[Relation]) -> list[Select[Any]]:
    kinds = [model.__table__.columns[name].type for name in columns_of(model)]
    if len(rows) > _MANY and not any(isinstance(kind, UtcDateTime | DateTime) for kind in kinds):
        return [_as_one_value(rows, model)]
    return [_as_select(row, row_id, model) for row_id, row in rows]


def _as_one_value(rows: Sequence[tuple[int, Relation]], model: type[Relation]) -> Select[Any]:
    """Return many rows as one value that the database takes apart.

    The statement is then short and the same for any number of rows: composing one of two hundred selects took
    far longer than answering it.
    """
    names = columns_of(model)
    written = [[row_id, *(_plain(getattr(row, name)) for name in names)] for row_id, row in rows]
    kinds = {"row_id": Integer()} | {name: model.__table__.columns[name].type for name in names}
    on_postgresql = db.engine.dialect.name == "postgresql"
    each = (
        func.json_array_elements(cast(written, JSON))
        if on_postgresql
        else func.json_each(json.dumps(written))
    ).table_valued("value")

    def taken(place: int, kind: Any) -> Any:
        if on_postgresql:
            return cast(func.json_extract_path_text(each.c.value, str(place)), kind)
        return func.json_extract(each.c.value, f"$[{place}]", type_=kind)

    return select(*(taken(place, kind).label(name) for place, (name, kind) in enumerate(kinds.items())))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _as_select(row: Relation, row_id: int, model: type[Relation]) -> Any:
    values = [literal(row_id).label("row_id")]
    for name in columns_of(model):
        kind = model.__table__.columns[name].type
        values.append(bindparam(bound(row_id, name), getattr(row, name), kind).label(name))
    return select(*values)


def bound(row_id: int, column: str) -> str:
    """Return the name under which a statement is given what a proposed row says."""
    return f"proposed_{-row_id}_{column}"


def figure_on(key: str, day: ColumnElement[Any]) -> ColumnElement[int]:
    """Return what a figure of the law says on the day in a column, whichever period that day lies in.

    Raises:
        UnknownFigure: there is no such figure at all.
    """
    branches: list[tuple[ColumnElement[bool], int]] = []
    periods = periods_of(key)
    asked = asked_figures.get()
    if asked is not None:
        asked[key] = periods
    for valid_from, valid_to, value in periods:
        begun = true() if valid_from is None else day >= literal(valid_from)
        lasting = true() if valid_to is None else day <= literal(valid_to)
        branches.append((and_(begun, lasting), value))
    if not branches:
        raise regulations.UnknownFigure(f"no figure {key!r}")
    if len(branches) == 1:
        return literal(branches[0][1])
    return case(*branches)


def periods_of(key: str) -> Periods:
    """Return what a figure of the law says in which period."""
    return tuple(
        (figure.valid_from, figure.valid_to, int(figure.value))
        for figure in regulations.figures()
        if figure.key == key
    )


def months_before(day: ColumnElement[Any], months: ColumnElement[int]) -> ColumnElement[Any]:
    """Return the day so many months before the day in a column, the last of a shorter month."""
    return _shifted(day, months, "-")


def months_after(day: ColumnElement[Any], months: ColumnElement[int]) -> ColumnElement[Any]:
    """Return the day so many months after the day in a column, the last of a shorter month."""
    return _shifted(day, months, "+")


def _shifted(day: ColumnElement[Any], months: ColumnElement[int], sign: str) -> ColumnElement[Any]:
    if db.engine.dialect.name == "postgresql":
        span = func.make_interval(0, months)
        return func.date(day - span if sign == "-" else day + span)
    by = literal(sign).concat(cast(months, String)).concat(" months")
    last_of_month = func.date(day, "start of month", by, "+1 month", "-1 day")
    return func.min(func.date(day, by), last_of_month)
