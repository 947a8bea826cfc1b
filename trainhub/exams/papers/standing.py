"""Which questions stand on a paper, as the tables have them: codes and numbers; nothing is opened for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.papers.content import PaperContent
from trainhub.exams.papers.models import Paper, PaperState, Place
from trainhub.kernel.db import db


@dataclass(frozen=True)
class Standing:
    """Which question stands at a number of a paper (题目位置).

    Args:
        number: in the paper.
        item_code: which item.
        version: of the item.
        type: of the item.
    """

    number: int
    item_code: str
    version: int
    type: str


def standing_in(content: PaperContent) -> list[Standing]:
    """Return the questions of a paper that lies open already."""
    return [Standing(each.number, each.item_code, each.version, each.type) for each in content.items]


def standing_on(paper_codes: Collection[str]) -> dict[str, list[Standing]]:
    """Return by paper the questions of sealed papers that wait for nobody, in their order.

    A paper that waits for two of its officers has none in the tables: its seal took them away.
    """
    statement = (
        select(Paper.code, Place.number, Item.code, ItemVersion.number, Item.type)
        .join(Place, Place.paper_id == Paper.id)
        .join(Item, Item.id == Place.item_id)
        .join(ItemVersion, ItemVersion.id == Place.version_id)
        .where(
            Paper.code.in_(list(paper_codes)),
            Paper.state == PaperState.SEALED,
            Paper.key_sealed.is_not(None),
        )
        .order_by(Paper.code, Place.number)
    )
    found: dict[str, list[Standing]] = {}
    for code, number, item_code, version, kind in db.session.execute(statement):
        found.setdefault(code, []).append(Standing(number, item_code, version, kind))
    return found
