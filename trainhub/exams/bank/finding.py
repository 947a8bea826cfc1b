"""Finding items: by state, type and place in the columns, by words through keyed pairs of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from trainhub.exams.bank.banks import below, knowledge_points
from trainhub.exams.bank.content import bigrams, normalised
from trainhub.exams.bank.models import Bank, Gram, Item, ItemVersion
from trainhub.exams.bank.vault import all_keyed_grams, body_of
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

MOST_FOUND = 200


@dataclass(frozen=True)
class Filter:
    """What a list of items is narrowed to; empty fields leave all."""

    state: str = ""
    type: str = ""
    point: str = ""
    author: str = ""


def listing(bank: Bank, wanted: Filter) -> Select[Any]:
    """Return a select of the newest versions of a bank's items that pass a filter."""
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.bank_id == bank.id, ItemVersion.newest)
    )
    if wanted.state:
        statement = statement.where(ItemVersion.state == wanted.state)
    if wanted.type:
        statement = statement.where(Item.type == wanted.type)
    if wanted.author:
        statement = statement.where(ItemVersion.author_id == wanted.author)
    if wanted.point == "-":
        statement = statement.where(Item.knowledge_point_id.is_(None))
    elif wanted.point:
        covered = below(knowledge_points(bank.qualification), wanted.point)
        statement = statement.where(Item.knowledge_point_id.in_(covered))
    return statement.order_by(ItemVersion.id.desc())


def search(bank: Bank, words: str) -> list[ItemVersion]:
    """Return the newest versions whose stem or options hold some words.

    The keyed pairs of characters narrow the bank down; what they leave is deciphered and looked at.

    Raises:
        Invalid: fewer than two characters.
    """
    parts = [part for part in words.split() if len(normalised(part)) > 1]
    if not parts:
        raise Invalid(_("Give at least two characters."))
    with_all = [
        select(Gram.item_id)
        .where(Gram.hash.in_(hashes))
        .group_by(Gram.item_id)
        .having(func.count() == len(hashes))
        for hashes in all_keyed_grams(bank, bigrams(parts))
    ]
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.bank_id == bank.id, ItemVersion.newest, or_(*(Item.id.in_(each) for each in with_all)))
        .order_by(ItemVersion.id.desc())
        .limit(MOST_FOUND)
    )
    return [version for version in db.session.scalars(statement) if _holds(version, parts)]


def _holds(version: ItemVersion, parts: Sequence[str]) -> bool:
    body = body_of(version)
    texts = [normalised(text) for text in (body.stem, *(option.text for option in body.options))]
    return all(any(normalised(part) in text for text in texts) for part in parts)
