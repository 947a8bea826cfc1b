"""Granting, revoking and asking for duties: each administrator grants only what is theirs to grant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, select
from sqlalchemy.orm import aliased, joinedload

from trainhub import ledger, separation
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, Person
from trainhub.people.sign_in import end_all_sessions
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of, standing_for
from trainhub.separation.models import SamePerson

GRANTED_BY: dict[Duty, Duty] = {
    duty: Duty.AUDIT if duty is Duty.AUDIT else Duty.ADMINISTER_SECURITY
    for duty in Duty
    if duty is not Duty.ADMINISTER_SYSTEM
} | {Duty.ADMINISTER_SYSTEM: Duty.ADMINISTER_SYSTEM}
"""Which duty lets one grant a duty: audit grants audit, system grants system, security grants the rest."""


SOON = timedelta(days=30)


def in_force(on: date | BindParameter[Any]) -> ColumnElement[bool]:
    """Return the condition that a grant is in force on a day."""
    return and_(Grant.starts_on <= on, Grant.ends_on >= on, Grant.revoked_at.is_(None))


def ending_soon() -> ColumnElement[bool]:
    """Return the condition that a grant ends within a month, and none of the same duty lasts longer."""
    longer = aliased(Grant)
    followed = exists().where(
        longer.person_id == Grant.person_id,
        longer.duty == Grant.duty,
        longer.organisation_id == Grant.organisation_id,
        longer.revoked_at.is_(None),
        longer.ends_on > Grant.ends_on,
    )
    return and_(in_force(clock.today()), Grant.ends_on < clock.today() + SOON, ~followed)


def duties_of(person: Person, on: date | None = None) -> frozenset[Duty]:
    """Return the duties that a person holds on a day (today unless said), under whichever record."""
    asked = {"records": list(records_of(person.id)), "day": on or clock.today()}
    return frozenset(Duty(duty) for duty in db.session.scalars(_held(), asked))


@cache
def _held() -> Select[str]:
    """Return the question for duties of some records on a day: every guarded page asks it."""
    records: BindParameter[Any] = bindparam("records", expanding=True)
    return select(Grant.duty).where(Grant.person_id.in_(records), in_force(bindparam("day")))


def organisations_for(person: Person, duty: Duty) -> list[int]:
    """Return the ids of the organisations for which a person holds a duty today.

    Every query of another's object joins through this: what belongs to another organisation is not found.
    """
    statement = select(Grant.organisation_id).where(
        Grant.person_id.in_(records_of(person.id)), Grant.duty == duty, in_force(clock.today())
    )
    return list(db.session.scalars(statement.distinct()))


def holders(duty: Duty, on: date | None = None, *, organisation: Organisation | None = None) -> list[Person]:
    """Return who holds a duty on a day (today unless said), for one organisation if it is said, by name."""
    statement = select(Grant.person_id).where(Grant.duty == duty, in_force(on or clock.today())).distinct()
    if organisation is not None:
        statement = statement.where(Grant.organisation_id == organisation.id)
    held = set(db.session.scalars(statement))
    roots = standing_for(held, SamePerson)
    standing = {roots.get(each, each) for each in held}
    return list(
        db.session.scalars(select(Person).where(Person.id.in_(standing)).order_by(Person.name, Person.id))
    )


def grant(
    person: Person, duty: Duty, organisation: Organisation, starts_on: date, ends_on: date, *, by: Person
) -> Grant:
    """Give a person a duty for an organisation and a period.

    Args:
        person: who receives it; nobody grants to themself.
        duty: which.
        organisation: for whom it is done.
        starts_on: first day.
        ends_on: last day.
        by: the administrator whose it is to grant.

    Raises:
        Forbidden: the duty is not the administrator's to grant, or would go to themself.
        Invalid: the period ends before it begins.
        Conflict: the person holds it already in that period.
        Refused: a separation rule forbids it.
    """
    lock("person", person.id)
    if by.id in records_of(person.id):
        raise Forbidden(_l("Nobody grants a duty to themself."))
    if GRANTED_BY[duty] not in duties_of(by):
        raise Forbidden(_l("This duty is not yours to grant."))
    return record_grant(person, duty, organisation, starts_on, ends_on, by=by)


def record_grant(
    person: Person,
    duty: Duty,
    organisation: Organisation,
    starts_on: date,
    ends_on: date,
    *,
    by: Person | None,
) -> Grant:
    """Record a duty once it is known that it may be granted; also the first start's way."""
    if ends_on < starts_on:
        raise Invalid(_("The period ends before it begins."))
    records = records_of(person.id)
    if standing_for([person.id], SamePerson):
        raise Conflict(_("This record was joined to another of the same person. Grant the duty there."))
    overlapping = select(Grant.id).where(
        Grant.person_id.in_(records),
        Grant.duty == duty,
        Grant.organisation_id == organisation.id,
        Grant.starts_on <= ends_on,
        Grant.ends_on >= starts_on,
        Grant.revoked_at.is_(None),
    )
    if db.session.scalar(overlapping):
        raise Conflict(_("The person holds this duty in that period already."))
    row = Grant(
        person_id=person.id,
        organisation_id=organisation.id,
        duty=duty,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by_id=None if by is None else by.id,
    )
    separation.relations.state_granted(person, duty, organisation, starts_on, ends_on, by=by)
    db.session.add(row)
    db.session.flush()
    ledger.append(
        "duty.granted",
        by=by,
        side="core",
        person=person.id,
        duty=duty,
        organisation=organisation.code,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return row


def find_grant(grant_id: int) -> Grant | None:
    """Return a grant by its number, or None."""
    return db.session.get(Grant, grant_id)


def grants_of(person_ids: Sequence[str], on: date | None = None) -> dict[str, list[Grant]]:
    """Return the grants of persons by their ids, in the order of time.

    Args:
        person_ids: of whom.
        on: only what is in force that day; of all times without.
    """
    statement = (
        select(Grant)
        .options(joinedload(Grant.organisation))
        .where(Grant.person_id.in_(person_ids))
        .order_by(Grant.starts_on, Grant.id)
    )
    if on is not None:
        statement = statement.where(in_force(on))
    held: dict[str, list[Grant]] = {}
    for row in db.session.scalars(statement):
        held.setdefault(row.person_id, []).append(row)
    return held


def revoke(grant_id: int, *, by: Person) -> Grant:
    """Withdraw a duty at once; the person's sessions end, so that no open page goes on with it.

    Raises:
        NotFound: there is no such grant in force.
        Forbidden: it is not the administrator's to withdraw.
    """
    row = db.session.scalar(select(Grant).where(Grant.id == grant_id, Grant.revoked_at.is_(None)))
    if row is None:
        raise NotFound(_l("There is no such duty in force."))
    lock("person", row.person_id)
    db.session.refresh(row)
    if row.revoked_at is not None:
        raise NotFound(_l("There is no such duty in force."))
    if GRANTED_BY[Duty(row.duty)] not in duties_of(by):
        raise Forbidden(_l("This duty is not yours to withdraw."))
    row.revoked_at = clock.now()
    row.revoked_by_id = by.id
    separation.relations.end_granted(
        row.person_id, row.duty, row.organisation, row.starts_on, clock.today(), by=by
    )
    for record in records_of(row.person_id):
        end_all_sessions(record)
    ledger.append("duty.revoked", by=by, side="core", person=row.person_id, duty=row.duty, grant=row.id)
    return row
