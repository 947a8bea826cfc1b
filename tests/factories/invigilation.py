"""People on duty at a sitting."""

from tests.factories.people import make_officer
from trainhub.exams.staffing.models import Appointment
from trainhub.kernel.db import db


def make_on_duty(sitting, duty):
    """Somebody on duty at a sitting; the appointing itself is tried in the room that does it."""
    person = make_officer(duty, sitting.organisation)
    db.session.add(
        Appointment(
            sitting_id=sitting.id, person_id=person.id, duty=duty, appointed_by_id=sitting.planned_by_id
        )
    )
    db.session.commit()
    return person
