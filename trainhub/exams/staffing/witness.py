"""What staffing has on record of its register and of who is on duty at which sitting."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.sites.models import ExamRoom
from trainhub.exams.sittings.models import Sitting, SittingRoom
from trainhub.exams.staffing.models import Appointment, AppointmentState, StaffMember
from trainhub.people.models import Organisation
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return who stands in the register for what and whom they work for, and who is on duty where."""
    member = StaffMember
    entered = select(
        member.person_id, member.duty, Organisation.code, member.qualified_from, member.qualified_until
    ).join(Organisation, Organisation.id == member.organisation_id)
    works = select(member.person_id, Organisation.code).join(
        Organisation, Organisation.id == member.organisation_id
    )
    on_duty = (
        select(Appointment.person_id, Sitting.code, Appointment.duty, ExamRoom.code)
        .join(Sitting, Sitting.id == Appointment.sitting_id)
        .outerjoin(SittingRoom, SittingRoom.id == Appointment.sitting_room_id)
        .outerjoin(ExamRoom, ExamRoom.id == SittingRoom.exam_room_id)
        .where(Appointment.state == AppointmentState.APPOINTED)
    )
    period = ("person_id", "duty", "organisation_code", "starts_on", "ends_on")
    return [
        Testimony("qualified", period, rows_of(entered)),
        Testimony("employed", ("person_id", "organisation_code"), rows_of(works)),
        Testimony("appointed", ("person_id", "sitting_code", "duty", "room_code"), rows_of(on_duty)),
    ]
