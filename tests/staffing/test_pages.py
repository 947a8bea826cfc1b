"""The pages of staffing: a refusal shows rule, source and fact, and is on record."""

import json

import pytest

from tests.factories.invigilation import make_second_room
from tests.factories.people import make_officer
from tests.factories.separation import state_class
from tests.factories.sites import make_centre
from tests.factories.sittings import make_candidate, make_sitting
from tests.factories.staffing import make_staff_member
from trainhub import ledger
from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.exams.staffing import Appointment, appointments_of
from trainhub.kernel.db import db
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


class Desk:
    """What the staffing officer's pages stand on, by plain values."""

    def __init__(self, client):
        centre = make_centre()
        by = make_officer(Duty.ASSIGN_STAFF, centre)
        sitting = make_sitting(centre, by)
        candidate = make_candidate(sitting, by)
        invigilator, instructor = (make_staff_member(centre, by) for _each in range(2))
        state_class(instructor, [candidate.person], days_ago=30)
        self.client, self.code, self.room = client, sitting.code, sitting.rooms[0].exam_room.code
        self.by, self.invigilator, self.instructor = by.id, invigilator.id, instructor.id
        self.learner = candidate.person.name
        db.session.commit()
        self.sign_in(self.by)

    def sign_in(self, person_id):
        self.client.sign_in(db.session.get_one(Person, person_id))

    def appoint(self, person_id, **changes):
        data = {"person": person_id, "duty": Duty.INVIGILATE.value, "room": self.room} | changes
        return self.client.post(f"/exam/staffing/{self.code}/appointments", data=data)


@pytest.fixture
def desk(app, client):
    return Desk(client)


def refusals():
    db.session.rollback()
    entries = db.session.query(ledger.Entry).filter_by(kind="decision.refused").all()
    return [json.loads(entry.body) for entry in entries]


def test_the_officer_appoints_and_sees_who_is_on_duty(desk):
    assert desk.appoint(desk.invigilator).status_code == 302
    page = desk.client.get(f"/exam/staffing/{desk.code}").text
    assert db.session.get_one(Person, desk.invigilator).name in page


def test_a_refusal_shows_rule_source_and_fact_and_is_on_record(desk):
    answer = desk.appoint(desk.instructor)
    assert answer.status_code == 409
    for shown in ("S-07", desk.learner):
        assert shown in answer.text
    (entry,) = refusals()
    assert (entry["by"], entry["facts"]["rule"]) == (desk.by, "S-07")
    assert {each["relation"] for each in entry["facts"]["violations"][0]["evidence"]} >= {
        "taught",
        "attended",
    }
    assert db.session.query(Appointment).count() == 0


def test_the_page_says_before_anybody_tries_who_is_barred_and_why(desk):
    page = desk.client.get(f"/exam/staffing/{desk.code}").text
    assert "S-07" in page
    assert desk.learner in page


def test_a_sitting_of_another_centre_is_not_found(desk):
    other = make_officer(Duty.ASSIGN_STAFF, make_centre())
    db.session.commit()
    desk.sign_in(other.id)
    assert desk.client.get(f"/exam/staffing/{desk.code}").status_code == 404
    assert desk.appoint(desk.invigilator).status_code == 404
    assert db.session.query(Appointment).count() == 0


def test_an_appointment_of_another_sitting_is_not_found(desk):
    sitting = make_sitting(make_centre(), make_officer(Duty.ASSIGN_STAFF, make_centre()))
    row = Appointment(
        sitting_id=sitting.id,
        person_id=desk.invigilator,
        duty=Duty.INVIGILATE,
        appointed_by_id=sitting.planned_by_id,
    )
    db.session.add(row)
    db.session.commit()
    address = f"/exam/staffing/{desk.code}/appointments/{row.code}/withdraw"
    assert desk.client.post(address, data={"reason": "不相干"}).status_code == 404


