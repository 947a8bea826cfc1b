"""Every rule of the day, tried on the page of staffing: refused with its number, and nobody is on duty."""

from datetime import timedelta

import pytest

from tests.factories.people import make_officer, make_organisation
from tests.factories.sites import make_centre
from tests.factories.sittings import make_candidate, make_sitting
from tests.factories.staffing import make_staff_member
from trainhub import regulations
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing import appoint, appointments_of, enter
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation import relations
from trainhub.separation.duties import Duty


class Desk:
    """A centre with a sitting and a candidate."""

    def __init__(self):
        self.centre = make_centre()
        self.by = make_officer(Duty.ASSIGN_STAFF, self.centre)
        self.sitting = make_sitting(self.centre, self.by, days=6)
        self.employer = make_organisation(OrganisationKind.ENTERPRISE, "海川华丰机械有限公司")
        self.candidate = make_candidate(self.sitting, self.by, employer=self.employer.name).person

    def member(self, duty=Duty.INVIGILATE, **facts):
        return make_staff_member(self.centre, self.by, duty, **facts)


def a_candidate_of_the_sitting(desk):
    person, until = make_officer(Duty.INVIGILATE, desk.centre), clock.today() + timedelta(days=100)
    relations.state_registered(person, desk.sitting.code, by=desk.by)
    enter(person, Duty.INVIGILATE, desk.centre, clock.today(), until, centre=desk.centre, by=desk.by)
    return person


def a_colleague_of_a_candidate(desk):
    return desk.member(organisation=desk.employer)


def an_inspector_of_the_district(desk):
    return desk.member(Duty.INSPECT, district=desk.sitting.site.district)


def a_reader_of_the_paper(desk):
    person = desk.member()
    relations.state_uses(desk.sitting.code, "PAPER-1", by=None)
    relations.state_saw(person, "PAPER-1", by=None)
    return person


def a_relation_of_a_candidate(desk):
    person = desk.member()
    relations.state_related(person, desk.candidate, by=None, source="own word")
    return person


def somebody_on_duty_elsewhere_at_the_time(desk):
    person, other = desk.member(), make_sitting(desk.centre, desk.by, days=6)
    appoint(other, other.rooms[0], person, Duty.INVIGILATE, by=desk.by)
    return person


def somebody_who_was_at_the_site_too_often(desk):
    person = desk.member()
    for ahead in range(int(regulations.value("separation.consecutive_same_site", on=clock.today()))):
        before = make_sitting(desk.centre, desk.by, days=5 - ahead, site=desk.sitting.site)
        appoint(before, before.rooms[0], person, Duty.INVIGILATE, by=desk.by)
    return person


WHO = {
    "S-08": a_candidate_of_the_sitting,
    "S-09": a_colleague_of_a_candidate,
    "S-10": an_inspector_of_the_district,
    "S-17": a_reader_of_the_paper,
    "S-18": a_relation_of_a_candidate,
    "S-19": somebody_on_duty_elsewhere_at_the_time,
    "S-20": somebody_who_was_at_the_site_too_often,
}


@pytest.mark.parametrize("rule", WHO)
def test_whom_a_rule_bars_is_refused_on_the_page_with_the_rule(app, client, rule):
    with transaction():
        desk = Desk()
        person = WHO[rule](desk)
        code, room, by, who = desk.sitting.code, desk.sitting.rooms[0].exam_room.code, desk.by.id, person.id
    duty = Duty.INSPECT if rule == "S-10" else Duty.INVIGILATE
    client.sign_in(db.session.get_one(Person, by))
    assert rule in client.get(f"/exam/staffing/{code}").text, "the page says so before anybody tries"
    data = {"person": who, "duty": duty.value, "room": "" if duty is Duty.INSPECT else room}
    answer = client.post(f"/exam/staffing/{code}/appointments", data=data)
    assert (answer.status_code, rule in answer.text) == (409, True)
    sitting = db.session.query(Sitting).filter_by(code=code).one()
    assert appointments_of(sitting) == []
