"""Who trained a candidate stands in the separation register, however the candidate was registered."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import appoint
from tests.factories.sites import make_centre
from tests.factories.sittings import make_sitting, roster_row, write_roster
from trainhub.exams.sittings.entering import import_roster
from trainhub.exams.sittings.registration import Registration, register
from trainhub.exams.sittings.rosters import read_roster
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind
from trainhub.separation import Registered, SeparationRefused, relations
from trainhub.separation.duties import Duty


@pytest.fixture
def app(on_either):
    return on_either


@pytest.fixture
def day(app):
    """A planned sitting, who arranges it, and a training body on record."""
    with transaction():
        centre = make_centre()
        by = make_officer(Duty.ARRANGE_SITTINGS, centre)
        school = make_organisation(OrganisationKind.TRAINING_BODY, roster_row(1)["培训机构"])
        return make_sitting(centre, by), by, school


def stated():
    db.session.rollback()
    return {each.training_body_code for each in db.session.scalars(select(Registered))}


def test_one_person_and_a_roster_say_the_same_of_the_training_body(day, tmp_path):
    sitting, by, school = day
    with transaction():
        code = school.code
        register(sitting, make_person(), Registration("甲公司", school.name), by=by)
    assert stated() == {code}

    write_roster(tmp_path / "roster.xlsx", [roster_row(7)])
    codes, by_id = [sitting.code], by.id
    db.session.rollback()
    import_roster(read_roster(tmp_path / "roster.xlsx"), codes, by_id=by_id)
    assert stated() == {code}


def test_staff_of_the_training_body_keep_its_candidate_out(day):
    sitting, by, school = day
    with transaction():
        staff = make_officer(Duty.INVIGILATE, sitting.organisation)
        since = clock.today() - timedelta(days=50)
        relations.state_employed(staff, school.code, since, by=None, source="list")
        appoint(staff, sitting.code)

    with pytest.raises(SeparationRefused) as refusal, transaction():
        register(sitting, make_person(), Registration("甲公司", school.name), by=by)
    assert {each.rule.id for each in refusal.value.violations} == {"S-09"}
