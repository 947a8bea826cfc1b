"""The first start: three people, one administration duty each, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories.people import make_organisation
from trainhub.governance.accounts import FIRST_DUTIES, first_start, open_account_for
from trainhub.governance.duties import duties_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.people.models import Account, OrganisationKind, Person
from trainhub.people.sign_in import authenticate
from trainhub.separation.duties import Duty

THREE = [
    ("周系统", "system", "a long password 1"),
    ("吴安全", "security", "a long password 2"),
    ("郑审计", "audit", "a long password 3"),
]


def start(people=THREE):
    with transaction():
        authority = make_organisation(OrganisationKind.AUTHORITY)
        started = first_start(people, authority, clock.today() + timedelta(days=365))
        return [(person.id, duty) for person, duty in started]


def test_three_people_get_one_duty_each(app):
    started = start()
    assert [duty for _person, duty in started] == list(FIRST_DUTIES)
    assert len({person for person, _duty in started}) == 3
    for person, duty in started:
        assert duties_of(db.session.get_one(Person, person)) == {duty}
    with transaction():
        assert all(authenticate(username, password) for _name, username, password in THREE)


def test_a_second_start_is_refused(app):
    start()
    with pytest.raises(Conflict):
        start([(name, username + "2", password) for name, username, password in THREE])
    assert db.session.scalar(select(func.count(Account.id))) == 3


@pytest.mark.parametrize(
    "people", [THREE[:2], THREE[:1] * 3, [THREE[0], THREE[1], ("王五", "SYSTEM ", "a long password 4")], []]
)
def test_fewer_than_three_different_people_are_refused_and_leave_nothing(app, people):
    with pytest.raises(Invalid):
        start(people)
    db.session.rollback()
    assert db.session.scalar(select(func.count(Account.id))) == 0


def test_the_same_human_being_under_three_user_names_is_refused(app):
    with pytest.raises(Invalid):
        start([("周一人", f"name{number}", "a long password") for number in range(3)])


def test_an_account_is_opened_by_the_system_administrator_alone(app):
    started = dict((duty, person) for person, duty in start())
    with transaction():
        by = db.session.get_one(Person, started[Duty.ADMINISTER_SYSTEM])
        password = open_account_for("钱七", None, "qian.qi", by=by)
    assert len(password) == 14
    for duty in (Duty.AUDIT, Duty.ADMINISTER_SECURITY):
        with pytest.raises(Forbidden), transaction():
            open_account_for("孙八", None, "sun.ba", by=db.session.get_one(Person, started[duty]))


def test_a_new_account_holds_nothing(app):
    started = dict((duty, person) for person, duty in start())
    with transaction():
        by = db.session.get_one(Person, started[Duty.ADMINISTER_SYSTEM])
        open_account_for("钱七", None, "qian.qi", by=by)
    person = db.session.scalars(select(Person).where(Person.name == "钱七")).one()
    assert duties_of(person) == frozenset()
