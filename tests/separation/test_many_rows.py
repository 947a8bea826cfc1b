"""Many proposed rows travel as one value: the rules must say of them what they say of each alone."""

import pytest

from tests.factories.people import make_organisation, make_person
from tests.factories.separation import hold, state_class, state_sitting
from tests.migrated import on_postgres, on_sqlite
from tests.servers import drop_database
from trainhub import create_app, regulations, separation
from trainhub.config import read_settings
from trainhub.kernel import clock, keys
from trainhub.kernel.db import db, transaction
from trainhub.separation import Duty, register, relations
from trainhub.separation.models import Appointed, Registered

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
COUNT = 60


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    """An application on an empty database of each kind."""
    url = on_postgres() if request.param == "postgresql" else on_sqlite(tmp_path)
    keys.create_missing_keys(tmp_path / "keys")
    settings = {"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": url}
    application = create_app(read_settings(settings))
    with application.app_context():
        with transaction():
            regulations.load_figures()
        yield application
        db.session.remove()
        db.engine.dispose()
    if request.param == "postgresql":
        drop_database(url)


def told(violations):
    return sorted((each.rule.id, each.person, each.object, each.proposed, each.fact) for each in violations)


def both_ways(rows, monkeypatch):
    """What the rules say of the rows as one value, and written out one by one."""
    assert len(rows) > register._MANY
    as_one = told(separation.check(*rows))
    with monkeypatch.context() as changed:
        changed.setattr(register, "_MANY", len(rows))
        return as_one, told(separation.check(*rows))


def test_staff_asked_about_together_hear_what_each_would_hear_alone(house, monkeypatch):
    sitting, late = state_sitting(), state_sitting(days=9)
    learner = make_person()
    relations.state_registered(learner, sitting, by=None)
    people = [make_person() for _each in range(COUNT)]
    for number, person in enumerate(people):
        if number % 3:
            hold(person, Duty.INVIGILATE)
        if number % 5 == 0:
            state_class(person, [learner])
    rows = [
        Appointed(
            person_id=person.id,
            sitting_code=sitting if number % 2 else late,
            duty=Duty.INVIGILATE,
            room_code=None if number % 4 else "R1",
            starts_on=clock.today(),
            ends_on=None,
            void=False,
        )
        for number, person in enumerate(people)
    ]
    as_one, one_by_one = both_ways(rows, monkeypatch)
    assert as_one == one_by_one
    assert {each[0] for each in as_one} == {"S-07", "S-22"}
    alone = told(violation for row in rows for violation in separation.check(row))
    assert sorted(each[:3] for each in as_one) == sorted(each[:3] for each in alone)


def test_candidates_registered_together_hear_what_each_would_hear_alone(house, monkeypatch):
    sitting = state_sitting()
    invigilator, employer = make_person(), make_organisation(name="第'一\"厂")
    hold(invigilator, Duty.INVIGILATE)
    relations.state_appointed(invigilator, sitting, Duty.INVIGILATE, by=None)
    relations.state_employed(invigilator, employer, clock.today(), None, by=None, source="test")
    rows = [
        Registered(
            person_id=make_person().id,
            sitting_code=sitting,
            employer_code=employer.code if number % 7 == 0 else "ELSEWHERE",
            training_body_code=None,
            starts_on=clock.today(),
            void=False,
        )
        for number in range(COUNT)
    ]
    as_one, one_by_one = both_ways(rows, monkeypatch)
    assert as_one == one_by_one
    assert [each[0] for each in as_one] == ["S-09"] * len(range(0, COUNT, 7))
