"""What the tables of the bank say of who wrote and reviewed which item, and which are in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, exists, literal, select, union_all
from sqlalchemy.orm import aliased

from trainhub.exams.bank.models import Bank, Item, ItemVersion, Review, Verdict, VersionState
from trainhub.kernel.witness import Witness, local_day

IN_USE = (VersionState.APPROVED, VersionState.LIVE)


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of items."""
    return (
        Witness("authored", _authors(), _authors(ItemVersion.created_at)),
        Witness("reviewed", _reviewers(), _reviewers(Review.at)),
        Witness("live", _in_use(), _ever_in_use()),
    )


def _authors(*since: Any) -> Any:
    day = [local_day(each).label("starts_on") for each in since]
    person = ItemVersion.author_id.label("person_id")
    return select(person, Item.code.label("item_code"), *day).join(Item, Item.id == ItemVersion.item_id)


def _reviewers(*since: Any) -> Any:
    day = [local_day(each).label("starts_on") for each in since]
    return (
        select(Review.person_id, Item.code.label("item_code"), *day)
        .join(ItemVersion, ItemVersion.id == Review.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Review.verdict.in_((Verdict.APPROVED, Verdict.SENT_BACK)))
    )


def _is_in_use() -> Any:
    version = aliased(ItemVersion)
    return exists().where(version.item_id == Item.id, version.state.in_(IN_USE))


def _in_use() -> Any:
    code, until = Item.code.label("item_code"), literal(None, Date()).label("ends_on")
    return select(code, Bank.qualification, until).join(Bank, Bank.id == Item.bank_id).where(_is_in_use())


def _ever_in_use() -> Any:
    """From the day of an approval, until the day on which a version was retired, or still."""
    days = (
        select(ItemVersion.item_id, local_day(Review.at).label("day"), Review.verdict)
        .join(ItemVersion, ItemVersion.id == Review.version_id)
        .where(Review.verdict.in_((Verdict.APPROVED, Verdict.RETIRED)))
        .subquery()
    )
    approved, retired = days.alias(), days.alias()
    said = (Item.code.label("item_code"), Bank.qualification, approved.c.day.label("starts_on"))
    item = (
        select(*said)
        .join(Bank, Bank.id == Item.bank_id)
        .join(approved, (approved.c.item_id == Item.id) & (approved.c.verdict == Verdict.APPROVED))
    )
    still = item.add_columns(literal(None, Date()).label("ends_on")).where(_is_in_use())
    no_more = item.add_columns(retired.c.day.label("ends_on")).join(
        retired, (retired.c.item_id == Item.id) & (retired.c.verdict == Verdict.RETIRED)
    )
    return select(union_all(still, no_more).subquery())
