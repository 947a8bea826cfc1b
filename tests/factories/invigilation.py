"""People on duty at a sitting."""

from tests.factories.people import make_officer
from trainhub.exams.sites.models import ExamRoom
from trainhub.exams.sittings.models import SittingRoom
from trainhub.exams.staffing.models import Appointment
from trainhub.kernel.db import db


def make_on_duty(sitting, duty, room=None):
    """Somebody on duty at a sitting or in one of its rooms; the appointing itself is tried elsewhere."""
    person = make_officer(duty, sitting.organisation)
    db.session.add(
        Appointment(
            sitting_id=sitting.id,
            sitting_room_id=None if room is None else room.id,
            person_id=person.id,
            duty=duty,
            appointed_by_id=sitting.planned_by_id,
        )
    )
    db.session.commit()
    return person


def make_second_room(sitting, code="B202"):
    """Another room of a sitting, with thirty seats and nobody in it."""
    exam_room = ExamRoom(site_id=sitting.site_id, code=code, name=code, seats=30)
    db.session.add(exam_room)
    db.session.flush()
    room = SittingRoom(sitting_id=sitting.id, exam_room_id=exam_room.id, seats=30)
    db.session.add(room)
    db.session.commit()
    db.session.refresh(sitting)
    return room
