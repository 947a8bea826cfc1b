"""Declarations (申报): what somebody says of themselves, such as whom they must not judge.

The register holds the row that the rules read, the ledger the declaration itself; the auditor compares them.
A declaration is never refused: it is so, whatever follows from it. Conflicts are found by the auditor, at the
staffing officer's desk and before the sitting is opened.
"""

from __future__ import annotations

import json
from collections import defaultdict

from sqlalchemy import select

from trainhub import ledger
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.comparing import Row, Testimony
from trainhub.separation.identity import name_roots
from trainhub.separation.models import RELATIONS, Relation, name_of, side_of
from trainhub.separation.register import columns_of
from trainhub.separation.stating import fill_period, lock_for

KIND = "relation.declared"
ALWAYS_DECLARED = ("related",)
"""Relations that stand on declarations alone."""


def declare(*rows: Relation, by: Person, source: str) -> None:
    """Add declared rows to register and ledger.

    Args:
        rows: not yet in the session; the period begins today unless they say otherwise.
        by: who declares.
        source: what it rests on, such as ``declaration of the invigilator``.
    """
    for row in rows:
        fill_period(row)
        row.void, row.source, row.stated_by_id, row.recorded_at = False, source, by.id, clock.now()
    name_roots(rows)
    lock_for(rows)
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        facts = {name: getattr(row, name) for name in columns_of(type(row))}
        ledger.append(KIND, by=by, side=side_of(name_of(row)), relation=name_of(row), **facts)


def declared() -> list[Testimony]:
    """Return what the ledger has of declarations, by relation."""
    found: dict[str, list[Row]] = defaultdict(list, {relation: [] for relation in ALWAYS_DECLARED})
    for body in db.session.scalars(select(Entry.body).where(Entry.kind == KIND)):
        if body:
            facts = json.loads(body)["facts"]
            names = columns_of(RELATIONS[facts["relation"]])
            found[facts["relation"]].append(tuple(facts[name] for name in names))
    return [
        Testimony(relation, tuple(columns_of(RELATIONS[relation])), rows)
        for relation, rows in sorted(found.items())
    ]
