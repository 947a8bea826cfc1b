"""What was refused is on record too: the attempt, the rule, the rows that prove it (被拒绝的操作)."""

from __future__ import annotations

from trainhub import ledger
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import DomainError
from trainhub.people.models import Person
from trainhub.separation.decisions import SeparationRefused

KIND = "decision.refused"


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
            side="oversight",
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
        )
