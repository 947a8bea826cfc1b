"""Accounts that nobody needs are closed; refusals are looked into; both leave the list of tasks."""

from datetime import timedelta

import pytest

from tests.factories.people import make_account, make_officer, make_organisation, make_person
from tests.factories.separation import state_class, state_sitting
from trainhub import separation
from trainhub.governance import accounts
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, NotFound, Refused
from trainhub.people.models import Account, OrganisationKind, Person
from trainhub.people.persons import record_person
from trainhub.people.sign_in import authenticate, open_account
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import mark_seen, record_refusal, unseen


@pytest.fixture
def system(app):
    return make_officer(Duty.ADMINISTER_SYSTEM, make_organisation(OrganisationKind.AUTHORITY))


def clerk(days_ago=60):
    with clock.set_to(clock.now() - timedelta(days=days_ago)):
        person = record_person("贾文斌", by=None)
        account = open_account(person, "former-clerk", "a-long-password", by=None)
        db.session.flush()
        return account


def waiting():
    return [row.username for row in db.session.query(Account).filter(accounts.unneeded())]


def test_an_account_without_duty_is_closed_and_nobody_signs_in_with_it(system):
    account = clerk()
    assert waiting() == ["former-clerk"]
    accounts.close_account(account, by=system)
    assert waiting() == []
    assert authenticate("former-clerk", "a-long-password") is None
    with pytest.raises(Conflict):
        accounts.close_account(account, by=system)


def test_learners_new_accounts_and_holders_of_duties_are_not_called_unneeded(system):
    clerk(days_ago=3)
    with clock.set_to(clock.now() - timedelta(days=90)):
        make_account(make_person())
        make_officer(Duty.MARK)
    assert waiting() == []


def test_who_holds_a_duty_keeps_the_account_and_nobody_closes_their_own(system):
    officer = make_officer(Duty.MARK)
    account = db.session.query(Account).filter_by(person_id=officer.id).one()
    with pytest.raises(Conflict):
        accounts.close_account(account, by=system)
    with pytest.raises(Forbidden):
        accounts.close_account(account, by=officer)
    with pytest.raises(Forbidden):
        accounts.close_account(db.session.query(Account).filter_by(person_id=system.id).one(), by=system)


def test_a_refusal_waits_for_the_auditor_until_it_is_looked_into(client, app):
    auditor = make_officer(Duty.AUDIT, make_organisation(OrganisationKind.AUTHORITY)).id
    code, learner, teacher = state_sitting(), make_person(), make_person()
    separation.relations.state_registered(learner, code, by=None)
    state_class(teacher, [learner])
    db.session.commit()
    with pytest.raises(Refused) as refused, transaction():
        separation.relations.state_appointed(teacher, code, Duty.INVIGILATE, by=None)
    record_refusal(refused.value)
    (entry_id,) = unseen()
    db.session.rollback()
    client.sign_in(db.session.get_one(Person, auditor))
    assert 'class="task-title"' in client.get("/home/oversight").text
    assert "S-07" in client.get("/oversight/refusals").text
    assert client.post(f"/oversight/refusals/{entry_id}/seen").status_code == 302
    assert client.post(f"/oversight/refusals/{entry_id}/seen").status_code == 409
    assert client.post("/oversight/refusals/999999/seen").status_code == 404
    assert 'class="task-title"' not in client.get("/home/oversight").text


def test_only_refusals_can_be_looked_into(system):
    with pytest.raises(NotFound):
        mark_seen(1, by=system)
