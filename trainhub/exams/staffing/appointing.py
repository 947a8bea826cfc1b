"""Appointing people to sittings: the rules of separation are asked here, and a refusal appoints nobody."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from trainhub import ledger, separation
from trainhub.exams.sittings import Sitting, SittingRoom, SittingState, hold_sitting
from trainhub.exams.staffing.absences import absent_on
from trainhub.exams.staffing.models import Appointment, AppointmentState
from trainhub.exams.staffing.register import STAFF_DUTIES, qualified_on
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation import Appointed, Violation
from trainhub.separation.duties import Duty

BEFORE_THE_END = (SittingState.PLANNED, SittingState.ARRANGED, SittingState.OPEN)


def appoint(
    sitting: Sitting, room: SittingRoom | None, person: Person, duty: Duty, *, by: Person
) -> Appointment:
    """Put a person on duty at a sitting.

    Args:
        sitting: at which.
        room: in which room; None for all of them.
        person: who stands in the register of the sitting's centre on that day.
        duty: invigilator, assessor or inspector.
        by: who appoints.

    Raises:
        Invalid: the person is not in the register for that day, or the room is not of the sitting.
        Conflict: the sitting is over, the person is appointed to it already, or is entered as absent.
        Refused: a separation rule forbids it; nobody is appointed.
    """
    hold_sitting(sitting)
    _require_possible(sitting, room, person, duty)
    in_room = None if room is None else room.exam_room.code
    separation.relations.state_appointed(person, sitting.code, duty, room=in_room, by=by)
    row = Appointment(
        sitting_id=sitting.id,
        sitting_room_id=None if room is None else room.id,
        person_id=person.id,
        duty=duty,
        appointed_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    ledger.append(
        "staff.appointed",
        by=by,
        side="exam",
        sitting=sitting.code,
        room=in_room,
        person=person.id,
        duty=duty,
    )
    return row


def _require_possible(sitting: Sitting, room: SittingRoom | None, person: Person, duty: Duty) -> None:
    if sitting.state not in BEFORE_THE_END:
        raise Conflict(_("The sitting is over: nobody is appointed any more."))
    if duty not in STAFF_DUTIES:
        raise Invalid(_("The register holds invigilators, assessors and inspectors."))
    if room is not None and room.sitting_id != sitting.id:
        raise Invalid(_("This room is not of the sitting."))
    if person not in qualified_on(sitting.organisation_id, duty, clock.local_day(sitting.starts_at)):
        raise Invalid(_("This person is not in the register of exam staff for that duty and day."))
    if any(row.person_id == person.id for row in appointments_of(sitting)):
        raise Conflict(_("The person is on duty at this sitting already."))
    if absent_on([person.id], sitting.starts_at, sitting.ends_at):
        raise Conflict(_("This person cannot come: an absence is entered for that time."))


def withdraw_appointment(row: Appointment, reason: str, *, by: Person) -> None:
    """Take a person off duty, before the sitting is over.

    Raises:
        Conflict: it was withdrawn before, or the sitting is over.
        Invalid: no reason is given.
    """
    hold_sitting(row.sitting)
    db.session.refresh(row)
    if row.state != AppointmentState.APPOINTED:
        raise Conflict(_("This appointment was withdrawn before."))
    if row.sitting.state not in BEFORE_THE_END:
        raise Conflict(_("The sitting is over: its staff is on record."))
    if len(reason.strip()) < 2:
        raise Invalid(_("Say why the person is taken off duty."))
    separation.relations.withdraw_appointed(row.person_id, row.sitting.code, row.duty, by=by)
    row.state = AppointmentState.WITHDRAWN
    row.withdrawn_by_id, row.withdrawn_at, row.withdrawal_reason = by.id, clock.now(), reason.strip()
    db.session.flush()
    ledger.append(
        "staff.withdrawn",
        by=by,
        side="exam",
        sitting=row.sitting.code,
        person=row.person_id,
        duty=row.duty,
        reason=row.withdrawal_reason,
    )


def appointments_of(sitting: Sitting) -> list[Appointment]:
    """Return who is on duty at a sitting, in the order of appointment."""
    statement = (
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(Appointment.sitting_id == sitting.id, Appointment.state == AppointmentState.APPOINTED)
        .order_by(Appointment.id)
    )
    return list(db.session.scalars(statement))


_APPOINTED = (
    select(Appointment.person_id, Appointment.duty, Appointment.sitting_room_id)
    .where(Appointment.sitting_id == bindparam("sitting_id"), Appointment.state == AppointmentState.APPOINTED)
    .order_by(Appointment.id)
)


def appointment_at(sitting: Sitting, code: str) -> Appointment:
    """Return an appointment to a sitting.

    Raises:
        NotFound: there is none.
    """
    wanted = select(Appointment).where(Appointment.sitting_id == sitting.id, Appointment.code == code)
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFound(_l("There is no such appointment."))
    return row


def appointed_to(sitting_id: int) -> list[tuple[str, str, int | None]]:
    """Return who is on duty at a sitting, as person, duty and room, in the order of appointment."""
    found = db.session.execute(_APPOINTED, {"sitting_id": sitting_id})
    return [(person_id, duty, room_id) for person_id, duty, room_id in found]


def sittings_on_duty(person: Person) -> list[Sitting]:
    """Return the sittings at which a person is on duty, by time."""
    mine = select(Appointment.sitting_id).where(
        Appointment.person_id == person.id, Appointment.state == AppointmentState.APPOINTED
    )
    return list(db.session.scalars(select(Sitting).where(Sitting.id.in_(mine)).order_by(Sitting.starts_at)))


@dataclass(frozen=True)
class Choice:
    """Somebody who could be put on duty, or why not (可选人员).

    Args:
        person: who.
        violations: what rules would be broken; empty if the person can be chosen.
    """

    person: Person
    violations: tuple[Violation, ...]


def choices_for(sitting: Sitting, duty: Duty) -> list[Choice]:
    """Return who stands in the register for a duty and is not yet on duty there, without conflict first."""
    there = {row.person_id for row in appointments_of(sitting)}
    day = clock.local_day(sitting.starts_at)
    people = [each for each in qualified_on(sitting.organisation_id, duty, day) if each.id not in there]
    found = separation.check_each([proposed(person, sitting, duty) for person in people])
    choices = [Choice(person, tuple(each)) for person, each in zip(people, found, strict=True)]
    return sorted(choices, key=lambda choice: bool(choice.violations))


def proposed(person: Person, sitting: Sitting, duty: Duty) -> Appointed:
    """Return the row that an appointment would add to the register."""
    return Appointed(
        person_id=person.id, sitting_code=sitting.code, duty=duty, starts_on=clock.today(), void=False
    )
