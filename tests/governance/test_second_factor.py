"""Duties that ask for a second factor open nothing without one, on pages and on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from tests.factories.people import give_duty, make_officer, make_organisation, make_person
from trainhub.cli import main
from trainhub.governance import second_factor as required
from trainhub.governance.second_factor import AT_THE_DESK, NEEDING
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.ledger import Entry
from trainhub.people import second_factor
from trainhub.people.models import Account, Message, OrganisationKind, Person, Proof, SignIn
from trainhub.people.sign_in import authenticate, open_account
from trainhub.separation.duties import Duty

SET_UP = "/account/second-factor"


@pytest.fixture
def strict(app):
    """The house as it stands in production: a second factor is required."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], second_factor=True)
    return app


def officer(duty):
    kind = (
        OrganisationKind.AUTHORITY if duty.side in ("system", "oversight") else OrganisationKind.EXAM_CENTRE
    )
    return make_officer(duty, make_organisation(kind))


def account_of(person):
    return db.session.scalars(select(Account).where(Account.person_id == person.id)).one()


def set_up(person):
    """Set it up; returns the secret, with codes of later steps still to be taken."""
    account = account_of(person)
    second_factor.begin(account)
    secret = second_factor.begun(account)
    with clock.set_to(clock.now() - timedelta(minutes=5)):
        second_factor.confirm(account, pyotp.TOTP(secret).at(clock.now()))
    return secret


def prove_both(client, person):
    """Sign in as who has proved two factors."""
    client.sign_in(person)
    with transaction():
        newest = select(SignIn.id).order_by(SignIn.id.desc()).limit(1).scalar_subquery()
        db.session.execute(update(SignIn).where(SignIn.id == newest).values(proof=Proof.TWO_FACTORS))


@pytest.mark.parametrize("duty", sorted(NEEDING))
def test_who_decides_or_sees_secrets_is_led_to_set_it_up_and_nowhere_else(client, strict, duty):
    client.sign_in(officer(duty))
    for address in ("/home", "/account", "/oversight/people", "/exam/sittings/", "/exam/bank/"):
        answer = client.get(address)
        assert answer.status_code in (302, 403, 404), address
        assert answer.status_code != 302 or answer.headers["Location"] == SET_UP, address
    assert client.get(SET_UP).status_code == 200
    assert client.post("/account/phone", data={"phone": "13800000000"}).status_code == 403
    assert client.get("/home", headers={"Accept": "application/json"}).status_code == 403


@pytest.mark.parametrize("duty", [*sorted(AT_THE_DESK), Duty.TEACH, Duty.ENROL_PEOPLE])
def test_who_works_in_the_exam_room_or_learns_is_not_asked(client, strict, duty):
    client.sign_in(officer(duty))
    assert client.get("/account").status_code == 200


def test_the_way_out_and_the_style_of_the_page_stay_open(client, strict):
    client.sign_in(officer(Duty.AUDIT))
    assert client.post("/sign-out").status_code == 302
    assert client.get("/static/css/trainhub.css").status_code == 200


def test_whoever_has_proved_both_works_as_before(client, strict):
    auditor = officer(Duty.AUDIT)
    set_up(auditor)
    prove_both(client, auditor)
    assert client.get("/oversight/ledger").status_code == 200


def test_a_duty_granted_to_an_open_session_of_one_factor_opens_nothing(client, strict):
    person = officer(Duty.INVIGILATE)
    client.sign_in(person)
    assert client.get("/account").status_code == 200
    with transaction():
        give_duty(person, Duty.AUDIT, make_organisation(OrganisationKind.AUTHORITY))
    assert client.get("/oversight/ledger").headers.get("Location") == SET_UP


def test_a_house_that_only_offers_it_asks_nobody(client):
    client.sign_in(officer(Duty.AUDIT))
    assert client.get("/oversight/ledger").status_code == 200


def test_the_security_administrator_resets_what_somebody_has_lost_and_they_are_told(client):
    person, security = officer(Duty.MARK), officer(Duty.ADMINISTER_SECURITY)
    set_up(person)
    username = account_of(person).username
    client.sign_in(security)
    assert "重置双因素认证" in client.get(f"/oversight/people/{username}").text
    assert client.post(f"/oversight/people/{username}/second-factor/reset").status_code == 302
    db.session.rollback()
    assert not second_factor.is_set_up(account_of(person))
    assert db.session.scalars(select(Message.subject)).all() == ["account.second_factor.reset"]
    assert "account.second_factor.reset" in db.session.scalars(select(Entry.kind)).all()


def test_nobody_resets_their_own_nor_without_the_duty_nor_what_is_not_there(app):
    security, auditor, system = map(officer, (Duty.ADMINISTER_SECURITY, Duty.AUDIT, Duty.ADMINISTER_SYSTEM))
    for each in (security, auditor):
        set_up(each)
    with pytest.raises(Forbidden):
        required.reset(account_of(security), by=security)
    for other in (auditor, system):
        with pytest.raises(Forbidden):
            required.reset(account_of(security), by=other)
    with pytest.raises(Conflict):
        required.reset(account_of(system), by=security)
    assert second_factor.is_set_up(account_of(security))


class Command:
    """``trainhub user list`` as an auditor runs it on an instance of their own."""

    def __init__(self, app, monkeypatch):
        with transaction():
            person = make_person()
            self.person_id = person.id
            open_account(person, "auditor", "a-long-password", by=None)
            give_duty(person, Duty.AUDIT, make_organisation(OrganisationKind.AUTHORITY))
        monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))

    def run(self, *more):
        command = ["user", "list", "--as", "auditor", "--password", "a-long-password", *more, "--json"]
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
        return result.exit_code, json.loads(lines[-1])


@pytest.fixture
def command(app, monkeypatch):
    return Command(app, monkeypatch)


def test_a_command_asks_for_the_code_of_whoever_has_one(command):
    with transaction():
        secret = set_up(db.session.get_one(Person, command.person_id))
    assert command.run("--code", "000000")[0] == 1
    right = pyotp.TOTP(secret).at(clock.now())
    assert command.run("--code", right)[0] == 0
    assert command.run("--code", right)[0] == 1, "no code is taken twice"


def test_a_command_of_who_needs_one_and_has_none_is_refused(command, monkeypatch):
    assert command.run()[0] == 0
    monkeypatch.setenv("TRAINHUB_SECOND_FACTOR", "required")
    status, said = command.run()
    assert (status, said["error"]) == (1, "您的职责要求登录时使用双因素认证，请先启用。")


def test_wrong_codes_on_the_command_line_lock_the_account(command):
    with transaction():
        set_up(db.session.get_one(Person, command.person_id))
    for _each in range(5):
        command.run("--code", "000000")
    db.session.rollback()
    assert authenticate("auditor", "a-long-password") is None
