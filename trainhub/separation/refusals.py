"""What was refused is on record too: the attempt, the rule, the rows that prove it (被拒绝的操作)."""

from __future__ import annotations

import json

from flask import current_app
from sqlalchemy import Select, select

from trainhub import ledger
from trainhub.config import Side
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, DomainError, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.decisions import SeparationRefused
from trainhub.separation.models import side_of

KIND, SEEN = "decision.refused", "refusal.seen"


def record_refusal(error: DomainError) -> None:
    """Write a refusal by a separation rule into the ledger, in a transaction of its own.

    Args:
        error: what was raised; the act that raised it has been rolled back.
    """
    if not isinstance(error, SeparationRefused):
        return
    with transaction():
        by = None if error.by_id is None else db.session.get(Person, error.by_id)
        ledger.append(
            KIND,
            by=by,
            side=_side_of(error),
            rule=error.rule.id,
            violations=[
                {
                    "rule": each.rule.id,
                    "person": each.person,
                    "object": each.object,
                    "evidence": [{"relation": row.relation, "row": row.row} for row in each.evidence],
                }
                for each in error.violations
            ],
            proposed=error.proposed,
        )


def newest_first() -> Select[ledger.Entry]:
    """Return the statement of the ledger's entries about refusals, the newest first."""
    return select(ledger.Entry).where(ledger.Entry.kind == KIND).order_by(ledger.Entry.id.desc())


def _side_of(error: SeparationRefused) -> str:
    """Return whose refusal it is: what was proposed tells, or else the process in which it happened."""
    proposed = {side_of(str(each["relation"])) for each in error.proposed}
    for side in ("exam", "training"):
        if side in proposed:
            return side
    if proposed:
        return "training" if "door" in proposed else "core"
    own = current_app.config["SETTINGS"].side
    return "oversight" if own is Side.ALL else str(own)


def mark_seen(entry_id: int, *, by: Person) -> None:
    """Take note in the ledger that an auditor has looked into a refusal.

    Raises:
        NotFound: no such refusal is on record.
        Conflict: somebody has looked into it before.
    """
    entry = db.session.get(ledger.Entry, entry_id)
    if entry is None or entry.kind != KIND:
        raise NotFound(_l("There is no such refusal."))
    if entry.leaf_hash in _seen():
        raise Conflict(_l("Somebody has looked into this refusal before."))
    ledger.append(SEEN, by=by, side="oversight", refusal=entry.leaf_hash)


def _seen() -> set[str]:
    bodies = db.session.scalars(select(ledger.Entry.body).where(ledger.Entry.kind == SEEN))
    return {json.loads(body)["facts"]["refusal"] for body in bodies if body}


def unseen() -> set[int]:
    """Return the numbers of the refusals into which no auditor has looked."""
    entries = select(ledger.Entry.id, ledger.Entry.leaf_hash).where(ledger.Entry.kind == KIND)
    refused = db.session.execute(entries)
    seen = _seen()
    return {entry_id for entry_id, leaf_hash in refused if leaf_hash not in seen}
