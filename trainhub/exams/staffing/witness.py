"""What the tables of staffing say of who stands in the register of staff and who is on duty."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Date, literal, select

from trainhub.exams.sites.models import ExamRoom
from trainhub.exams.sittings.models import Sitting, SittingRoom
from trainhub.exams.staffing.models import Appointment, AppointmentState, StaffMember
from trainhub.kernel.witness import Witness, local_day
from trainhub.people.models import Organisation


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of exam staff.

    Whoever stands in the registers of two centres for a duty has one row for it, that of the later entry.
    """
    organisation = Organisation.code.label("organisation_code")
    since = StaffMember.qualified_from.label("starts_on")
    until = StaffMember.qualified_until.label("ends_on")
    members = (
        select(StaffMember.person_id, StaffMember.duty, organisation, StaffMember.district, since, until)
    ).join(Organisation, Organisation.id == StaffMember.organisation_id)
    works = select(StaffMember.person_id, organisation).join(
        Organisation, Organisation.id == StaffMember.organisation_id
    )
    on_duty = (
        select(
            Appointment.person_id,
            Sitting.code.label("sitting_code"),
            Appointment.duty,
            ExamRoom.code.label("room_code"),
            local_day(Appointment.appointed_at).label("starts_on"),
        )
        .join(Sitting, Sitting.id == Appointment.sitting_id)
        .outerjoin(SittingRoom, SittingRoom.id == Appointment.sitting_room_id)
        .outerjoin(ExamRoom, ExamRoom.id == SittingRoom.exam_room_id)
        .where(Appointment.state == AppointmentState.APPOINTED)
    )
    return (
        Witness("qualified", select(StaffMember.person_id, StaffMember.duty), members),
        Witness("employed", works, works.add_columns(since, literal(None, Date()).label("ends_on"))),
        Witness("appointed", on_duty, on_duty),
    )
