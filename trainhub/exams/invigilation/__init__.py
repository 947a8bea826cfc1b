"""Check-in, the live desk, incidents, room records, inspection records."""

from trainhub.exams.invigilation.check_in import check_in, check_in_of
from trainhub.exams.invigilation.closing import close_desk, numbers_of, records_of, sign_room_record
from trainhub.exams.invigilation.incidents import confirm_incident, incidents_of, record_incident
from trainhub.exams.invigilation.inspection import note_inspection, notes_of
from trainhub.exams.invigilation.measures import give_extra_time, move_to_another_machine
from trainhub.exams.invigilation.models import Incident, IncidentKind, IncidentState, PhoneGiven, Told

__all__ = [
    "Incident",
    "IncidentKind",
    "IncidentState",
    "PhoneGiven",
    "Told",
    "check_in",
    "check_in_of",
    "close_desk",
    "confirm_incident",
    "give_extra_time",
    "incidents_of",
    "move_to_another_machine",
    "note_inspection",
    "notes_of",
    "numbers_of",
    "record_incident",
    "records_of",
    "sign_room_record",
]
