"""Who may not stand before which candidates, and every way round it that came to mind."""

from datetime import timedelta

import pytest

from tests.factories.people import make_organisation, make_person
from tests.factories.separation import appoint, state_class, state_sitting
from trainhub.kernel import clock
from trainhub.kernel.errors import NotFound, Refused
from trainhub.people.models import OrganisationKind
from trainhub.separation import Duty, audit, relations


def register(person, sitting, **whence):
    relations.state_registered(person, sitting, **whence, by=None)


def refusal_of(act, *args, **named):
    with pytest.raises(Refused) as refusal:
        act(*args, **named)
    return refusal.value


@pytest.mark.parametrize("duty", [Duty.INVIGILATE, Duty.ASSESS])
def test_an_instructor_does_not_stand_before_people_they_taught(app, duty):
    instructor, trainee, sitting = make_person("王教员"), make_person("李学员"), state_sitting()
    state_class(instructor, [trainee], code="2026-07")
    register(trainee, sitting)

    refusal = refusal_of(appoint, instructor, sitting, duty)

    assert refusal.rule.id == "S-07"
    assert "王教员" in refusal.facts[0] and "李学员" in refusal.facts[0] and "2026-07" in refusal.facts[0]
    assert audit().violations == ()


def test_a_pupil_of_an_invigilator_is_not_registered_before_them(app):
    instructor, trainee, sitting = make_person(), make_person(), state_sitting()
    state_class(instructor, [trainee])
    appoint(instructor, sitting)

    assert refusal_of(register, trainee, sitting).rule.id == "S-07"


def test_an_inspector_may_have_taught_a_candidate(app):
    instructor, trainee, sitting = make_person(), make_person(), state_sitting()
    state_class(instructor, [trainee])
    register(trainee, sitting)
    appoint(instructor, sitting, Duty.INSPECT)


def test_teaching_counts_for_the_look_back_period_before_the_sitting_and_no_longer(app):
    instructor, trainee = make_person(), make_person()
    state_class(instructor, [trainee], days_ago=380)
    soon, late = state_sitting(days=0), state_sitting(days=20)
    register(trainee, soon)
    appoint(instructor, soon)
    fresh = make_person()
    state_class(fresh, [trainee], days_ago=355)
    assert refusal_of(appoint, fresh, soon).rule.id == "S-07"
    register(trainee, late)
    appoint(fresh, late)


def test_teaching_another_class_of_the_same_school_is_not_teaching_the_candidate(app):
    school = make_organisation(OrganisationKind.TRAINING_BODY)
    instructor, other, trainee, sitting = make_person(), make_person(), make_person(), state_sitting()
    state_class(instructor, [], organisation=school)
    state_class(other, [trainee], organisation=school)
    register(trainee, sitting)
    appoint(instructor, sitting)


def test_withdrawing_and_registering_again_does_not_wash_the_conflict_away(app):
    instructor, trainee, sitting = make_person(), make_person(), state_sitting()
    state_class(instructor, [trainee])
    register(trainee, sitting)
    relations.withdraw_registered(trainee, sitting, by=None)
    appoint(instructor, sitting)
    assert refusal_of(register, trainee, sitting).rule.id == "S-07"


def test_a_sitting_that_is_put_off_into_the_look_back_period_is_refused(app):
    instructor, trainee, sitting = make_person(), make_person(), state_sitting(days=30)
    state_class(instructor, [trainee], days_ago=350)
    register(trainee, sitting)
    appoint(instructor, sitting)
    assert refusal_of(state_sitting, sitting, days=10).rule.id == "S-07"


def test_the_training_side_states_what_was_and_the_examination_side_is_told(app):
    instructor, trainee, sitting = make_person(), make_person(), state_sitting()
    register(trainee, sitting)
    appoint(instructor, sitting)

    state_class(instructor, [trainee])

    found = audit().violations
    assert [(each.rule.id, each.person, each.object) for each in found] == [("S-07", instructor.id, sitting)]


def test_nobody_is_staff_where_they_are_a_candidate(app):
    person, sitting = make_person(), state_sitting()
    register(person, sitting)
    for duty in (Duty.INVIGILATE, Duty.ASSESS, Duty.INSPECT):
        assert refusal_of(appoint, person, sitting, duty).rule.id == "S-08"
    other = make_person()
    appoint(other, sitting, Duty.INSPECT)
    assert refusal_of(register, other, sitting).rule.id == "S-08"


def test_staff_are_not_of_the_candidates_employer(app):
    factory = make_organisation()
    staff, sitting = make_person(), state_sitting()
    relations.state_employed(staff, factory, clock.today() - timedelta(days=900), by=None, source="test")
    register(make_person(), sitting, employer=factory)
    assert refusal_of(appoint, staff, sitting).rule.id == "S-09"


