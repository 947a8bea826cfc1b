"""What a room's own tables say that the register of relations must hold (见证): statements, and nothing else.

Nothing here, and nothing in a room's ``witness.py``, is used by the code that states the rows: if one of the
two is wrong or was changed, they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


@dataclass(frozen=True)
class Witness:
    """What one room can say of one relation (房间对某类关系的见证).

    The statements label their columns as the register does; persons and organisations may stand in them under
    any of their records.

    Args:
        relation: as the register calls it.
        must: rows of which each must have its row in the register; as many columns as must agree.
        backs: rows of which one must stand behind each row of the register; None where this room cannot say.
        besides: column that names an organisation; what was merged away since is no longer asked for.
    """

    relation: str
    must: Any
    backs: Any
    besides: str = ""


BearWitness = Callable[[], Sequence[Witness]]
"""What a room says of all relations that it states; called inside a transaction that reads."""


class Deviation(StrEnum):
    """How a room's own rows are not what the ledger holds."""

    ALTERED = "altered"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Deviating:
    """A row of a room that is not what the ledger says was entered (与存证不符的记录).

    Args:
        kind: altered since, added past the house, or gone.
        record: what kind of row it is.
        facts: which one, by column.
    """

    kind: Deviation
    record: str
    facts: tuple[tuple[str, Any], ...]


CompareWithLedger = Callable[[], Sequence[Deviating]]
"""Finds what of a room's rows the ledger does not bear out; called inside a transaction that reads."""


class local_day(FunctionElement[date]):
    """The calendar day in Asia/Shanghai of a column that holds a moment."""

    type = Date()
    inherit_cache = True
    name = "local_day"


class to_second(FunctionElement[str]):
    """A moment and so many minutes after it, to the second, as text that compares alike on every database."""

    type = String()
    inherit_cache = True
    name = "to_second"


class _Fact(FunctionElement[str]):
    type = String()
    inherit_cache = True
    name = "fact"


def fact(body: Any, name: str) -> ColumnElement[str]:
    """Return one fact of a ledger entry's body; nothing where the body was erased."""
    return _Fact(body, literal(name, String()))


class _FactDay(FunctionElement[date]):
    type = Date()
    inherit_cache = True
    name = "fact_day"


def fact_day(body: Any, name: str) -> ColumnElement[date]:
    """Return a day that a ledger entry's body tells of."""
    return _FactDay(body, literal(name, String()))


@compiles(local_day, "sqlite")
def _day_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    (moment,) = element.clauses
    return f"date({compiler.process(moment, **kw)}, '+8 hours')"


@compiles(local_day, "postgresql")
def _day_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    (moment,) = element.clauses
    return f"CAST({compiler.process(moment, **kw)} + interval '8 hours' AS date)"


@compiles(to_second, "sqlite")
def _second_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    moment, *minutes = (compiler.process(each, **kw) for each in element.clauses)
    later = f", {minutes[0]} || ' minutes'" if minutes else ""
    return f"strftime('%Y-%m-%d %H:%M:%S', {moment}{later})"


@compiles(to_second, "postgresql")
def _second_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    moment, *minutes = (compiler.process(each, **kw) for each in element.clauses)
    later = f" + make_interval(mins => {minutes[0]})" if minutes else ""
    return f"to_char({moment}{later}, 'YYYY-MM-DD HH24:MI:SS')"


@compiles(_FactDay, "sqlite")
@compiles(_Fact, "sqlite")
def _fact_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    body, name = (compiler.process(each, **kw) for each in element.clauses)
    return f"json_extract({body}, '$.facts.' || {name})"


@compiles(_Fact, "postgresql")
def _fact_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    body, name = (compiler.process(each, **kw) for each in element.clauses)
    return f"(CAST({body} AS json) -> 'facts' ->> CAST({name} AS text))"


@compiles(_FactDay, "postgresql")
def _fact_day_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST({_fact_postgresql(element, compiler, **kw)} AS date)"
