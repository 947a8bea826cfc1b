"""Items in use that somebody knows who teaches for them by now (S-04): the bank takes them out of use.

The training side begins to teach without being told anything; the bank answers here. Whoever wrote an item
knows it for ever, so that another author cannot mend it: it goes, and another author writes another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from trainhub import ledger, separation
from trainhub.exams.bank.alike.noting import lock_pairs
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.relations import withdraw_live
from trainhub.exams.bank.review import CHOOSABLE, retire
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

CHUNK = 500


@dataclass(frozen=True)
class Known:
    """An item in use that somebody knows who teaches for it (知题授课冲突).

    Args:
        item: which.
        facts: who knows it and teaches what, since when, one sentence each.
        papers: papers that hold it and the sittings ahead that use these: another paper is to be given.
    """

    item: Item
    facts: tuple[str, ...]
    papers: tuple[tuple[str, str], ...] = ()


def known_by_teachers(by: Person) -> list[Known]:
    """Return the items in use of a reviewer's banks that somebody knows who teaches for them."""
    organisations = organisations_of(by, Duty.REVIEW_ITEMS)
    if not organisations:
        return []
    facts: dict[str, list[str]] = defaultdict(list)
    for violation in separation.conflicts_of_content():
        facts[violation.object].append(violation.fact)
    codes = sorted(facts)
    found: list[Item] = []
    for start in range(0, len(codes), CHUNK):
        statement = (
            select(Item)
            .join(Bank, Bank.id == Item.bank_id)
            .where(
                Item.code.in_(codes[start : start + CHUNK]),
                Bank.organisation_id.in_(organisations),
                Item.versions.any(ItemVersion.state.in_(CHOOSABLE)),
            )
            .order_by(Bank.code, Item.code)
        )
        found += db.session.scalars(statement)
    papers = separation.papers_ahead([item.code for item in found])
    return [
        Known(item, tuple(dict.fromkeys(facts[item.code])), tuple(papers.get(item.code, ())))
        for item in found
    ]


def retire_known(codes: Sequence[str], reason: str, *, by: Person) -> int:
    """Take items out of use because somebody who knows them teaches: every version, at once.

    Returns:
        How many items were retired.

    Raises:
        Invalid: no item or no reason is given.
        Conflict: an item is not, or no more, one that the list names to this reviewer.
    """
    if not codes or not reason.strip():
        raise Invalid(_("Choose items and give a reason."))
    known = {each.item.code: each.item for each in known_by_teachers(by)}
    # Items of several centres: the pairs of all of them are held first, in one order, and items in theirs.
    for owner in sorted({known[code].bank.organisation_id for code in codes if code in known}):
        lock_pairs(owner)
    for code in sorted(set(codes)):
        item = known.get(code)
        if item is None:
            raise Conflict(_("The item %(code)s is not in conflict any more.", code=code))
        for version in item.versions:
            if version.state != VersionState.RETIRED:
                retire(version, reason, by=by)
        withdraw_live(item, by)
        ledger.append("item.conflict_ended", by=by, side="exam", bank=item.bank.code, item=item.code)
    return len(set(codes))
