"""On PostgreSQL: decisions about one person that come at once wait for each other, and one of them wins."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.people import make_account, make_officer, make_organisation, make_person
from tests.on_postgres import application_on_postgres
from trainhub.governance import identity, organisations, overrides
from trainhub.governance.accounts import first_start
from trainhub.governance.duties import grant, record_grant
from trainhub.governance.models import Grant, Override, OverrideState
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, DomainError, Refused
from trainhub.people.models import Account, Organisation, OrganisationKind, Person
from trainhub.people.persons import record_person
from trainhub.people.sign_in import TRIES, authenticate
from trainhub.separation import audit
from trainhub.separation.duties import Duty
from trainhub.separation.models import Overridden, SamePerson
from trainhub.separation.register import current

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(tmp_path):
    """An application on a PostgreSQL database of its own."""
    with application_on_postgres(tmp_path) as application:
        yield application


def at_once(app, *deeds):
    """Run deeds in threads that start together; returns what each raised, or None."""
    gate, outcomes = threading.Barrier(len(deeds)), []

    def run(deed):
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    deed()
                outcomes.append(None)
            except DomainError as refusal:
                outcomes.append(type(refusal))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def who(app):
    """Ids: security administrator, somebody, training body, centre."""
    with transaction():
        authority = make_organisation(OrganisationKind.AUTHORITY)
        administrator = make_account().person
        until = clock.today() + timedelta(days=99)
        record_grant(administrator, Duty.ADMINISTER_SECURITY, authority, clock.today(), until, by=None)
        body, centre = (
            make_organisation(kind) for kind in (OrganisationKind.TRAINING_BODY, OrganisationKind.EXAM_CENTRE)
        )
        return administrator.id, make_account().person_id, body.id, centre.id


def give(who, duty, organisation):
    def deed():
        today = clock.today()
        grant(
            db.session.get_one(Person, who[1]),
            duty,
            db.session.get_one(Organisation, organisation),
            today,
            today + timedelta(days=30),
            by=db.session.get_one(Person, who[0]),
        )

    return deed


def held(who):
    return db.session.scalars(select(Grant.duty).where(Grant.person_id == who[1])).all()


def test_the_same_duty_granted_twice_at_once_is_held_once(app, who):
    outcomes = at_once(app, *[give(who, Duty.TEACH, who[2])] * 4)
    assert sorted(outcomes, key=str) == sorted([None, Conflict, Conflict, Conflict], key=str)
    assert held(who) == [Duty.TEACH]


def test_a_training_and_an_examination_duty_granted_at_once_are_not_both_held(app, who):
    outcomes = at_once(app, give(who, Duty.TEACH, who[2]), give(who, Duty.INVIGILATE, who[3]))
    assert [outcome for outcome in outcomes if outcome is None] == [None]
    assert any(outcome and issubclass(outcome, Refused) for outcome in outcomes)
    assert len(held(who)) == 1


def test_a_person_recorded_twice_at_once_is_one_person(app):
    number = "11010519491231002X"
    at_once(app, *[lambda: record_person("王芳", number, by=None)] * 4)
    assert len(db.session.scalars(select(Person).where(Person.name == "王芳")).all()) == 1


def test_guesses_at_once_are_all_counted(app):
    with transaction():
        make_account(make_person(), "wang.fang")
    at_once(app, *[lambda: authenticate("wang.fang", "wrong-password")] * TRIES)
    assert db.session.scalars(select(Account)).one().locked_until is not None


def test_an_instance_is_started_once_however_many_try_at_once(app):
    with transaction():
        code = make_organisation(OrganisationKind.AUTHORITY).code

    def starting(letter):
        def deed():
            organisation = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
            people = [(f"{name}{letter}", f"user{letter}{name}", "a long password") for name in "甲乙丙"]
            first_start(people, organisation, clock.today() + timedelta(days=9))

        return deed

    outcomes = at_once(app, starting("a"), starting("b"))
    assert sorted(outcomes, key=str) == sorted([None, Conflict], key=str)
    assert len(db.session.scalars(select(Account)).all()) == 3


@pytest.fixture
def supervisors(app):
    """Ids of three supervisors and of a person concerned."""
    with transaction():
        authority = make_organisation(OrganisationKind.AUTHORITY)
        return [*(make_officer(Duty.SUPERVISE, authority).id for _ in range(3)), make_person().id]


def proposing(supervisors, place=0):
    def deed():
        by, whom = (db.session.get_one(Person, supervisors[each]) for each in (place, 3))
        overrides.propose("S-07", whom, "SIT-1", "无其他监考员可派，已加派巡考员督查。", by=by)

    return deed


def deciding(deed, code, by_id):
    return lambda: deed(code, by=db.session.get_one(Person, by_id))


def test_an_override_proposed_twice_at_once_is_proposed_once(app, supervisors):
    outcomes = at_once(app, *(proposing(supervisors, place) for place in range(3)))
    assert sorted(outcomes, key=str) == sorted([None, Conflict, Conflict], key=str)
    assert len(db.session.scalars(select(Override)).all()) == 1


@pytest.mark.parametrize("second", [overrides.approve, overrides.refuse])
def test_of_two_decisions_at_once_one_counts(app, supervisors, second):
    with transaction():
        proposing(supervisors)()
    code = db.session.scalars(select(Override.code)).one()
    db.session.rollback()
    first = deciding(overrides.approve, code, supervisors[1])
    outcomes = at_once(app, first, deciding(second, code, supervisors[2]))
    assert sorted(outcomes, key=str) == sorted([None, Conflict], key=str)
    row = db.session.scalars(select(Override)).one()
    standing = len(db.session.scalars(select(Overridden)).all())
    assert standing == (row.state == OverrideState.APPROVED)


def test_an_approval_and_its_proposal_taken_back_at_once_leave_nothing_half_done(app, supervisors):
    with transaction():
        proposing(supervisors)()
    code = db.session.scalars(select(Override.code)).one()
    db.session.rollback()
    approve = deciding(overrides.approve, code, supervisors[1])
    at_once(app, approve, deciding(overrides.withdraw, code, supervisors[0]))
    assert db.session.scalars(select(Override.state)).one() == OverrideState.WITHDRAWN
    assert db.session.scalars(select(Overridden).where(current(Overridden))).all() == []


def joining(who, pair):
    def deed():
        one, other = (db.session.get_one(Person, each) for each in pair)
        identity.join_records(one, other, by=db.session.get_one(Person, who[0]))

    return deed


def test_two_records_joined_in_both_directions_at_once_are_joined_once(app, who):
    with transaction():
        pair = record_person("姚春梅", by=None).id, who[1]
    outcomes = at_once(app, joining(who, pair), joining(who, pair[::-1]))
    assert sorted(outcomes, key=str) == sorted([None, Conflict], key=str)
    assert len(db.session.scalars(select(SamePerson).where(current(SamePerson))).all()) == 1


def test_a_duty_granted_while_two_records_are_joined_is_refused_or_found(app, who):
    with transaction():
        other = record_person("姚春梅", by=None).id
        give((who[0], other), Duty.TEACH, who[2])()
    outcomes = at_once(app, joining(who, (other, who[1])), give(who, Duty.INVIGILATE, who[3]))
    granted = held(who) == [Duty.INVIGILATE]
    db.session.rollback()
    found = {each.rule.id for each in audit().violations}
    assert granted == ("S-01" in found), "what was granted first is found by the auditor, the rest refused"
    assert granted or any(outcome and issubclass(outcome, Refused) for outcome in outcomes)


def test_a_school_taken_over_while_its_new_owner_buys_a_site_is_refused_one_of_the_two(app, who):
    with transaction():
        kinds = (OrganisationKind.TRAINING_BODY, OrganisationKind.ENTERPRISE, OrganisationKind.EXAM_SITE)
        school, company, site = (make_organisation(kind).id for kind in kinds)

    def changing(deed, *ids):
        def act():
            about = (db.session.get_one(Organisation, each) for each in ids)
            deed(*about, by=db.session.get_one(Person, who[0]))

        return act

    outcomes = at_once(
        app,
        changing(organisations.merge, school, company),
        changing(organisations.state_owner, site, company),
    )
    assert outcomes.count(None) == 1
    assert any(outcome and issubclass(outcome, Refused) for outcome in outcomes)
    assert "S-03" not in {each.rule.id for each in audit().violations}
