"""The statements of the rules, composed once in a process: composing one takes longer than answering it.

A statement is the same for all acts that propose rows of the same relations, and for each sitting that is
looked at alone; only what the rows say, or which sitting it is, is given anew. Whatever is asked more rarely
(an earlier moment, many sittings, many rows) is composed each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from trainhub.kernel.db import db
from trainhub.separation.models import RELATIONS, Relation
from trainhub.separation.register import (
    ONE_SITTING,
    Periods,
    Register,
    asked_figures,
    bound,
    columns_of,
    periods_of,
)
from trainhub.separation.rules import Way

_ROWS = 6
"""With more proposed rows than this the forms are too many to be kept."""
_FORMS = 8
"""How many statements are kept for one way to break a rule."""


@dataclass(frozen=True)
class Composed:
    """A statement, and what it holds of the law: it serves as long as the law says the same.

    Args:
        statement: the query of a way with its evidence.
        figures: the figures written into it.
    """

    statement: Select[Any]
    figures: dict[str, Periods]

    def is_still_law(self) -> bool:
        """Tell whether the figures are what they were."""
        return all(periods_of(key) == periods for key, periods in self.figures.items())


def statement_of(way: Way, register: Register) -> tuple[Select[Any], dict[str, Any]]:
    """Return the query of a way with its evidence, and the values to run it with."""
    if not _is_kept(register):
        return way.with_evidence(register), {}
    read = [RELATIONS[name] for name in way.relations]
    rows = [row if type(row) in read and not row.void else None for row in register.proposed]
    kinds = tuple(None if row is None else type(row) for row in rows)
    form = (db.engine.dialect.name, register.focus, register.only_sittings is not None, kinds)
    composed = way.composed.get(form)
    if composed is None or not composed.is_still_law():
        composed = way.composed[form] = _compose(way, register)
        for oldest in list(way.composed)[:-_FORMS]:
            way.composed.pop(oldest, None)
    sitting = {} if register.only_sittings is None else {ONE_SITTING: register.only_sittings}
    return composed.statement, _values(rows) | sitting


def _is_kept(register: Register) -> bool:
    return (
        register.at is None
        and (register.only_sittings is None or isinstance(register.only_sittings, str))
        and len(register.proposed) <= _ROWS
        and not any(row.supersedes_id for row in register.proposed)
    )


def _compose(way: Way, register: Register) -> Composed:
    figures: dict[str, Periods] = {}
    token = asked_figures.set(figures)
    try:
        return Composed(way.with_evidence(register), figures)
    finally:
        asked_figures.reset(token)


def _values(rows: list[Relation | None]) -> dict[str, Any]:
    return {
        bound(-1 - place, name): getattr(row, name)
        for place, row in enumerate(rows)
        if row is not None
        for name in columns_of(type(row))
    }
