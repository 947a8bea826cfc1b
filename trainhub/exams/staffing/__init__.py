"""Staffing: the register of invigilators, assessors and inspectors, and who is on duty at which sitting."""

from trainhub.exams.staffing.appointing import (
    appoint,
    appointed_to,
    appointments_of,
    choices_for,
    sittings_on_duty,
    withdraw_appointment,
)
from trainhub.exams.staffing.draws import draws_of
from trainhub.exams.staffing.in_charge import has_several_rooms, people_in_charge
from trainhub.exams.staffing.models import Appointment, AppointmentState, StaffMember
from trainhub.exams.staffing.models_of_draws import Draw
from trainhub.exams.staffing.needs import needs_of
from trainhub.exams.staffing.register import enter

__all__ = [
    "Appointment",
    "AppointmentState",
    "Draw",
    "StaffMember",
    "appoint",
    "appointed_to",
    "appointments_of",
    "choices_for",
    "draws_of",
    "enter",
    "has_several_rooms",
    "needs_of",
    "people_in_charge",
    "sittings_on_duty",
    "withdraw_appointment",
]
