"""Banks and knowledge points: who may find which, and adding them."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, func, select

from trainhub import ledger, regulations
from trainhub.exams.bank.models import Bank, ItemVersion, KnowledgePoint
from trainhub.exams.bank.vault import new_key
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty

BANK_DUTIES = (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS)


def organisations_of(person: Person, *duties: Duty) -> list[int]:
    """Return the ids of the organisations for which a person holds any of the duties."""
    return [each for duty in duties or BANK_DUTIES for each in organisations_for(person, duty)]


def visible(person: Person, *duties: Duty) -> ColumnElement[bool]:
    """Return the condition that a bank belongs to an organisation for which a person has a bank duty."""
    return Bank.organisation_id.in_(organisations_of(person, *duties))


def get_bank(code: str, *, by: Person, duty: Duty | None = None) -> Bank:
    """Return a bank by code.

    Args:
        code: of the bank.
        by: who asks.
        duty: which duty they need for its organisation; any bank duty unless given.

    Raises:
        NotFound: there is none, or the person has no such duty for it.
    """
    duties = (duty,) if duty else BANK_DUTIES
    bank = db.session.scalar(select(Bank).where(Bank.code == code, visible(by, *duties)))
    if bank is None:
        raise NotFound(_l("There is no such bank of yours."))
    return bank


def banks_of(person: Person, *duties: Duty) -> list[Bank]:
    """Return the banks that a person works on."""
    return list(db.session.scalars(select(Bank).where(visible(person, *duties)).order_by(Bank.code)))


def add_bank(code: str, name: str, qualification: str, organisation: Organisation, *, by: Person) -> Bank:
    """Open a bank for a qualification; its key is made with it.

    Raises:
        Invalid: code, name or qualification cannot be used.
        Conflict: the code is taken.
        Forbidden: the person does not write items for the organisation.
    """
    if organisation.id not in organisations_for(by, Duty.AUTHOR_ITEMS):
        raise Forbidden(_l("You do not write items for this organisation."))
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{1,29}", code):
        raise Invalid(_("A code has 2 to 30 capital letters, digits and hyphens."))
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise Invalid(_("A bank needs a name of 100 characters at most."))
    try:
        regulations.qualification(qualification, on=clock.today())
    except LookupError:
        raise Invalid(_("The law of today knows no such qualification.")) from None
    lock("bank", code)
    if db.session.scalar(select(Bank.id).where(Bank.code == code)):
        raise Conflict(_("The code %(code)s is taken.", code=code))
    bank = Bank(
        code=code,
        name=name.strip(),
        organisation=organisation,
        qualification=qualification,
        key_sealed=new_key(code),
        created_by_id=by.id,
    )
    db.session.add(bank)
    db.session.flush()
    ledger.append("bank.opened", by=by, side="exam", bank=code, qualification=qualification)
    return bank


def add_knowledge_point(
    qualification: str, code: str, name: str, parent: KnowledgePoint | None = None, *, by: Person
) -> KnowledgePoint:
    """Add a knowledge point to the tree of a qualification.

    Raises:
        Invalid: code or name cannot be used, or the parent belongs to another qualification.
        Conflict: the code is taken.
    """
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9.-]{0,19}", code) or not name.strip() or len(name) > 60:
        raise Invalid(_("A knowledge point needs a code (capital letters, digits, points) and a short name."))
    if parent is not None and parent.qualification != qualification:
        raise Invalid(_("The parent belongs to another qualification."))
    lock("knowledge", qualification)
    taken = select(KnowledgePoint.id).where(
        KnowledgePoint.qualification == qualification, KnowledgePoint.code == code
    )
    if db.session.scalar(taken):
        raise Conflict(_("The code %(code)s is taken.", code=code))
    point = KnowledgePoint(
        qualification=qualification,
        code=code,
        name=name.strip(),
        parent_id=None if parent is None else parent.id,
    )
    db.session.add(point)
    db.session.flush()
    ledger.append("bank.knowledge.added", by=by, side="exam", qualification=qualification, point=code)
    return point


def knowledge_points(qualification: str) -> list[KnowledgePoint]:
    """Return the knowledge points of a qualification in the order of their codes."""
    statement = select(KnowledgePoint).where(KnowledgePoint.qualification == qualification)
    return list(db.session.scalars(statement.order_by(KnowledgePoint.code)))


def below(points: list[KnowledgePoint], code: str) -> frozenset[int]:
    """Return the ids of a knowledge point and of everything under it.

    Raises:
        NotFound: the qualification has no such point.
    """
    found = {point.id for point in points if point.code == code}
    if not found:
        raise NotFound(_l("There is no such knowledge point."))
    while True:
        more = {point.id for point in points if point.parent_id in found} - found
        if not more:
            return frozenset(found)
        found |= more


def counts_by_state(bank: Bank) -> dict[str, int]:
    """Return how many items of a bank stand where, by their newest version."""
    statement = (
        select(ItemVersion.state, func.count())
        .where(ItemVersion.bank_id == bank.id, ItemVersion.newest)
        .group_by(ItemVersion.state)
    )
    return {state: count for state, count in db.session.execute(statement)}
