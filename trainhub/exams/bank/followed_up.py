"""What reviewers did about items since something was found conspicuous."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from trainhub.exams.bank.models import Item, ItemVersion, Review
from trainhub.kernel.db import db


def looked_at_since(codes: Collection[str], since: datetime | None) -> dict[str, datetime]:
    """Return when items were last spoken of in the bank after a moment: a remark, a verdict, a retirement.

    Args:
        codes: of the items.
        since: the moment; None finds nothing.
    """
    if since is None or not codes:
        return {}
    statement = (
        select(Item.code, func.max(Review.at))
        .join(ItemVersion, ItemVersion.id == Review.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.code.in_(codes), Review.at > since)
        .group_by(Item.code)
    )
    return {code: at for code, at in db.session.execute(statement)}
