"""One code brought by several at once, on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Thread

import pyotp

from tests.factories.people import make_person
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people import second_factor
from trainhub.people.models import Account
from trainhub.people.sign_in import open_account

NOW = datetime(2026, 6, 1, 1, 0, 0, tzinfo=UTC)


def code_at(secret, moment):
    return pyotp.TOTP(secret).at(moment)


def test_two_who_bring_one_code_at_once_let_one_in(on_either):
    with transaction():
        account = open_account(make_person(), "li.na", "海川-correct horse 42", by=None)
        db.session.flush()
        second_factor.begin(account)
        secret, account_id = second_factor.begun(account), account.id
        with clock.set_to(NOW):
            second_factor.confirm(account, code_at(secret, NOW))
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
