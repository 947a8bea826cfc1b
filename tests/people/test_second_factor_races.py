"""One code brought by several at once, on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Thread
from time import sleep

import pyotp

from tests.factories.people import make_person
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people import second_factor
from trainhub.people.models import Account
from trainhub.people.sign_in import change_password, open_account, own_account

PASSWORD = "海川-correct horse 42"
NOW = datetime(2026, 6, 1, 1, 0, 0, tzinfo=UTC)


def code_at(secret, moment):
    return pyotp.TOTP(secret).at(moment)


def account_with_factor():
    with transaction():
        account = open_account(make_person(), "li.na", PASSWORD, by=None)
        db.session.flush()
        second_factor.begin(account)
        secret = second_factor.begun(account)
        with clock.set_to(NOW):
            second_factor.confirm(account, code_at(secret, NOW))
        return secret, account.id


def test_two_who_bring_one_code_at_once_let_one_in(on_either):
    secret, account_id = account_with_factor()
    app, taken = on_either, []
    moment = NOW.replace(minute=5)
    code = code_at(secret, moment)

    def bring():
        with app.app_context(), transaction():
            taken.append(second_factor.check(db.session.get_one(Account, account_id), code))

    with clock.set_to(moment):
        threads = [Thread(target=bring) for _each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(taken) == [False, False, False, True]


def test_who_ends_it_while_somebody_signs_in_waits_for_them_and_they_not_for_each_other(on_either):
    secret, account_id = account_with_factor()
    moment, taken = NOW.replace(minute=5), []
    code = code_at(secret, moment)

    def bring():
        with on_either.app_context(), transaction():
            taken.append(second_factor.check(db.session.get_one(Account, account_id), code))

    with clock.set_to(moment):
        other = Thread(target=bring)
        with transaction():
            account = own_account(db.session.get_one(Account, account_id).person)
            other.start()
            sleep(0.5)
            second_factor.end(account)
        other.join()
    assert taken == [False]


def test_a_code_that_waited_while_the_password_was_changed_signs_nobody_in(on_either):
    secret, account_id = account_with_factor()
    moment, answers = NOW.replace(minute=5), []
    client = on_either.test_client()

    def bring():
        with on_either.app_context():
            answers.append(client.post("/sign-in/code", data={"code": code_at(secret, moment)}))

    with clock.set_to(moment):
        client.post("/sign-in", data={"username": "li.na", "password": PASSWORD})
        other = Thread(target=bring)
        with transaction():
            account = own_account(db.session.get_one(Account, account_id).person)
            other.start()
            sleep(0.5)
            change_password(account, PASSWORD, "another-long password 7")
        other.join()
        assert answers[0].headers["Location"].startswith("/sign-in")
        assert client.get("/account").status_code != 200