def test_staff_are_not_colleagues_of_a_candidate_whose_employer_was_left_out(app):
    factory = make_organisation()
    staff, candidate, sitting = make_person(), make_person(), state_sitting()
    for person in (staff, candidate):
        relations.state_employed(person, factory, clock.today(), by=None, source="test")
    register(candidate, sitting)
    assert refusal_of(appoint, staff, sitting).rule.id == "S-09"


def test_staff_are_not_of_the_school_that_trained_a_candidate(app):
    school = make_organisation(OrganisationKind.TRAINING_BODY)
    staff, candidate, sitting = make_person(), make_person(), state_sitting()
    relations.state_employed(staff, school, clock.today() - timedelta(days=900), by=None, source="test")
    state_class(make_person(), [candidate], organisation=school)
    register(candidate, sitting)
    assert refusal_of(appoint, staff, sitting).rule.id == "S-09"


def test_who_left_the_school_lately_counts_as_of_it_and_who_left_long_ago_does_not(app):
    school = make_organisation(OrganisationKind.TRAINING_BODY)
    lately, long_ago, sitting = make_person(), make_person(), state_sitting()
    today = clock.today()
    began = today - timedelta(days=2000)
    relations.state_employed(lately, school, began, today - timedelta(days=90), by=None, source="test")
    relations.state_employed(long_ago, school, began, today - timedelta(days=500), by=None, source="test")
    register(make_person(), sitting, training_body=school)
    appoint(long_ago, sitting)
    assert refusal_of(appoint, lately, sitting).rule.id == "S-09"


def test_an_inspector_is_neither_of_the_site_nor_of_its_district(app):
    site = make_organisation(OrganisationKind.EXAM_SITE)
    centre = make_organisation(OrganisationKind.EXAM_CENTRE)
    at_home, neighbour, outsider = make_person(), make_person(), make_person()
    sitting = state_sitting(organisation=site, district="东港区")
    relations.state_employed(at_home, site, clock.today(), by=None, source="test")
    for person, district in ((neighbour, "东港区"), (outsider, "西山区")):
        relations.state_qualified(person, Duty.INSPECT, centre, district, clock.today(), None, by=None)
    assert refusal_of(appoint, at_home, sitting, Duty.INSPECT).rule.id == "S-10"
    assert refusal_of(appoint, neighbour, sitting, Duty.INSPECT).rule.id == "S-10"
    appoint(outsider, sitting, Duty.INSPECT)
    appoint(neighbour, sitting, Duty.INVIGILATE)


def test_a_sitting_is_not_opened_with_too_few_invigilators(app):
    sitting = state_sitting(rooms=1)
    appoint(make_person(), sitting)
    appoint(make_person(), sitting, Duty.INSPECT)
    assert refusal_of(relations.state_opened, sitting, by=None).rule.id == "S-16"
    appoint(make_person(), sitting)
    relations.state_opened(sitting, by=None)


def test_each_room_needs_its_two_and_many_candidates_need_more(app):
    two_rooms, crowded = state_sitting(rooms=2, days=3), state_sitting(rooms=1, days=4)
    for _place in range(3):
        appoint(make_person(), two_rooms)
    assert refusal_of(relations.state_opened, two_rooms, by=None).rule.id == "S-16"
    for _place in range(61):
        register(make_person(), crowded)
    for _place in range(2):
        appoint(make_person(), crowded)
    assert refusal_of(relations.state_opened, crowded, by=None).rule.id == "S-16"
    appoint(make_person(), crowded)
    relations.state_opened(crowded, by=None)


def test_a_declared_relation_of_a_candidate_stays_away_whoever_declared_it(app):
    staff, candidate, sitting = make_person(), make_person(), state_sitting()
    relations.state_related(candidate, staff, by=None, source="declaration")
    register(candidate, sitting)
    assert refusal_of(appoint, staff, sitting).rule.id == "S-18"


def test_nobody_is_in_two_places_or_twice_in_one(app):
    person, one, same_time, later = make_person(), state_sitting(), state_sitting(), state_sitting(days=4)
    appoint(person, one)
    assert refusal_of(appoint, person, same_time, Duty.INSPECT).rule.id == "S-19"
    assert refusal_of(appoint, person, one, Duty.INSPECT).rule.id == "S-19"
    appoint(person, later)


def test_an_unknown_sitting_is_not_a_way_round_the_rules(app):
    with pytest.raises(NotFound):
        appoint(make_person(), "NOWHERE")
    with pytest.raises(NotFound):
        register(make_person(), "NOWHERE")
