"""Items that must not meet in one paper: because a person said so, or because the bank finds them alike."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Any

from sqlalchemy import Select, select

from trainhub import ledger
from trainhub.exams.bank.alike.pairs import enemies_of
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.papers.models import Enemy
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

ENEMY_DUTIES = (Duty.ASSEMBLE_PAPERS, Duty.AUTHOR_ITEMS)
MOST_AT_ONCE = 20
CHUNK = 500


def set_apart(codes: Collection[str], *, by: Person) -> list[Enemy]:
    """Say of some items that no two of them may stand in one paper.

    Args:
        codes: of the items, two or more.
        by: an author or assembler of the centre whose items they are.

    Raises:
        Invalid: they are too few, too many, or not all items of one centre of the person's.
        Conflict: all of them are apart already.
    """
    wanted = sorted({code.strip().upper() for code in codes if code.strip()})
    if not 2 <= len(wanted) <= MOST_AT_ONCE:
        raise Invalid(_("Name 2 to %(most)s items by their codes.", most=MOST_AT_ONCE))
    items = {item.code.upper(): item for item in db.session.scalars(_items(by).where(Item.code.in_(wanted)))}
    unknown = [code for code in wanted if code not in items]
    if unknown:
        raise Invalid(_("There is no item %(codes)s of yours.", codes=_(", ").join(unknown)))
    centres = {item.bank.organisation_id for item in items.values()}
    if len(centres) > 1:
        raise Invalid(_("The items belong to different centres; they never meet."))
    centre = centres.pop()
    lock("papers-enemies", centre)
    ids = sorted(item.id for item in items.values())
    apart = {
        (row.first_id, row.second_id)
        for row in db.session.scalars(select(Enemy).where(Enemy.first_id.in_(ids), Enemy.ended_at.is_(None)))
    }
    pairs = [
        (one, two) for place, one in enumerate(ids) for two in ids[place + 1 :] if (one, two) not in apart
    ]
    if not pairs:
        raise Conflict(_("These items are kept apart already."))
    rows = [Enemy(organisation_id=centre, first_id=one, second_id=two, set_by_id=by.id) for one, two in pairs]
    db.session.add_all(rows)
    db.session.flush()
    ledger.append("items.set_apart", by=by, side="exam", items=[items[code].code for code in wanted])
    return rows


def _items(by: Person) -> Select[Any]:
    return select(Item).join(Bank).where(Bank.organisation_id.in_(organisations_of(by, *ENEMY_DUTIES)))


def let_meet(code: str, *, by: Person) -> None:
    """End what a person said of two items; that it was said stays.

    Raises:
        NotFound: there is no such pair in force at a centre of the person's.
    """
    found = db.session.scalar(enemies_for(by).where(Enemy.code == code))
    if found is None:
        raise NotFound(_l("There is no such pair of items."))
    lock("papers-enemies", found.organisation_id)
    db.session.refresh(found)
    if found.ended_at is not None:
        raise NotFound(_l("There is no such pair of items."))
    found.ended_by_id, found.ended_at = by.id, clock.now()
    ledger.append("items.let_meet", by=by, side="exam", items=sorted((found.first.code, found.second.code)))


def enemies_for(person: Person) -> Select[Any]:
    """Return a select of the pairs in force at a person's centres, newest first."""
    return (
        select(Enemy)
        .where(Enemy.organisation_id.in_(organisations_of(person, *ENEMY_DUTIES)), Enemy.ended_at.is_(None))
        .order_by(Enemy.id.desc())
    )


def pairs_among(item_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs of some items that must not meet in one paper, whoever or whatever says so.

    A person's word; judged the same; found alike and not judged yet, unless a figure, a negation or the key
    tells them apart.
    """
    ids = set(item_ids)
    found = {
        (min(one, two), max(one, two))
        for one, others in enemies_of(ids).items()
        if one in ids
        for two in others & ids
    }
    every = iter(sorted(ids))
    while some := list(islice(every, CHUNK)):
        statement = select(Enemy.first_id, Enemy.second_id).where(
            Enemy.first_id.in_(some), Enemy.ended_at.is_(None)
        )
        found |= {(one, two) for one, two in db.session.execute(statement) if two in ids}
    return found
