"""The late door: what becomes known after the draw keeps the sitting closed until it is answered."""

from datetime import timedelta

import pytest

from tests.factories.bank import Staff, make_sealed
from tests.factories.draws import Drawing
from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import state_class
from tests.factories.sittings import make_candidate, settle_eligibility
from tests.worlds import built_once
from trainhub import separation
from trainhub.exams.sittings import Sitting
from trainhub.exams.sittings.models import Part
from trainhub.exams.sittings.plan import give_paper
from trainhub.exams.sittings.registration import Registration, register
from trainhub.exams.sittings.seating import arrange
from trainhub.exams.staffing import appoint, appointments_of, withdraw_appointment
from trainhub.exams.staffing.absences import enter_absence
from trainhub.exams.staffing.declarations import declare_close
from trainhub.exams.staffing.models import AbsenceKind
from trainhub.governance.duties import revoke
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind, Person
from trainhub.people.persons import id_number_of
from trainhub.separation import SeparationRefused, relations
from trainhub.separation.duties import Duty
from trainhub.separation.models import Opened


class Eve:
    """A sitting with seats, a paper and drawn staff, and one of its invigilators."""

    def __init__(self):
        self.city = city = Drawing()
        self.sitting, self.candidate = city.sitting, city.candidate.person
        self.employer = make_organisation(OrganisationKind.ENTERPRISE, "海川重工有限公司")
        self.worker = make_candidate(city.sitting, city.officer, employer=self.employer.name).person
        second = make_officer(Duty.ARRANGE_SITTINGS, city.centre)
        self.chief = make_officer(Duty.ARRANGE_SITTINGS, city.centre)
        settle_eligibility(city.sitting, self.chief, second)
        arrange(city.sitting, by=self.chief)
        duties = (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS, Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS)
        paper = make_sealed(Staff(city.centre, *(make_officer(each, city.centre) for each in duties)))
        give_paper(city.sitting, paper.code, by=self.chief)
        city.carry_out(city.freeze())
        self.row = next(each for each in appointments_of(city.sitting) if each.duty == Duty.INVIGILATE)
        self.drawn = self.row.person

    def spare(self):
        """An invigilator who was not drawn."""
        there = {each.person_id for each in appointments_of(self.sitting)}
        return next(each for each in self.city.invigilators if each.id not in there)


def a_training_record_arrives(eve):
    state_class(eve.drawn, [eve.candidate])


def they_declare_a_candidate(eve):
    declare_close(eve.candidate.name, id_number_of(eve.candidate), by=eve.drawn)


def they_turn_out_to_work_for_a_candidates_employer(eve):
    since = clock.today() - timedelta(days=100)
    relations.state_employed(eve.drawn, eve.employer.code, since, by=None, source="list")


def their_duty_is_revoked(eve):
    security = make_officer(Duty.ADMINISTER_SECURITY)
    grants = db.session.query(Grant).filter_by(person_id=eve.drawn.id, duty=Duty.INVIGILATE, revoked_at=None)
    for grant in grants.all():
        revoke(grant.id, by=security)


LATE = {
    "S-07": a_training_record_arrives,
    "S-18": they_declare_a_candidate,
    "S-09": they_turn_out_to_work_for_a_candidates_employer,
    "S-22": their_duty_is_revoked,
}


@pytest.fixture
@built_once
def eve(app):
    with transaction():
        made = Eve()
    return made


def opened():
    return db.session.query(Entry).filter_by(kind="sitting.opened").count()


@pytest.mark.parametrize("rule", LATE)
def test_what_becomes_known_after_the_draw_keeps_the_sitting_closed_until_somebody_else_comes(
    client, eve, rule
):
    code, chief, entry = eve.sitting.code, eve.chief.id, eve.sitting.entry_from + timedelta(minutes=1)
    with transaction():
        LATE[rule](eve)
    with clock.set_to(entry):
        client.sign_in(db.session.get_one(Person, chief))
        assert rule in client.get(f"/exam/sittings/{code}").text
        refusal = client.post(f"/exam/sittings/{code}/open")
        assert refusal.status_code in (403, 409)
        assert rule in refusal.text
        db.session.expire_all()
        sitting = db.session.query(Sitting).filter_by(code=code).one()
        assert (sitting.state, opened()) == ("arranged", 0)
    with transaction():
        spare = eve.spare()
        withdraw_appointment(eve.row, "回避", by=eve.city.officer)
        appoint(eve.sitting, eve.row.room, spare, Duty.INVIGILATE, by=eve.city.officer)
    with clock.set_to(entry):
        client.sign_in(db.session.get_one(Person, chief))
        assert client.post(f"/exam/sittings/{code}/open").status_code == 302
        db.session.expire_all()
        assert db.session.query(Sitting).filter_by(code=code).one().state == "open"
    assert opened() == 1


def test_a_pupil_of_the_drawn_staff_is_not_registered_after_the_draw(eve):
    learner = make_person("迟报名")
    state_class(eve.drawn, [learner])
    said = Registration(eve.employer.name, "海川市安泰安全培训学校", "13912345678")
    with pytest.raises(SeparationRefused) as refusal:
        register(eve.sitting, learner, said, by=eve.chief)
    assert {each.rule.id for each in refusal.value.violations} == {"S-07"}


def test_a_sitting_that_lost_an_invigilator_is_not_opened(client, eve):
    code, chief, entry = eve.sitting.code, eve.chief.id, eve.sitting.entry_from + timedelta(minutes=1)
    with transaction():
        withdraw_appointment(eve.row, "生病", by=eve.city.officer)
    assert "S-16" in {each.rule.id for each in separation.check(Opened(sitting_code=code, void=False))}
    with clock.set_to(entry):
        client.sign_in(db.session.get_one(Person, chief))
        refusal = client.post(f"/exam/sittings/{code}/open")
    assert refusal.status_code == 409
    assert opened() == 0


def test_nobody_is_appointed_for_a_time_at_which_they_are_entered_as_absent(eve):
    spare, day = eve.spare(), clock.local_day(eve.sitting.starts_at)
    enter_absence(spare, day, day, AbsenceKind.ILLNESS, centre=eve.city.centre, by=eve.city.officer)
    with pytest.raises(Conflict, match="absence|不能到岗"):
        appoint(eve.sitting, eve.row.room, spare, Duty.INVIGILATE, by=eve.city.officer)


def test_a_practical_sitting_without_assessors_is_not_opened(client, eve):
    code, chief, entry = eve.sitting.code, eve.chief.id, eve.sitting.entry_from + timedelta(minutes=1)
    with transaction():
        eve.sitting.part = Part.PRACTICAL
    with clock.set_to(entry):
        client.sign_in(db.session.get_one(Person, chief))
        refusal = client.post(f"/exam/sittings/{code}/open")
    assert refusal.status_code == 409
    assert "考评员" in refusal.text
