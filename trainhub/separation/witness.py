"""What the ledger says of declarations, which no room's table holds, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.kernel.witness import Witness, fact, fact_day
from trainhub.ledger import Entry
from trainhub.separation.models import RELATIONS

DECLARED = "relation.declared"
BOOKKEEPING = {"id", "recorded_at", "source", "stated_by_id", "void", "supersedes_id"}


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold because it was declared; that two are close is never else."""
    named = select(fact(Entry.body, "relation")).where(Entry.kind == DECLARED, Entry.body.is_not(None))
    relations = {"related", *db.session.scalars(named.distinct())}
    rows = {relation: _declared(relation) for relation in sorted(relations)}
    return [Witness(relation, each, each) for relation, each in rows.items()]


def _declared(relation: str) -> Any:
    columns = RELATIONS[relation].__table__.columns
    said = [_said(each).label(each.name) for each in columns if each.name not in BOOKKEEPING]
    return select(*said).where(Entry.kind == DECLARED, fact(Entry.body, "relation") == relation)


def _said(column: Any) -> Any:
    read = fact_day if column.type.python_type is date else fact
    return read(Entry.body, column.name)
