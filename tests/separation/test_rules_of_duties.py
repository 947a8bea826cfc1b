"""Which duties exclude each other, and which organisations; tried through the grants that people make."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from tests.factories.people import make_officer, make_organisation, make_person
from trainhub.governance.duties import grant, revoke
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Refused
from trainhub.people.models import OrganisationKind
from trainhub.people.organisations import name_responsible_person
from trainhub.separation import Duty, audit, relations


@pytest.fixture
def security(app):
    return make_officer(Duty.ADMINISTER_SECURITY)


@pytest.fixture
def school(app):
    return make_organisation(OrganisationKind.TRAINING_BODY)


@pytest.fixture
def centre(app):
    return make_organisation(OrganisationKind.EXAM_CENTRE)


def give(person, duty, organisation, by, since=0, until=100):
    today = clock.today()
    return grant(
        person, duty, organisation, today + timedelta(days=since), today + timedelta(days=until), by=by
    )


def refused_rule(act, *args, **named):
    with pytest.raises(Refused) as refusal:
        act(*args, **named)
    assert refusal.value.facts
    return refusal.value.rule.id


@pytest.mark.parametrize("training", [Duty.TEACH, Duty.MANAGE_COURSES, Duty.ISSUE_TRAINING_RECORDS])
@pytest.mark.parametrize("exam", [Duty.INVIGILATE, Duty.AUTHOR_ITEMS, Duty.MARK, Duty.ISSUE_CERTIFICATES])
def test_training_and_examination_duties_exclude_each_other(school, centre, security, training, exam):
    teacher, officer = make_person(), make_person()
    give(teacher, training, school, security)
    assert refused_rule(give, teacher, exam, centre, security) == "S-01"
    give(officer, exam, centre, security)
    assert refused_rule(give, officer, training, school, security) == "S-01"


def test_publishing_cases_bars_nobody(school, centre, security):
    person = make_person()
    give(person, Duty.DRAFT_CASES, make_organisation(OrganisationKind.AUTHORITY), security)
    give(person, Duty.INVIGILATE, centre, security)


@pytest.mark.parametrize("gap", [1, 30, 300])
def test_a_duty_of_the_other_wing_waits_for_the_cooling_off_to_end(school, centre, security, gap):
    person = make_person()
    give(person, Duty.TEACH, school, security, since=-10, until=0)
    assert refused_rule(give, person, Duty.INVIGILATE, centre, security, since=gap, until=900) == "S-01"


def test_the_cooling_off_counts_before_a_duty_that_is_granted_for_later_too(school, centre, security):
    person = make_person()
    give(person, Duty.TEACH, school, security, since=400, until=500)
    assert refused_rule(give, person, Duty.INVIGILATE, centre, security, since=0, until=300) == "S-01"


def test_after_the_cooling_off_one_may_change_sides(school, centre, security):
    person = make_person()
    give(person, Duty.TEACH, school, security, since=-10, until=0)
    give(person, Duty.INVIGILATE, centre, security, since=367, until=900)


def test_the_cooling_off_ends_on_the_last_day_of_a_short_month(school, centre, security):
    person = make_person()
    grant(person, Duty.TEACH, school, date(2028, 1, 1), date(2028, 2, 29), by=security)
    late = (date(2029, 2, 28), date(2029, 12, 31))
    assert refused_rule(grant, person, Duty.MARK, centre, *late, by=security) == "S-01"
    grant(person, Duty.MARK, centre, date(2029, 3, 1), date(2029, 12, 31), by=security)


def test_a_revoked_duty_still_cools_off(school, centre, security):
    person = make_person()
    row = give(person, Duty.TEACH, school, security, since=-10, until=700)
    revoke(row.id, by=security)
    assert refused_rule(give, person, Duty.INVIGILATE, centre, security, since=1) == "S-01"
    give(person, Duty.INVIGILATE, centre, security, since=367, until=600)


def test_a_duty_revoked_before_it_began_was_never_held(school, centre, security):
    person = make_person()
    row = give(person, Duty.TEACH, school, security, since=10, until=700)
    revoke(row.id, by=security)
    give(person, Duty.INVIGILATE, centre, security, since=1)


@pytest.mark.parametrize("business", [Duty.MARK, Duty.TEACH, Duty.DRAFT_CASES, Duty.ENROL_PEOPLE])
def test_an_administrator_has_no_business_duty(security, business):
    person = make_person()
    system = make_officer(Duty.ADMINISTER_SYSTEM)
    authority = make_organisation(OrganisationKind.AUTHORITY)
    give(person, Duty.ADMINISTER_SYSTEM, authority, system)
    assert refused_rule(give, person, business, authority, security) == "S-02"


def test_the_three_administrators_are_three_people(security):
    person = make_person()
    authority = make_organisation(OrganisationKind.AUTHORITY)
    give(person, Duty.ADMINISTER_SYSTEM, authority, make_officer(Duty.ADMINISTER_SYSTEM))
    assert refused_rule(give, person, Duty.ADMINISTER_SECURITY, authority, security) == "S-02"
    assert refused_rule(give, person, Duty.AUDIT, authority, make_officer(Duty.AUDIT)) == "S-02"


def test_one_may_become_administrator_the_day_after_a_business_duty_ended(security, centre):
    person = make_person()
    give(person, Duty.MARK, centre, security, since=-10, until=0)
    give(person, Duty.ADMINISTER_SYSTEM, centre, make_officer(Duty.ADMINISTER_SYSTEM), since=1)


def test_an_exam_centre_has_nobody_teach_and_a_school_nobody_examine(security, school, centre):
    assert refused_rule(give, make_person(), Duty.TEACH, centre, security) == "S-03"
    assert refused_rule(give, make_person(), Duty.INVIGILATE, school, security) == "S-03"
    site = make_organisation(OrganisationKind.EXAM_SITE)
    assert refused_rule(give, make_person(), Duty.MANAGE_COURSES, site, security) == "S-03"


def test_nobody_answers_for_a_school_and_a_site(app, school):
    site, person = make_organisation(OrganisationKind.EXAM_SITE), make_person()
    name_responsible_person(site, person, by=None)
    with pytest.raises(Refused) as refusal:
        name_responsible_person(school, person, by=None)
    assert refusal.value.rule.id == "S-03"


def test_one_responsible_person_of_a_school_and_a_site_is_found_in_the_register(app, school):
    site, person = make_organisation(OrganisationKind.EXAM_SITE), make_person()
    name_responsible_person(site, person, by=None)
    db.session.execute(
        text("UPDATE separation_organisation SET person_id = :person WHERE organisation_code = :code"),
        {"person": person.id, "code": school.code},
    )
    assert [(each.rule.id, each.object) for each in audit().violations] == [("S-03", site.code)]


@pytest.mark.parametrize("owner_first", [True, False])
def test_a_school_and_a_site_do_not_own_each_other(app, school, owner_first):
    site = make_organisation(OrganisationKind.EXAM_SITE)
    pair = (school, site) if owner_first else (site, school)
    assert refused_rule(relations.state_affiliated, *pair, by=None, source="register") == "S-03"
    relations.state_affiliated(school, make_organisation(), by=None, source="register")
