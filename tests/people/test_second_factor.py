"""The second factor: what it opens, what opens nothing without it, and how it cannot be got round."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from tests.factories.people import make_person
from trainhub.config import BadSetting, read_settings
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people import second_factor
from trainhub.people.limits import limiter
from trainhub.people.models import Account, SecondFactor
from trainhub.people.sign_in import open_account

PASSWORD = "海川-correct horse 42"
NOW = datetime(2026, 6, 1, 1, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def account(app):
    limiter.enabled = False
    with transaction():
        open_account(make_person(), "wang.fang", PASSWORD, by=None)
    with clock.set_to(NOW):
        yield
    limiter.enabled = True


def of():
    db.session.rollback()
    return db.session.scalars(select(Account).where(Account.username == "wang.fang")).one()


def sign_in(client, password=PASSWORD, next_page=""):
    return client.post("/sign-in", data={"username": "wang.fang", "password": password, "next": next_page})


def give_code(client, code, next_page=""):
    return client.post("/sign-in/code", data={"code": code, "next": next_page})


def is_signed_in(client):
    return client.get("/account").status_code == 200


def code_at(secret, moment=None):
    return pyotp.TOTP(secret).at(moment or clock.now())


def set_up(client):
    """Set it up as a person does; returns the secret and the codes on paper."""
    sign_in(client)
    client.post("/account/second-factor", data={"password": PASSWORD})
    page = client.get("/account/second-factor").text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    done = client.post("/account/second-factor/confirm", data={"code": code_at(secret)})
    codes = re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", done.text)
    return secret, codes


@pytest.fixture
def secret(client):
    """The secret of an account that is signed out; the next code is of a later step."""
    found, _codes = set_up(client)
    client.post("/sign-out")
    with clock.set_to(NOW + timedelta(seconds=60)):
        yield found


def kinds():
    db.session.rollback()
    return [entry.kind for entry in db.session.scalars(select(Entry).order_by(Entry.id))]


def test_who_sets_it_up_gets_eight_codes_on_paper_and_stays_signed_in(client):
    secret, codes = set_up(client)
    assert len(secret) == 32 and len(set(codes)) == 8
    assert is_signed_in(client)
    assert "account.second_factor.set_up" in kinds()
    assert codes[0] not in client.get("/account/second-factor").text, "they are shown once"


def test_it_is_not_asked_for_before_it_is_confirmed(client):
    sign_in(client)
    client.post("/account/second-factor", data={"password": PASSWORD})
    client.post("/sign-out")
    assert sign_in(client).headers["Location"] == "/home"


def test_who_sits_at_an_open_session_cannot_set_it_up_without_the_password(client):
    sign_in(client)
    answer = client.post("/account/second-factor", data={"password": "guessed-password"})
    assert answer.status_code == 422
    assert db.session.scalar(select(SecondFactor)) is None
    assert of().failures == 1


def test_setting_it_up_ends_the_sessions_begun_with_a_password_alone(app, client):
    other = app.test_client()
    sign_in(other)
    set_up(client)
    assert not is_signed_in(other)


def test_a_password_alone_opens_nothing(client, secret):
    assert sign_in(client, next_page="/account").headers["Location"] == "/sign-in/code?next=/account"
    for address in ("/account", "/home", "/account/second-factor", "/jobs/"):
        assert client.get(address).status_code in (302, 401, 403, 404), address
    assert not is_signed_in(client)
    for address, data in (
        ("/account/password", {"old": PASSWORD, "new": "another-password"}),
        ("/account/second-factor", {"password": PASSWORD}),
        ("/account/second-factor/end", {"password": PASSWORD, "code": "000000"}),
    ):
        assert client.post(address, data=data).status_code in (401, 403), address


def test_who_goes_back_from_the_page_of_the_code_is_not_told_that_a_session_has_ended(client, secret):
    sign_in(client)
    assert "登录已失效" not in client.get("/sign-in").text


def test_password_and_code_come_in_and_go_where_they_wanted(client, secret):
    sign_in(client, next_page="/account")
    before = client.get_cookie("trainhub").value
    answer = give_code(client, code_at(secret), "/account")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert client.get_cookie("trainhub").value != before
    assert is_signed_in(client)


def test_the_way_after_the_code_leads_to_no_other_site(client, secret):
    sign_in(client)
    assert give_code(client, code_at(secret), "//evil.example").headers["Location"] == "/home"


def test_the_session_of_the_password_alone_is_another_one_and_is_ended(app, client, secret):
    sign_in(client)
    thief = app.test_client()
    thief.set_cookie("trainhub", client.get_cookie("trainhub").value)
    give_code(client, code_at(secret))
    assert is_signed_in(client)
    assert not is_signed_in(thief)
    later = clock.now() + timedelta(seconds=60)
    with clock.set_to(later):
        assert give_code(thief, code_at(secret)).headers["Location"].startswith("/sign-in")


def test_no_code_is_taken_twice(app, client, secret):
    code = code_at(secret)
    sign_in(client)
    give_code(client, code)
    onlooker = app.test_client()
    sign_in(onlooker)
    assert give_code(onlooker, code).status_code == 422
    assert not is_signed_in(onlooker)


def test_the_code_that_confirmed_it_does_not_sign_in(client):
    secret, _codes = set_up(client)
    client.post("/sign-out")
    sign_in(client)
    assert give_code(client, code_at(secret)).status_code == 422


@pytest.mark.parametrize("off", [-30, 30])
def test_a_telephone_may_be_half_a_minute_off(client, secret, off):
    sign_in(client)
    assert give_code(client, code_at(secret, clock.now() + timedelta(seconds=off))).status_code == 302


@pytest.mark.parametrize("off", [-90, 90, 3600])
def test_a_code_of_another_time_is_refused(client, secret, off):
    sign_in(client)
    assert give_code(client, code_at(secret, clock.now() + timedelta(seconds=off))).status_code == 422


@pytest.mark.parametrize("given", ["", " ", "0", "１２３４５６", "99999999999", "' OR 1=1", "\x00"])
def test_what_is_no_code_is_refused_without_a_fault(client, secret, given):
    sign_in(client)
    assert give_code(client, given).status_code in (400, 422)
    assert not is_signed_in(client)


def test_who_guesses_codes_locks_the_account_though_the_password_is_right_each_time(client, secret):
    for _each in range(5):
        sign_in(client)
        give_code(client, "000000")
    assert of().locked_until is not None
    assert sign_in(client).status_code == 422
    client.get("/sign-in")
    assert not is_signed_in(client)


def test_a_locked_account_takes_no_right_code_either(client, secret):
    sign_in(client)
    for _each in range(5):
        give_code(client, "000000")
    assert give_code(client, code_at(secret)).status_code != 302 or not is_signed_in(client)
    assert not is_signed_in(client)


def test_the_time_for_the_code_ends(client, secret):
    sign_in(client)
    with clock.set_to(clock.now() + timedelta(minutes=5, seconds=1)):
        answer = give_code(client, code_at(secret))
        assert answer.headers["Location"].startswith("/sign-in")
        assert not is_signed_in(client)


def test_a_code_without_a_password_opens_nothing(client, secret):
    answer = give_code(client, code_at(secret))
    assert answer.headers["Location"].startswith("/sign-in")
    assert not is_signed_in(client)


def test_a_change_of_the_password_ends_a_sign_in_that_waits_for_its_code(app, client, secret):
    sign_in(client)
    other = app.test_client()
    sign_in(other)
    give_code(other, code_at(secret))
    other.post("/account/password", data={"old": PASSWORD, "new": "another-password-7"})
    with clock.set_to(clock.now() + timedelta(seconds=60)):
        give_code(client, code_at(secret))
        assert not is_signed_in(client)


def test_a_code_on_paper_signs_in_once_however_it_is_written(client):
    _secret, codes = set_up(client)
    client.post("/sign-out")
    sign_in(client)
    assert give_code(client, codes[0].lower().replace("-", " ")).status_code == 302
    assert is_signed_in(client)
    client.post("/sign-out")
    sign_in(client)
    assert give_code(client, codes[0]).status_code == 422
    assert "account.recovery_code.used" in kinds()
    assert second_factor.codes_left(of()) == 7


def test_neither_secret_nor_codes_stand_in_clear_in_any_table(client):
    secret, codes = set_up(client)
    held = []
    for table in db.metadata.sorted_tables:
        held += [str(row) for row in db.session.execute(table.select()).all()]
    everything = "\n".join(held)
    for each in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert each not in everything


def test_who_ends_it_needs_password_and_code_and_signs_in_anew(client, secret):
    sign_in(client)
    give_code(client, code_at(secret))
    end = "/account/second-factor/end"
    with clock.set_to(clock.now() + timedelta(seconds=60)):
        assert (
            client.post(end, data={"password": "wrong-password", "code": code_at(secret)}).status_code == 422
        )
        assert client.post(end, data={"password": PASSWORD, "code": "000000"}).status_code == 422
        assert second_factor.is_set_up(of())
        assert client.post(end, data={"password": PASSWORD, "code": code_at(secret)}).status_code == 302
    assert not is_signed_in(client)
    assert sign_in(client).headers["Location"] == "/home"
    assert second_factor.codes_left(of()) == 0


def test_another_secret_cannot_be_begun_over_one_that_is_set_up(client, secret):
    sign_in(client)
    give_code(client, code_at(secret))
    assert client.post("/account/second-factor", data={"password": PASSWORD}).status_code == 409
    assert second_factor.is_set_up(of())


@pytest.mark.parametrize(
    ("said", "url", "required"),
    [
        ("required", "http://127.0.0.1:8000", True),
        ("offered", "https://exam.example", False),
        (None, "https://exam.example", True),
        (None, "http://127.0.0.1:8000", False),
    ],
)
def test_a_house_that_is_reached_over_https_requires_it_unless_told_otherwise(said, url, required):
    environment = {"TRAINHUB_PUBLIC_URL": url} | ({"TRAINHUB_SECOND_FACTOR": said} if said else {})
    assert read_settings(environment).second_factor is required


def test_another_word_in_the_setting_is_refused():
    with pytest.raises(BadSetting, match="required or offered"):
        read_settings({"TRAINHUB_SECOND_FACTOR": "yes"})