def test_what_cannot_be_understood_appoints_nobody(desk):
    assert desk.appoint(desk.invigilator, duty="training:class:teach").status_code == 422
    assert desk.appoint(desk.invigilator, room="NOWHERE").status_code == 422
    assert desk.appoint("nobody").status_code == 404
    assert db.session.query(Appointment).count() == 0


def test_somebody_is_entered_into_the_register_and_taken_off_duty_on_the_page(desk):
    holder = make_officer(Duty.INSPECT, make_centre())
    db.session.commit()
    page = desk.client.get("/exam/staffing/register").text
    assert holder.name in page
    desk.appoint(desk.invigilator)
    code = db.session.query(Appointment).one().code
    db.session.rollback()
    address = f"/exam/staffing/{desk.code}/appointments/{code}/withdraw"
    back = desk.client.post(f"{address}?lang=en", data={"reason": " "}, follow_redirects=True).text
    assert "Say why the person is taken off duty." in back and address in back
    assert desk.client.post(address, data={"reason": "临时出差"}).status_code == 302
    db.session.rollback()
    assert appointments_of(db.session.query(Appointment).one().sitting) == []


def test_who_is_in_charge_of_several_rooms_waits_for_the_officer_who_says_it_on_the_page(desk):
    address = f"/exam/staffing/{desk.code}"
    desk.appoint(desk.invigilator)
    assert "没有人负责整个场次" not in desk.client.get(address).text
    make_second_room(appointments_of(db.session.query(Appointment).one().sitting)[0].sitting)
    assert "没有人负责整个场次" in desk.client.get(address).text
    code = db.session.query(Appointment).one().code
    db.session.rollback()

    assert desk.client.post(f"{address}/appointments/{code}/in-charge").status_code == 302

    page = desk.client.get(address).text
    assert "没有人负责整个场次" not in page and "负责整个场次" in page
    assert desk.client.post(f"{address}/appointments/{code}/in-charge").status_code == 409


def test_whom_a_rule_bars_by_now_is_not_put_in_charge_and_keeps_the_room(desk):
    desk.appoint(desk.invigilator)
    row = db.session.query(Appointment).one()
    make_second_room(row.sitting)
    learner = db.session.query(Candidate).one().person
    state_class(db.session.get_one(Person, desk.invigilator), [learner], days_ago=30)
    code = row.code
    db.session.commit()

    answer = desk.client.post(f"/exam/staffing/{desk.code}/appointments/{code}/in-charge")

    assert answer.status_code == 409 and "S-07" in answer.text
    db.session.rollback()
    (row,) = appointments_of(db.session.query(Sitting).one())
    assert (row.code, row.room.name) == (code, row.sitting.rooms[0].name)


def test_somebody_is_appointed_to_all_rooms_on_the_page(desk):
    make_second_room(db.session.query(Sitting).one())
    page = desk.client.get(f"/exam/staffing/{desk.code}").text
    assert '<option value="">所有考场（负责整个场次）</option>' in page
    assert desk.appoint(desk.invigilator, room="").status_code == 302
    assert db.session.query(Appointment).one().room is None


def test_a_person_sees_their_own_duties_only(desk):
    desk.appoint(desk.invigilator)
    desk.sign_in(desk.invigilator)
    assert desk.code in desk.client.get("/exam/staffing/mine").text
    desk.sign_in(desk.instructor)
    assert desk.code not in desk.client.get("/exam/staffing/mine").text


def test_what_lacks_staff_waits_on_the_home_page_until_it_is_done(desk, app):
    assert f"/exam/staffing/{desk.code}" in desk.client.get("/home/exam").text
    sitting = desk.client.get("/exam/staffing/").text
    assert "0 / 2" in sitting


def test_two_officers_at_once_do_not_appoint_one_person_twice(desk):
    assert desk.appoint(desk.invigilator).status_code == 302
    assert desk.appoint(desk.invigilator).status_code == 409
    assert db.session.query(Appointment).count() == 1
