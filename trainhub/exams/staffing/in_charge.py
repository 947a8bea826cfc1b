"""Who may act for a whole sitting (主考): an invigilator appointed to all of its rooms.

A draw gives every invigilator a room, so at a sitting of several rooms nobody is in charge until the centre
says who is: one of them, or somebody more.
"""

from __future__ import annotations

from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.appointing import appoint, appointments_of, withdraw_appointment
from trainhub.exams.staffing.models import Appointment
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l, as_kept
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

REASON = _l("put in charge of all rooms")


def has_several_rooms(sitting: Sitting) -> bool:
    """Tell whether being in charge of a sitting is more than being in its room."""
    return len(sitting.rooms) > 1


def people_in_charge(sitting: Sitting) -> list[Person]:
    """Return who may act for a whole sitting: appointed without a room, or to the only room there is."""
    whole = not has_several_rooms(sitting)
    invigilators = [row for row in appointments_of(sitting) if row.duty == Duty.INVIGILATE]
    return [row.person for row in invigilators if whole or row.sitting_room_id is None]


def put_in_charge(row: Appointment, *, by: Person) -> Appointment:
    """Appoint an invigilator of one room to all rooms of the sitting instead; returns the new appointment.

    Raises:
        Conflict: it is no invigilator's, the sitting has one room or is over, or the person is in charge.
        Refused: a separation rule stands against it by now; the person keeps the room.
    """
    sitting = row.sitting
    if row.duty != Duty.INVIGILATE or not has_several_rooms(sitting):
        raise Conflict(_l("An invigilator is put in charge, where a sitting has several rooms."))
    if row.sitting_room_id is None:
        raise Conflict(_l("This person is in charge already."))
    withdraw_appointment(row, as_kept(REASON), by=by)
    return appoint(sitting, None, row.person, Duty.INVIGILATE, by=by)
