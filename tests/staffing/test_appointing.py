"""Who may be on duty at a sitting: the register, the rules, and what is left on record."""

from datetime import timedelta

import pytest

from tests.factories.invigilation import make_second_room
from tests.factories.people import make_officer, make_organisation
from tests.factories.separation import state_class
from tests.factories.sites import make_centre
from tests.factories.sittings import make_candidate, make_sitting
from tests.factories.staffing import make_staff_member
from trainhub import ledger, regulations, separation
from trainhub.exams.sittings import SittingState
from trainhub.exams.sittings.conduct import obstacles_to_opening
from trainhub.exams.staffing import (
    appoint,
    appointments_of,
    choices_for,
    enter,
    needs_of,
    sittings_on_duty,
    withdraw_appointment,
)
from trainhub.exams.staffing.in_charge import people_in_charge, put_in_charge
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, Refused
from trainhub.people.models import OrganisationKind
from trainhub.separation.comparing import compare
from trainhub.separation.duties import Duty


class Plan:
    """A centre, its officer, a sitting with a candidate, an invigilator in the register."""

    def __init__(self):
        self.centre = make_centre()
        self.by = make_officer(Duty.ASSIGN_STAFF, self.centre)
        self.sitting = make_sitting(self.centre, self.by)
        self.room = self.sitting.rooms[0]
        self.candidate = make_candidate(self.sitting, self.by)
        self.invigilator = make_staff_member(self.centre, self.by)

    def appoint(self, person=None, duty=Duty.INVIGILATE):
        """Put somebody on duty in the room."""
        return appoint(self.sitting, self.room, person or self.invigilator, duty, by=self.by)


@pytest.fixture
def plan(app):
    return Plan()


def kinds():
    return [entry.kind for entry in db.session.query(ledger.Entry).order_by(ledger.Entry.id)]


def test_somebody_in_the_register_is_put_on_duty_and_it_is_on_record(plan):
    row = plan.appoint()
    assert [each.person_id for each in appointments_of(plan.sitting)] == [plan.invigilator.id]
    assert row.room is plan.room
    assert sittings_on_duty(plan.invigilator) == [plan.sitting]
    assert "staff.appointed" in kinds()


def test_an_instructor_cannot_invigilate_people_they_taught(plan):
    state_class(plan.invigilator, [plan.candidate.person], days_ago=30)
    with pytest.raises(Refused) as refused:
        plan.appoint()
    assert refused.value.rule.id == "S-07"
    assert plan.candidate.person.name in str(refused.value.facts[0])
    assert appointments_of(plan.sitting) == []


def test_a_class_of_long_ago_does_not_bar(plan):
    months = int(regulations.value("separation.lookback_months", on=clock.today()))
    state_class(plan.invigilator, [plan.candidate.person], days_ago=months * 31 + 40)
    plan.appoint()


def test_who_works_for_a_candidates_employer_cannot_invigilate(plan):
    employer = make_organisation(OrganisationKind.ENTERPRISE, "海川华丰机械有限公司")
    colleague = make_staff_member(plan.centre, plan.by, organisation=employer)
    make_candidate(plan.sitting, plan.by, employer=employer.name)
    with pytest.raises(Refused) as refused:
        plan.appoint(colleague)
    assert refused.value.rule.id == "S-09"


def test_a_candidate_cannot_be_staff_of_the_same_sitting(plan):
    until = clock.today() + timedelta(days=100)
    other = make_officer(Duty.INVIGILATE, plan.centre)
    separation.relations.state_registered(other, plan.sitting.code, by=plan.by)
    enter(other, Duty.INVIGILATE, plan.centre, clock.today(), until, centre=plan.centre, by=plan.by)
    with pytest.raises(Refused) as refused:
        plan.appoint(other)
    assert refused.value.rule.id == "S-08"


def test_an_inspector_cannot_inspect_in_their_own_district(plan):
    district = plan.sitting.site.district
    inspector = make_staff_member(plan.centre, plan.by, Duty.INSPECT, district=district)
    with pytest.raises(Refused) as refused:
        plan.appoint(inspector, Duty.INSPECT)
    assert refused.value.rule.id == "S-10"


def test_nobody_is_at_two_sittings_at_the_same_time(plan):
    other = make_sitting(plan.centre, plan.by)
    plan.appoint()
    with pytest.raises(Refused) as refused:
        appoint(other, other.rooms[0], plan.invigilator, Duty.INVIGILATE, by=plan.by)
    assert refused.value.rule.id == "S-19"


def test_nobody_is_appointed_twice_or_for_two_duties(plan):
    plan.appoint()
    with pytest.raises(Conflict):
        plan.appoint()


