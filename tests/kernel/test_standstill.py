"""Whatever a database says when it cannot do something just now, people are asked to come again."""

from contextlib import ExitStack

import pytest
from flask_wtf import FlaskForm
from sqlalchemy import text
from wtforms import PasswordField

from tests.conftest import Client
from tests.delivery.stalling import pen_held
from tests.factories.people import make_account, make_person
from tests.on_postgres import application_on_postgres
from tests.servers import drop_database
from trainhub.cli.serving import THREADS
from trainhub.exams.delivery import writer
from trainhub.kernel import patience, web
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import db, transaction, writes

COMES_RIGHT = {
    "55P03": "a lock was not had in time",
    "57014": "a statement took too long",
    "40001": "it would not have been in any order",
    "40P01": "two waited for each other",
    "53300": "too many connections",
    "57P03": "the server is starting",
}


@pytest.fixture
def on_postgres(tmp_path):
    """An application on PostgreSQL with an address whose deed fails as it is told."""
    with application_on_postgres(tmp_path) as app:
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
        app.test_client_class = Client

        @app.post("/fails/<code>")
        @open_to_all("a test")
        @writes
        def fail(code):
            db.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"))
            return "done"

        yield app


@pytest.mark.postgres
@pytest.mark.parametrize("code", COMES_RIGHT)
def test_what_the_database_could_do_a_moment_later_is_asked_for_again(on_postgres, code):
    answer = on_postgres.test_client().post(f"/fails/{code}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "系统暂时无法响应" in answer.text


@pytest.mark.postgres
def test_what_fails_for_another_reason_is_called_a_fault_of_ours(on_postgres):
    assert on_postgres.test_client().post("/fails/23505").status_code == 500


@pytest.mark.postgres
def test_who_gets_no_connection_is_asked_to_come_again(on_postgres):
    with ExitStack() as taken:
        pool = db.engine.pool
        for _each in range(pool.size() + pool._max_overflow):
            taken.enter_context(db.engine.connect())
        answer = on_postgres.test_client().get("/sign-in")
        looked = on_postgres.test_client().get("/healthz")
        deed = on_postgres.test_client().post("/fails/23505")
    assert (answer.status_code, looked.status_code) == (200, 200)
    assert (deed.status_code, deed.headers["Retry-After"]) == (503, "3")


@pytest.mark.postgres
def test_an_error_page_that_cannot_be_made_without_the_database_asks_to_come_again(on_postgres):
    client = on_postgres.test_client()
    with transaction():
        person = make_person()
        make_account(person)
    client.sign_in(person)
    assert client.get("/there-is-no-such-page").status_code == 404
    db.session.remove()
    drop_database(db.engine.url.render_as_string(hide_password=False))
    assert client.get("/there-is-no-such-page").status_code == 503


def test_a_form_that_is_sent_again_brings_back_what_was_typed_and_no_password(app, client):
    @app.post("/typed")
    @open_to_all("a test")
    @writes
    def typed():
        db.session.execute(text("DELETE FROM people_person"))
        return "done"

    with pen_held(app.config["SQLALCHEMY_DATABASE_URI"]):
        answer = client.post("/typed", data={"reason": "<停电>", "room": ["1", "2"]})
        secret = client.post("/typed", data={"username": "walker", "password": "never back"})
        told = client.post("/typed", json={"reason": "停电"})
    assert {each.status_code for each in (answer, secret, told)} == {503}
    assert 'name="reason" value="&lt;停电&gt;"' in answer.text
    assert answer.text.count('name="room"') == 2
    assert "never back" not in secret.text
    assert "返回上一页重新提交" in secret.text
    assert told.json["error"] == "系统暂时无法响应"


def forms(kind=FlaskForm):
    for each in kind.__subclasses__():
        yield each
        yield from forms(each)


def test_every_field_that_holds_a_password_is_known_to_hold_one(app):
    fields = [
        (name, field)
        for form in forms()
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is PasswordField
    ]
    assert {name for name, _field in fields} >= {"password", "passphrase", "old", "new"}
    assert all(web.is_secret(name) for name, _field in fields)


def test_who_may_wait_for_a_standstill_to_end_leaves_threads_for_the_others():
    assert patience.PLACES + writer.PLACES < THREADS
