"""The second factor works with the rights of each side's own login, which deletes nothing from the core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from tests.factories import walls as instances
from tests.factories.people import make_person
from trainhub.kernel import clock, roles
from trainhub.kernel.db import db, transaction
from trainhub.people import second_factor
from trainhub.people.models import Account
from trainhub.people.sign_in import open_account

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 6, 1, 1, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("factor") / "instance"


@pytest.fixture(scope="module")
def url(folder):
    with instances.house(folder) as address:
        yield address


@pytest.mark.parametrize("side", roles.SIDES)
def test_it_is_set_up_used_from_paper_ended_and_reset_with_the_rights_of_a_side(url, folder, side):
    with instances.process_of(side, url, folder):
        with transaction():
            account = open_account(make_person(), f"of-{side}", "海川-correct horse 42", by=None)
            db.session.flush()
            account_id = account.id
        codes = _set_up(account_id, NOW)
        with transaction():
            assert second_factor.check(db.session.get_one(Account, account_id), codes[0])
        with transaction():
            second_factor.end(db.session.get_one(Account, account_id))
        _set_up(account_id, NOW + timedelta(hours=1))
        with transaction():
            account = db.session.get_one(Account, account_id)
            second_factor.reset(account, by=account.person)
            assert not second_factor.is_set_up(account)


def _set_up(account_id, moment):
    with clock.set_to(moment):
        with transaction():
            second_factor.begin(db.session.get_one(Account, account_id))
        with transaction():
            account = db.session.get_one(Account, account_id)
            secret = second_factor.begun(account)
            return second_factor.confirm(account, pyotp.TOTP(secret).at(moment))
