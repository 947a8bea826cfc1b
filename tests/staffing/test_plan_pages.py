"""The pages of planning: own centre only, in words, without the names of another centre's people."""

from datetime import timedelta

import pytest

from tests.factories.people import make_officer
from tests.factories.separation import state_class
from tests.factories.sites import make_centre
from tests.factories.sittings import make_candidate, make_sitting
from tests.factories.staffing import make_staff_member
from tests.worlds import built_once
from trainhub.exams.staffing import Appointment, appoint, planning
from trainhub.exams.staffing.models import StaffAbsence
from trainhub.exams.staffing.plan import read_instance
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty


class Desk:
    """A centre that lacks an invigilator, a neighbour that could lend one, by plain values."""

    def __init__(self, client):
        centre, neighbour = make_centre(), make_centre()
        by = make_officer(Duty.ASSIGN_STAFF, centre)
        sitting = make_sitting(centre, by)
        candidate = make_candidate(sitting, by)
        own, instructor = make_staff_member(centre, by), make_staff_member(centre, by)
        state_class(instructor, [candidate.person], days_ago=30)
        appoint(sitting, sitting.rooms[0], own, Duty.INVIGILATE, by=by)
        lent = make_staff_member(neighbour, by)
        self.client, self.code, self.neighbour = client, sitting.code, neighbour.name
        self.by, self.own, self.instructor, self.lent = by.id, own.id, instructor.id, lent.id
        self.names = {person.id: person.name for person in (own, instructor, lent)}
        self.centre_code = centre.code
        self.day = clock.local_day(sitting.starts_at)
        db.session.commit()
        self.sign_in(self.by)

    def centre(self):
        return db.session.query(Organisation).filter_by(code=self.centre_code).one()

    def sign_in(self, person_id):
        self.client.sign_in(db.session.get_one(Person, person_id))

    def get(self, path, status=200, **query):
        answer = self.client.get(f"/exam/staffing/{path}", query_string=query)
        assert answer.status_code == status
        return answer.text

    def absent(self, person_id, **changes):
        data = {"person": person_id, "starts_on": self.day, "ends_on": self.day, "kind": "illness"} | changes
        return self.client.post("/exam/staffing/absences", data=data)


@pytest.fixture
@built_once
def desk(app, client):
    return Desk(client)


def test_the_plan_says_what_is_short_and_by_which_rule_in_both_languages(desk):
    chinese, english = desk.get("plan"), desk.get("plan", lang="en")
    assert "无人可派" in chinese
    for page in (chinese, english):
        assert desk.code in page
        assert "S-07" in page
        assert desk.names[desk.instructor] in page
    assert "An instructor does not invigilate" in english
    assert "1 short" in english


def test_the_plan_appoints_nobody_and_leads_to_the_draw_where_a_place_can_be_filled(desk):
    address = f"/exam/draws/new?sitting={desk.code}"
    assert address not in desk.get("plan")
    make_staff_member(desk.centre(), db.session.get_one(Person, desk.by))
    db.session.commit()
    assert address in desk.get("plan")
    assert desk.code in desk.client.get(address).text
    assert db.session.query(Appointment).count() == 1


def test_days_that_make_no_sense_are_refused_with_the_reason(desk):
    today = clock.today()
    page = desk.get("plan", 422, lang="en", first=today, last=today - timedelta(days=1))
    assert "The period ends before it begins." in page
    assert "At most" in desk.get("plan", 422, lang="en", first=today, last=today + timedelta(days=900))
    desk.get("plan", 422, first="nonsense", last=today)
    assert desk.code not in desk.get(
        "plan", first=today + timedelta(days=20), last=today + timedelta(days=30)
    )


def test_too_many_people_and_places_are_told_and_not_worked_out(desk, monkeypatch):
    narrow = planning.draft.__kwdefaults__ | {"most": 0}
    monkeypatch.setattr(planning.draft, "__kwdefaults__", narrow)
    page = desk.get("plan", lang="en")
    assert "Choose fewer days." in page


def test_the_page_of_a_sitting_marks_who_is_absent(desk):
    desk.absent(desk.own)
    assert "entered as absent" in desk.get(desk.code, lang="en")


def test_the_file_is_an_instance_without_a_name(desk):
    answer = desk.client.get("/exam/staffing/plan/instance.json")
    assert {each.id for each in read_instance(answer.get_json()).people} == {desk.own, desk.instructor}
    assert not any(name in answer.text for name in desk.names.values())


def test_another_centres_officer_sees_none_of_it(desk):
    other = make_officer(Duty.ASSIGN_STAFF, make_centre())
    db.session.commit()
    assert desk.absent(desk.own).status_code == 302
    code = db.session.query(StaffAbsence).one().code
    desk.sign_in(other.id)
    for path in ("plan", "plan/change", "absences", "plan/instance.json"):
        page = desk.get(path)
        assert desk.code not in page
        assert desk.names[desk.own] not in page
    assert desk.client.post(f"/exam/staffing/absences/{code}/withdraw").status_code == 404
    desk.get("plan/change", 422, person=desk.own, first=desk.day, last=desk.day)
    assert desk.absent(desk.own).status_code == 422


def test_a_neighbours_people_are_counted_and_never_named(desk):
    page = desk.get("plan/neighbours", lang="en")
    assert desk.neighbour in page
    assert "could lend 1" in page
    assert desk.names[desk.lent] not in page
    assert desk.lent not in page


def test_an_absence_leads_to_what_is_to_be_drawn_again_and_can_be_taken_back(desk):
    answer = desk.absent(desk.own)
    assert answer.status_code == 302
    page = desk.client.get(answer.location + "&lang=en").text
    assert desk.code in page
    assert "nobody else is found" in page
    assert desk.names[desk.own] in desk.get("absences")
    code = db.session.query(StaffAbsence).one().code
    db.session.rollback()
    assert desk.client.post(f"/exam/staffing/absences/{code}/withdraw").status_code == 302
    assert desk.client.post(f"/exam/staffing/absences/{code}/withdraw").status_code == 409
    assert db.session.query(Appointment).one().state == "appointed"


def test_an_absence_that_makes_no_sense_is_refused(desk):
    assert desk.absent(desk.lent).status_code == 422
    assert desk.absent(desk.own, kind="boredom").status_code == 422
    assert desk.absent(desk.own, ends_on=desk.day - timedelta(days=1)).status_code == 422
    assert db.session.query(StaffAbsence).count() == 0


def test_the_page_of_duties_shows_numbers_and_no_names(desk):
    author = make_officer(Duty.AUTHOR_ITEMS, desk.centre(), name="欧阳命题")
    db.session.commit()
    page = desk.get("plan/duties", lang="en")
    assert "S-11" in page
    assert "Still to be found" in page
    assert author.name not in page
