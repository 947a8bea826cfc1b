"""Appointing on PostgreSQL, where deeds run at once: who waited for the desk knows that it has closed."""

import pytest

from tests.factories.delivery import make_seated_sitting
from tests.factories.invigilation import make_on_duty
from tests.factories.people import make_person
from tests.factories.staffing import make_staff_member
from tests.on_postgres import application_on_postgres, long_deed
from trainhub.exams.invigilation.closing import close_desk
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing import appoint, withdraw_appointment
from trainhub.exams.staffing.models import Appointment, AppointmentState
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(tmp_path):
    with application_on_postgres(tmp_path) as application:
        yield application


def test_nobody_is_put_on_duty_or_taken_off_where_the_desk_is_just_being_closed(app):
    sitting_id, by_id = make_seated_sitting().id, make_person().id
    sitting, by = db.session.get(Sitting, sitting_id), db.session.get(Person, by_id)
    newcomer = make_staff_member(sitting.organisation, by).id
    make_on_duty(sitting, Duty.INVIGILATE)
    db.session.commit()

    def close():
        close_desk(db.session.get(Sitting, sitting_id), by=db.session.get(Person, by_id))

    def put_on_duty():
        there, person = db.session.get(Sitting, sitting_id), db.session.get(Person, newcomer)
        appoint(there, None, person, Duty.INVIGILATE, by=db.session.get(Person, by_id))

    def take_off():
        withdraw_appointment(
            db.session.query(Appointment).one(), "临时换班", by=db.session.get(Person, by_id)
        )

    for deed in (put_on_duty, take_off):
        with transaction():
            db.session.get(Sitting, sitting_id).state = "open"
        with (
            long_deed(app, close),
            pytest.raises(Conflict, match="场次已结束"),
            transaction(),
        ):
            deed()
    assert db.session.query(Appointment).one().state == AppointmentState.APPOINTED
