"""With the rights of each side's own login on PostgreSQL: overrides, joined records, merged organisations."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from tests.factories import walls as instances
from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import hold, state_class, state_sitting
from trainhub import separation
from trainhub.governance import identity, organisations, overrides
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import Refused
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.persons import record_person
from trainhub.separation import relations
from trainhub.separation.duties import Duty
from trainhub.separation.models import Overridden

pytestmark = pytest.mark.postgres

REASON = "海岛考点，当日无其他监考员可派，已加派巡考员。"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("governed") / "instance"


@pytest.fixture(scope="module")
def url(folder):
    with instances.house(folder) as address:
        yield address


@pytest.fixture
def who(url, folder):
    """Ids of supervisors, a security administrator, and of a teacher with a second record."""
    with instances.everything(url, folder), transaction():
        authority = make_organisation(OrganisationKind.AUTHORITY)
        teacher, examiner, learner, code = (
            make_person(),
            record_person("姚春梅", by=None),
            make_person(),
            state_sitting(),
        )
        relations.state_registered(learner, code, by=None)
        state_class(teacher, [learner])
        hold(teacher, Duty.INVIGILATE)
        hold(examiner, Duty.INVIGILATE)
        found = {
            "one": make_officer(Duty.SUPERVISE, authority).id,
            "two": make_officer(Duty.SUPERVISE, authority).id,
            "security": make_officer(Duty.ADMINISTER_SECURITY, authority).id,
            "teacher": teacher.id,
            "examiner": examiner.id,
            "sitting": code,
        }
    return found


def person(who, name):
    return db.session.get_one(Person, who[name])


def appoint(who, name="teacher"):
    relations.state_appointed(who[name], who["sitting"], Duty.INVIGILATE, by=None)


def test_oversight_overrides_and_the_side_concerned_obeys_while_the_other_knows_nothing(url, folder, who):
    with instances.process_of("oversight", url, folder):
        with transaction():
            code = overrides.propose(
                "S-07", person(who, "teacher"), who["sitting"], REASON, by=person(who, "one")
            ).code
        with transaction():
            overrides.approve(code, by=person(who, "two"))
    with instances.process_of("training", url, folder):
        assert db.session.scalar(select(func.count()).select_from(Overridden)) == 0
    for side in ("training", "exam"):
        with instances.process_of(side, url, folder), pytest.raises(ProgrammingError, match="denied"):
            overrides.get_override(code)
    with instances.process_of("exam", url, folder), transaction():
        appoint(who)
    with instances.process_of("oversight", url, folder):
        with reading():
            found = separation.audit(sitting=who["sitting"])
            assert [each.rule.id for each in found.overridden] == ["S-07"]
        with transaction():
            overrides.withdraw(code, by=person(who, "one"))
        with reading():
            assert "S-07" in {each.rule.id for each in separation.audit(sitting=who["sitting"]).violations}


def test_joined_records_are_followed_by_every_side_with_its_own_rights(url, folder, who):
    with instances.process_of("exam", url, folder), transaction():
        appoint(who, "examiner")
    with instances.process_of("oversight", url, folder), transaction():
        joined = identity.join_records(
            person(who, "examiner"), person(who, "teacher"), by=person(who, "security")
        )
        assert {each.rule.id for each in joined.violations} <= {"S-01"}, "the rows of the wings follow"
    for side in ("training", "exam"):
        with instances.process_of(side, url, folder):
            with transaction():
                identity.follow_joined()
            assert not identity.is_behind()
    with instances.process_of("oversight", url, folder), reading():
        found = {(each.rule.id, each.person) for each in separation.audit(sitting=who["sitting"]).violations}
        assert ("S-07", who["teacher"]) in found


def test_organisations_change_with_the_rights_of_oversight(url, folder, who):
    with instances.everything(url, folder), transaction():
        kinds = (OrganisationKind.TRAINING_BODY, OrganisationKind.TRAINING_BODY, OrganisationKind.EXAM_SITE)
        codes = [make_organisation(kind).code for kind in kinds]

    def each():
        return [db.session.query(Organisation).filter_by(code=code).one() for code in codes]

    with instances.process_of("oversight", url, folder):
        with transaction():
            organisations.rename(each()[0], "海川安泰培训中心", by=person(who, "security"))
            organisations.merge(*each()[:2], by=person(who, "security"))
        with pytest.raises(Refused), transaction():
            organisations.state_owner(each()[2], each()[1], by=person(who, "security"))
