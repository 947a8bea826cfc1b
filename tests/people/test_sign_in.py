"""The door: what it asks, when it locks, what it forgets, and what nobody learns from it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from sqlalchemy import select, update

from tests.factories.limits import refused_before
from tests.factories.people import make_person
from trainhub.config import BadSetting, read_settings
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid
from trainhub.ledger import Entry
from trainhub.people import use
from trainhub.people.limits import limiter
from trainhub.people.models import Account, SignIn
from trainhub.people.sign_in import _nobody, end_all_sessions, open_account

PASSWORD = "海川-correct horse 42"


@pytest.fixture
def account(app):
    limiter.enabled = False
    with transaction():
        open_account(make_person(), "wang.fang", PASSWORD, by=None)
    yield
    limiter.enabled = True


def of(username="wang.fang"):
    db.session.rollback()
    return db.session.scalars(select(Account).where(Account.username == username)).one()


def try_to_sign_in(client, password=PASSWORD, username="wang.fang", next_page=""):
    return client.post("/sign-in", data={"username": username, "password": password, "next": next_page})


def is_signed_in(client):
    return client.get("/account").status_code == 200


def kept_cookie(client):
    return client.get_cookie("trainhub").value


def test_a_password_is_kept_as_argon2id_with_parameters_above_the_floor(account):
    stored = of().password_hash
    kind, version, parameters = stored.split("$")[1:4]
    assert (kind, version) == ("argon2id", "v=19")
    values = {key: int(value) for key, value in (pair.split("=") for pair in parameters.split(","))}
    assert values["m"] >= 19456 and values["t"] >= 2, "OWASP: at least 19 MiB and two rounds"
    assert PASSWORD not in stored


def test_who_knows_name_and_password_comes_in(client, account):
    answer = try_to_sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/home")
    assert is_signed_in(client)


def test_the_name_is_the_same_in_capitals_and_with_blanks(client, account):
    assert try_to_sign_in(client, username=" WANG.Fang ").status_code == 302


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, account):
    answers = [
        try_to_sign_in(client, password="wrong-password"),
        try_to_sign_in(client, username="nobody.here", password="wrong-password"),
    ]
    assert {answer.status_code for answer in answers} == {422}
    pages = [answer.text.replace("nobody.here", "NAME").replace("wang.fang", "NAME") for answer in answers]
    assert without_token(pages[0]) == without_token(pages[1])


def without_token(page):
    return re.sub(r'name="csrf_token"[^>]*>|<meta name="csrf[^>]*>|[0-9a-f]{16}', "", page)


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(client, account):
    for _ in range(5):
        try_to_sign_in(client, password="wrong-password")
    assert of().locked_until is not None
    assert try_to_sign_in(client).status_code == 422, "the right password does not open a locked account"
    assert not is_signed_in(client)
    assert "account.locked" in kinds()
    with clock.set_to(clock.now() + timedelta(minutes=15, seconds=1)):
        assert try_to_sign_in(client).status_code == 302
        assert of().failures == 0 and of().locked_until is None


def kinds():
    db.session.rollback()
    return [entry.kind for entry in db.session.scalars(select(Entry).order_by(Entry.id))]


def test_four_failures_and_a_success_begin_the_count_anew(client, account):
    for _ in range(4):
        try_to_sign_in(client, password="wrong-password")
    assert try_to_sign_in(client).status_code == 302
    client.post("/sign-out")
    for _ in range(4):
        try_to_sign_in(client, password="wrong-password")
    assert of().locked_until is None


def test_a_locked_account_says_no_more_than_an_unknown_one(client, account):
    for _ in range(5):
        last = try_to_sign_in(client, password="wrong-password")
    locked = try_to_sign_in(client)
    assert without_token(locked.text) == without_token(last.text)


def test_who_tries_one_name_too_often_is_told_to_wait(client, account):
    limiter.enabled = True
    limiter.reset()
    answers = [try_to_sign_in(client, username="guessed", password="") for _number in range(11)]
    assert answers[-1].status_code == 429
    assert "Retry-After" in answers[-1].headers
    assert re.search(r"请等待 \d+ 秒后再试", answers[-1].text)
    assert "per 1 minute" not in answers[-1].text
    limiter.reset()


def test_an_address_is_limited_by_what_it_was_refused_and_not_by_who_comes_in(client, account):
    limiter.enabled = True
    limiter.reset()
    try_to_sign_in(client, username="name", password="")
    refused_before(597)
    for _person in range(3):
        assert try_to_sign_in(client).status_code == 302
        client.post("/sign-out")
    statuses = [
        try_to_sign_in(client, username=f"more{number}", password="").status_code for number in range(3)
    ]
    assert statuses == [422, 422, 429]
    limiter.reset()


def test_a_whole_office_behind_one_address_signs_in(client, account):
    limiter.enabled = True
    limiter.reset()
    answers = [try_to_sign_in(client, username=f"name{number}", password="") for number in range(100)]
    assert {answer.status_code for answer in answers} == {422}
    limiter.reset()


def test_a_sign_in_begins_a_new_session_and_throws_away_what_the_browser_held(client, account):
    with client.session_transaction() as session:
        session["sign-in"] = "planted-by-somebody"
        session["basket"] = "planted"
    before = kept_cookie(client)
    try_to_sign_in(client)
    assert kept_cookie(client) != before
    with client.session_transaction() as session:
        assert session["sign-in"] != "planted-by-somebody"
        assert "basket" not in session


def test_who_signs_in_over_a_session_ends_it_also_where_a_copy_of_its_cookie_is_kept(app, client, account):
    try_to_sign_in(client)
    copy = kept_cookie(client)
    try_to_sign_in(client)

    other = app.test_client()
    other.set_cookie("trainhub", copy)
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_two_sign_ins_are_two_sessions(app, client, account):
    try_to_sign_in(client)
    other = app.test_client()
    try_to_sign_in(other)
    client.post("/sign-out")
    assert not is_signed_in(client)
    assert is_signed_in(other)


def test_a_session_that_was_signed_out_cannot_be_replayed(app, client, account):
    try_to_sign_in(client)
    stolen = kept_cookie(client)
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("trainhub", stolen)
    assert not is_signed_in(thief)


def test_the_database_does_not_hold_what_opens_a_session(client, account):
    try_to_sign_in(client)
    with client.session_transaction() as session:
        token = session["sign-in"]
    rows = db.session.scalars(select(SignIn)).all()
    assert [len(row.token_hash) for row in rows] == [64]
    assert token not in {row.token_hash for row in rows}


def test_a_session_ends_by_itself_after_twelve_hours(client, account):
    try_to_sign_in(client)
    with clock.set_to(clock.now() + timedelta(hours=12, seconds=1)):
        assert not is_signed_in(client)


def after(minutes):
    return clock.set_to(clock.now() + timedelta(minutes=minutes))


def note_use(app):
    """Do what the housekeeping of a serving process does every few seconds."""
    use.chore.run()


def test_a_session_ends_after_half_an_hour_without_use_and_the_door_says_so(app, client, account):
    try_to_sign_in(client)
    with after(29):
        assert is_signed_in(client)
        note_use(app)
    with after(58):
        assert is_signed_in(client), "each use counts"
    with after(60):
        assert not is_signed_in(client)
        note_use(app)
        assert not is_signed_in(client), "to have asked in vain is no use"
        assert "30 分钟无操作" in client.get("/sign-in").text


def test_what_was_used_is_written_once_a_minute_at_most(app, client, account):
    try_to_sign_in(client)
    began = db.session.scalars(select(SignIn.used_at)).one()
    with after(0.9):
        assert is_signed_in(client) and not app.extensions["used-sign-ins"]
    with after(1.1):
        assert is_signed_in(client)
        note_use(app)
        db.session.rollback()
        assert db.session.scalars(select(SignIn.used_at)).one() > began
        assert is_signed_in(client) and not app.extensions["used-sign-ins"]


def test_how_long_a_session_lasts_without_use_is_a_setting(app, client, account):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], idle=timedelta(minutes=5))
    try_to_sign_in(client)
    with after(6):
        assert not is_signed_in(client)


@pytest.mark.parametrize("minutes", ["4", "721", "-30", "²", "half an hour"])
def test_a_time_without_use_that_is_none_stops_the_start(minutes):
    with pytest.raises(BadSetting, match="TRAINHUB_IDLE_MINUTES"):
        read_settings({"TRAINHUB_IDLE_MINUTES": minutes})


def token_in(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


def typed_in_vain(client, token):
    return client.post("/account/phone", data={"phone": "13912345678<", "csrf_token": token})


def test_what_is_sent_after_the_session_ended_waits_until_the_same_person_signed_in_again(
    app, client, account
):
    app.config["WTF_CSRF_ENABLED"] = False
    try_to_sign_in(client)
    app.config["WTF_CSRF_ENABLED"] = True
    token = token_in(client.get("/account").text)
    with after(31):
        kept = typed_in_vain(client, token)
        assert kept.status_code == 403 and 'name="phone" value="13912345678&lt;"' in kept.text
        assert 'target="_blank"' in kept.text and "您填写的内容保留在本页" in kept.text
        door = token_in(client.get("/sign-in").text)
        data = {"username": "wang.fang", "password": PASSWORD, "csrf_token": door}
        assert client.post("/sign-in", data=data).status_code == 302

        sent = typed_in_vain(client, token_in(kept.text.partition('action="/sign-out"')[2] or kept.text))
        assert sent.status_code == 422, "it is taken, and its own field says what is wrong with it"
        assert "13912345678&lt;" in sent.text and "手机号为 11 位" in sent.text


def test_who_signs_in_as_somebody_else_sends_nothing_of_who_was_there_before(app, client, account):
    with transaction():
        open_account(make_person(), "li.si", PASSWORD, by=None)
    app.config["WTF_CSRF_ENABLED"] = False
    try_to_sign_in(client)
    app.config["WTF_CSRF_ENABLED"] = True
    token = token_in(client.get("/account").text)
    with after(31):
        data = {"username": "li.si", "password": PASSWORD, "csrf_token": token}
        assert client.post("/sign-in", data=data).status_code == 302
        assert typed_in_vain(client, token).status_code == 400


def test_an_account_that_is_switched_off_has_no_session(client, account):
    try_to_sign_in(client)
    with transaction():
        db.session.execute(update(Account).values(active=False))
    assert not is_signed_in(client)
    assert try_to_sign_in(client).status_code == 422


def test_every_session_ends_when_a_duty_is_withdrawn(client, account):
    try_to_sign_in(client)
    with transaction():
        end_all_sessions(of().person_id)
    assert not is_signed_in(client)


def change_password(client, old, new):
    return client.post("/account/password", data={"old": old, "new": new})


def test_a_new_password_ends_all_sessions_and_the_old_one_opens_nothing(app, client, account):
    other = app.test_client()
    try_to_sign_in(client)
    try_to_sign_in(other)
    assert change_password(client, PASSWORD, "another long one").status_code == 302
    assert not is_signed_in(client) and not is_signed_in(other)
    assert try_to_sign_in(client).status_code == 422
    assert try_to_sign_in(client, password="another long one").status_code == 302
    assert "account.password.changed" in kinds()


def test_a_password_is_changed_only_by_who_knows_the_old_one(client, account):
    try_to_sign_in(client)
    answer = change_password(client, "wrong-password", "another long one")
    assert answer.status_code == 422
    assert "旧密码不正确" in answer.text or "原密码" in answer.text
    assert is_signed_in(client)


def test_a_short_password_is_refused(client, account):
    try_to_sign_in(client)
    assert change_password(client, PASSWORD, "short").status_code == 422
    assert is_signed_in(client)


def test_guessing_the_old_password_locks_as_the_door_does(client, account):
    try_to_sign_in(client)
    for _ in range(5):
        change_password(client, "wrong-password", "another long one")
    assert of().locked_until is not None
    assert not is_signed_in(client), "who guesses in a stolen session loses it"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "/\r/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "home",
        "/%09/evil.example/../..//evil.example",
    ],
)
def test_the_door_leads_to_pages_of_this_site_alone(client, account, elsewhere):
    answer = try_to_sign_in(client, next_page=elsewhere)
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith("/") and not location.startswith(("//", "/\\"))
    assert "evil" not in location.partition("/")[0]
    again = client.get("/sign-in", query_string={"next": elsewhere})
    assert again.headers["Location"] == location


def test_the_door_leads_back_to_where_one_wanted_to_go(client, account):
    assert try_to_sign_in(client, next_page="/account?x=1").headers["Location"] == "/account?x=1"


def test_a_user_name_belongs_to_one_person_and_a_person_has_one(app, account):
    with pytest.raises(Invalid, match="taken|占用|已"), transaction():
        open_account(make_person(), "Wang.Fang", PASSWORD, by=None)
    with pytest.raises(Invalid), transaction():
        open_account(of().person, "second.name", PASSWORD, by=None)


def test_the_trail_tells_who_signed_in_and_never_the_password(client, account):
    try_to_sign_in(client)
    assert "account.signed_in" in kinds()
    bodies = " ".join(entry.body for entry in db.session.scalars(select(Entry)))
    assert PASSWORD not in bodies and "wang.fang" not in bodies


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client, account):
    answer = try_to_sign_in(client)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_comparing_with_the_hash_of_nobody_costs_what_comparing_with_somebodys_costs(account):
    stored = db.session.scalars(select(Account.password_hash)).one()
    assert extract_parameters(_nobody) == extract_parameters(stored)
