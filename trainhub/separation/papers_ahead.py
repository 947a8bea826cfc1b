"""Which papers of sittings still to come hold an item, and who worked on items, by the register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.separation.models import Authored, Contains, Reviewed, SittingRelation, Uses
from trainhub.separation.register import current

CHUNK = 500


def papers_ahead(item_codes: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return for items the papers that hold them and the sittings, not yet over, that use these.

    Returns:
        Pairs of paper and sitting by item; items in no such paper are left out.
    """
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for start in range(0, len(item_codes), CHUNK):
        statement = (
            select(Contains.item_code, Uses.paper_code, Uses.sitting_code)
            .join(Uses, Uses.paper_code == Contains.paper_code)
            .join(SittingRelation, SittingRelation.sitting_code == Uses.sitting_code)
            .where(
                Contains.item_code.in_(item_codes[start : start + CHUNK]),
                current(Contains),
                current(Uses),
                current(SittingRelation),
                SittingRelation.ends_at > clock.now(),
            )
            .order_by(SittingRelation.starts_at, Uses.paper_code)
        )
        for item, paper, sitting in db.session.execute(statement):
            found[item].append((paper, sitting))
    return found


def who_worked_on(item_codes: Sequence[str]) -> set[str]:
    """Return the random ids of everybody who wrote, imported or reviewed one of some items."""
    found: set[str] = set()
    for start in range(0, len(item_codes), CHUNK):
        lot = item_codes[start : start + CHUNK]
        for model in (Authored, Reviewed):
            statement = select(model.person_id).where(model.item_code.in_(lot), current(model))
            found |= set(db.session.scalars(statement.distinct()))
    return found
