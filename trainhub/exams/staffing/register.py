"""The register of exam staff: who may be on duty, for what, until when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub import ledger, separation
from trainhub.exams.staffing.models import StaffMember
from trainhub.governance.duties import holders
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty

STAFF_DUTIES = (Duty.INVIGILATE, Duty.ASSESS, Duty.INSPECT)


def enter(
    person: Person,
    duty: Duty,
    organisation: Organisation,
    qualified_from: date,
    qualified_until: date,
    *,
    centre: Organisation,
    by: Person,
    district: str = "",
) -> StaffMember:
    """Enter a person into the register of a centre.

    Args:
        person: who holds the duty already: granting it is not ours.
        duty: invigilator, assessor or inspector.
        organisation: for whom the person works.
        qualified_from: first day on which the person may be appointed.
        qualified_until: last day.
        centre: whose register.
        by: who enters.
        district: where the person belongs; that of the organisation unless given.

    Raises:
        Invalid: it is no staff duty, the period is wrong, or the person does not hold the duty.
        Conflict: the person stands there for this duty already.
        Refused: a separation rule forbids it.
    """
    lock("person", person.id)
    if qualified_until < qualified_from:
        raise Invalid(_("The period ends before it begins."))
    _check(person, duty, centre)
    member = StaffMember(
        centre_id=centre.id,
        person_id=person.id,
        duty=duty,
        organisation_id=organisation.id,
        district=district or organisation.district,
        qualified_from=qualified_from,
        qualified_until=qualified_until,
        entered_by_id=by.id,
    )
    _state(member, organisation, by)
    db.session.add(member)
    db.session.flush()
    _record(member, organisation, by)
    return member


def _check(person: Person, duty: Duty, centre: Organisation) -> None:
    if duty not in STAFF_DUTIES:
        raise Invalid(_("The register holds invigilators, assessors and inspectors."))
    if person not in holders(duty):
        raise Invalid(_("This person does not hold the duty. The security administrator grants it."))
    if member_of(centre, person, duty) is not None:
        raise Conflict(_("The person stands in the register for this duty already."))


def _state(member: StaffMember, organisation: Organisation, by: Person) -> None:
    period = (member.qualified_from, member.qualified_until)
    separation.relations.state_qualified(
        member.person_id, member.duty, organisation, member.district, *period, by=by
    )
    separation.relations.state_employed(
        member.person_id, organisation, member.qualified_from, None, by=by, source="register of exam staff"
    )


def _record(member: StaffMember, organisation: Organisation, by: Person) -> None:
    ledger.append(
        "staff.registered",
        by=by,
        side="exam",
        person=member.person_id,
        duty=member.duty,
        organisation=organisation.code,
        until=member.qualified_until,
    )


def member_of(centre: Organisation, person: Person, duty: Duty) -> StaffMember | None:
    """Return a person's entry for a duty in the register of a centre, or None."""
    statement = select(StaffMember).where(
        StaffMember.centre_id == centre.id, StaffMember.person_id == person.id, StaffMember.duty == duty
    )
    return db.session.scalar(statement)


def members_of(centre_ids: list[int]) -> list[StaffMember]:
    """Return the register of some centres, by duty and name."""
    statement = (
        select(StaffMember)
        .join(StaffMember.person)
        .options(joinedload(StaffMember.person), joinedload(StaffMember.organisation))
        .where(StaffMember.centre_id.in_(centre_ids))
        .order_by(StaffMember.duty, Person.name)
    )
    return list(db.session.scalars(statement))


def qualified_on(centre_id: int, duty: Duty, day: date) -> list[Person]:
    """Return who stands in a centre's register for a duty on a day and holds the duty then, by name."""
    statement = select(StaffMember.person_id).where(
        StaffMember.centre_id == centre_id,
        StaffMember.duty == duty,
        StaffMember.qualified_from <= day,
        StaffMember.qualified_until >= day,
    )
    entered = set(db.session.scalars(statement))
    return [person for person in holders(duty, day) if person.id in entered]
