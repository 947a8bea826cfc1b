"""A roster is no way round the rules: whom the staff may not judge is refused row by row, with the rule."""

import re
from datetime import timedelta

import pytest

from tests.factories.people import make_officer, make_organisation
from tests.factories.separation import appoint, state_class
from tests.factories.sittings import make_sitting, roster_row
from tests.sittings.test_imports import registered, take
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.kernel.i18n import as_read, for_any_reader, in_language
from trainhub.people.models import OrganisationKind
from trainhub.people.persons import record_person
from trainhub.separation import relations
from trainhub.separation.duties import Duty


def taught_by_the_staff(staff, person, employer):
    state_class(staff, [person])


def employed_with_the_staff(staff, person, employer):
    since = clock.today() - timedelta(days=50)
    relations.state_employed(staff, employer.code, since, by=None, source="list")


def declared_by_the_staff(staff, person, employer):
    relations.state_related(staff, person, by=None, source="own word")


LATE = {"S-07": taught_by_the_staff, "S-09": employed_with_the_staff, "S-18": declared_by_the_staff}


@pytest.fixture(autouse=True)
def english(app):
    with in_language("en"):
        yield


@pytest.mark.parametrize("rule", [*LATE, "S-08"])
def test_a_roster_brings_nobody_before_staff_who_may_not_judge_them(tmp_path, house, rule):
    row = roster_row(7)
    with transaction():
        sitting = make_sitting(house.centre, house.by)
        employer = make_organisation(OrganisationKind.ENTERPRISE, row["工作单位"])
        person = record_person(row["姓名"], row["身份证号"], by=None)
        staff = person if rule == "S-08" else make_officer(Duty.INVIGILATE, house.centre)
        if rule in LATE:
            LATE[rule](staff, person, employer)
        appoint(staff, sitting.code)
    report = take(tmp_path, [row, roster_row(8)], [sitting], house)
    with for_any_reader():
        kept = take(tmp_path, [row, roster_row(8)], [sitting], house)["rejected"][0]["reason"]
    assert rule in report["rejected"][0]["reason"] == as_read(kept)
    with in_language("zh_CN"):
        assert not re.search("[a-z]{3}", as_read(kept)), as_read(kept)
    assert (len(report["rejected"]), registered()) == (1, 0), "the good row waits with it"
