"""Declarations (申报): what somebody says of themselves, such as whom they must not judge.

The register holds the row that the rules read, the ledger the declaration itself; the auditor compares them.
A declaration is never refused: it is so, whatever follows from it. Conflicts are found by the auditor, at the
staffing officer's desk and before the sitting is opened.
"""

from __future__ import annotations

from trainhub import ledger
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import Person
from trainhub.separation.identity import name_roots
from trainhub.separation.models import Relation, name_of, side_of
from trainhub.separation.register import columns_of
from trainhub.separation.stating import fill_period, lock_for

KIND = "relation.declared"


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