def test_who_is_not_in_the_register_on_that_day_is_not_appointed(plan):
    stranger = make_officer(Duty.INVIGILATE, plan.centre)
    with pytest.raises(Invalid):
        plan.appoint(stranger)
    expiring = make_staff_member(plan.centre, plan.by, days=1)
    with pytest.raises(Invalid):
        plan.appoint(expiring)
    with pytest.raises(Invalid):
        plan.appoint(duty=Duty.INSPECT)


def test_a_register_of_another_centre_does_not_count(plan):
    elsewhere = make_staff_member(make_centre(), plan.by)
    with pytest.raises(Invalid):
        plan.appoint(elsewhere)


def test_a_room_of_another_sitting_is_refused(plan):
    other = make_sitting(plan.centre, plan.by, days=9)
    with pytest.raises(Invalid):
        appoint(plan.sitting, other.rooms[0], plan.invigilator, Duty.INVIGILATE, by=plan.by)


def test_an_appointment_is_withdrawn_once_with_a_reason(plan):
    row = plan.appoint()
    with pytest.raises(Invalid):
        withdraw_appointment(row, " ", by=plan.by)
    withdraw_appointment(row, "临时出差", by=plan.by)
    with pytest.raises(Conflict):
        withdraw_appointment(row, "再次", by=plan.by)
    assert appointments_of(plan.sitting) == []
    assert "staff.withdrawn" in kinds()
    plan.appoint()


def test_after_the_sitting_nothing_about_its_staff_changes(plan):
    row = plan.appoint()
    plan.sitting.state = SittingState.CLOSED
    with pytest.raises(Conflict):
        withdraw_appointment(row, "事后", by=plan.by)
    with pytest.raises(Conflict):
        plan.appoint(make_staff_member(plan.centre, plan.by))


def test_the_choice_shows_who_may_not_be_chosen_and_why(plan):
    taught = make_staff_member(plan.centre, plan.by)
    state_class(taught, [plan.candidate.person], days_ago=30)
    choices = choices_for(plan.sitting, Duty.INVIGILATE)
    assert [choice.person.id for choice in choices] == [plan.invigilator.id, taught.id]
    assert [[each.rule.id for each in choice.violations] for choice in choices] == [[], ["S-07"]]


def test_too_few_invigilators_keep_a_sitting_from_being_opened(plan):
    plan.appoint()
    assert needs_of(plan.sitting)[Duty.INVIGILATE].missing == 1
    before = [str(each.text) for each in obstacles_to_opening(plan.sitting)]
    plan.appoint(make_staff_member(plan.centre, plan.by))
    after = [str(each.text) for each in obstacles_to_opening(plan.sitting)]
    assert len(before) == len(after) + 1


def test_a_conflict_that_comes_late_is_shown_and_keeps_the_sitting_closed(plan):
    plan.appoint()
    state_class(plan.invigilator, [plan.candidate.person], days_ago=30)
    assert [each.rule.id for each in separation.planned_conflicts()] == ["S-07"]
    assert any("S-07" in str(each.text) for each in obstacles_to_opening(plan.sitting))


def test_the_register_takes_only_who_holds_the_duty_and_only_once(plan):
    person = make_officer(Duty.MARK, plan.centre)
    until = clock.today() + timedelta(days=10)
    with pytest.raises(Invalid):
        enter(person, Duty.INVIGILATE, plan.centre, clock.today(), until, centre=plan.centre, by=plan.by)
    with pytest.raises(Conflict):
        enter(
            plan.invigilator,
            Duty.INVIGILATE,
            plan.centre,
            clock.today(),
            until,
            centre=plan.centre,
            by=plan.by,
        )
    with pytest.raises(Invalid):
        enter(person, Duty.MARK, plan.centre, clock.today(), until, centre=plan.centre, by=plan.by)


def test_a_drawn_invigilator_is_put_in_charge_of_all_rooms_by_the_rules_and_on_record(plan):
    make_second_room(plan.sitting)
    row = plan.appoint()
    assert people_in_charge(plan.sitting) == []

    put_in_charge(row, by=plan.by)

    assert people_in_charge(plan.sitting) == [plan.invigilator]
    assert [each.room for each in appointments_of(plan.sitting)] == [None]
    assert kinds()[-2:] == ["staff.withdrawn", "staff.appointed"]
    assert [each for each in compare().differences if each.relation == "appointed"] == []
    with pytest.raises(Conflict):
        put_in_charge(appointments_of(plan.sitting)[0], by=plan.by)


def test_of_the_only_room_whoever_invigilates_it_is_in_charge(plan):
    row = plan.appoint()
    assert people_in_charge(plan.sitting) == [plan.invigilator]
    with pytest.raises(Conflict):
        put_in_charge(row, by=plan.by)
