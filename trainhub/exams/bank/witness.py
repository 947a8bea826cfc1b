"""What the bank has on record of who wrote and reviewed which item, and which are in use."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.bank.models import Bank, Item, ItemVersion, Review, Verdict, VersionState
from trainhub.separation.comparing import Testimony, rows_of

IN_USE = (VersionState.APPROVED, VersionState.LIVE)


def bear_witness() -> list[Testimony]:
    """Return authors, reviewers, and the items in use."""
    authored = select(ItemVersion.author_id, Item.code).join(Item, Item.id == ItemVersion.item_id)
    reviewed = (
        select(Review.person_id, Item.code)
        .join(ItemVersion, ItemVersion.id == Review.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Review.verdict.in_((Verdict.APPROVED, Verdict.SENT_BACK)))
    )
    live = (
        select(Item.code, Bank.qualification)
        .join(Bank, Bank.id == Item.bank_id)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(ItemVersion.state.in_(IN_USE))
    )
    of_item = ("person_id", "item_code")
    rows = [rows_of(each.distinct()) for each in (authored, reviewed, live)]
    return [
        Testimony("authored", of_item, rows[0]),
        Testimony("reviewed", of_item, rows[1]),
        Testimony("live", ("item_code", "qualification"), rows[2], in_force=True),
    ]
