"""What can be chosen at items, by letters alone: for statistics, which never need their words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub.exams.bank.content import FALSE, TRUE, ItemType
from trainhub.exams.bank.details import Scene
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db

CHOICES = (ItemType.TRUE_FALSE, ItemType.SINGLE, ItemType.MULTIPLE)


@dataclass(frozen=True)
class Choices:
    """The letters of an item's options and of its key."""

    offered: tuple[str, ...]
    key: frozenset[str]


def without_options(codes: Collection[str]) -> set[str]:
    """Return the codes of items whose answers are no choice among options: texts, orders, pairs, cases."""
    return set(db.session.scalars(select(Item.code).where(Item.code.in_(codes), Item.type.not_in(CHOICES))))


def scenes_of(versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Scene]:
    """Return where the hazards of items are, by code and number of a version; nothing for other items."""
    found = {}
    for place, version in _bodies(versions, (ItemType.HAZARD_SPOTTING,)):
        detail = body_of(version).detail
        if isinstance(detail, Scene):
            found[place] = detail
    return found


def _bodies(
    versions: Collection[tuple[str, int]], types: Collection[ItemType]
) -> Iterator[tuple[tuple[str, int], ItemVersion]]:
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.code.in_({code for code, _number in versions}), Item.type.in_(types))
        .options(joinedload(ItemVersion.item).joinedload(Item.bank))
    )
    for version in db.session.scalars(statement):
        place = (version.item.code, version.number)
        if place in versions:
            yield place, version


def choices_of(versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Choices]:
    """Return what can be chosen, by code and number of a version; nothing for items without options."""
    found = {}
    for place, version in _bodies(versions, CHOICES):
        body = body_of(version)
        offered = tuple(option.key for option in body.options) or (TRUE, FALSE)
        found[place] = Choices(offered, frozenset(body.answer))
    return found
