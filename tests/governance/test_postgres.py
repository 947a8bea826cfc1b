"""On PostgreSQL: decisions about one person that come at once wait for each other, and one of them wins."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.people import make_account, make_organisation, make_person
from tests.servers import create_database, drop_database
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.governance.accounts import first_start
from trainhub.governance.duties import grant, record_grant
from trainhub.governance.models import Grant
from trainhub.kernel import clock, keys, migrations
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, DomainError, Refused
from trainhub.people.models import Account, Organisation, OrganisationKind, Person
from trainhub.people.persons import record_person
from trainhub.people.sign_in import TRIES, authenticate
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(tmp_path):
    """An application on a PostgreSQL database of its own."""
    url = create_database()
    keys.create_missing_keys(tmp_path / "keys")
    settings = {"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": url}
    application = create_app(read_settings(settings))
    with application.app_context():
        migrations.upgrade(db.engine)
        with transaction():
            regulations.load_figures()
        yield application
        db.session.remove()
        db.engine.dispose()
    drop_database(url)


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
