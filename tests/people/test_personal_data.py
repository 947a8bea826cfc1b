"""ID numbers, telephone numbers, mail addresses: sealed on disk, masked on pages, absent from every log."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from sqlalchemy import select

from tests.factories.people import make_account, make_id_number, make_officer, make_organisation, make_person
from trainhub.kernel import clock
from trainhub.kernel.cipher import Undecipherable
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid, NotFound
from trainhub.kernel.logs import configure_logging
from trainhub.ledger import Entry
from trainhub.people.messages import tell
from trainhub.people.models import Person
from trainhub.people.persons import (
    get_person,
    give_mail,
    give_phone,
    id_number_of,
    mail_of,
    parse_phone,
    person_by_id_number,
    phone_of,
    record_person,
)
from trainhub.separation.duties import Duty

PHONE = "13798765432"
MAIL = "someone.private@example.cn"


@pytest.fixture
def number(app):
    """The ID number of a person who has given everything; returns it."""
    number = make_id_number()
    with transaction():
        person = make_person("欧阳若琳", number)
        make_account(person, "ruolin")
        give_phone(person, PHONE)
        give_mail(person, MAIL)
        tell(person, "test.told", f"您的号码 {PHONE}")
    return number


def the_person(number):
    db.session.rollback()
    return person_by_id_number(number)


def raw_bytes(app):
    """Everything that lies on disk, as a thief of the machine would read it."""
    db.session.rollback()
    db.session.remove()
    db.engine.dispose()
    folder = app.config["SETTINGS"].instance
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_disk_does_not_tell_numbers_or_addresses(app, number):
    disk = raw_bytes(app)
    assert "欧阳若琳".encode() in disk, "the search itself works"
    for secret in (number, number[6:14] + number[14:], PHONE, MAIL):
        assert secret.encode() not in disk
        assert secret.encode("utf-16-le") not in disk


def test_what_was_given_can_be_read_by_who_holds_the_key(number):
    person = the_person(number)
    assert (id_number_of(person), phone_of(person), mail_of(person)) == (number, PHONE, MAIL)


def test_a_sealed_number_cannot_be_moved_to_another_person(number):
    with transaction():
        other = make_person()
        other.phone_sealed = the_person_in_here(number).phone_sealed
        other_id = other.id
    with pytest.raises(Undecipherable):
        phone_of(db.session.get_one(Person, other_id))


def the_person_in_here(number):
    return person_by_id_number(number)


def test_the_trail_names_nobody(number):
    bodies = " ".join(body or "" for body in db.session.scalars(select(Entry.body)))
    for secret in (number, PHONE, MAIL, "欧阳若琳"):
        assert secret not in bodies


def test_pages_show_numbers_masked(client, number):
    client.sign_in(the_person(number))
    page = client.get("/account").text
    assert number[:3] + "*" * 13 + number[-2:] in page
    assert "137****5432" in page and "s****@example.cn" in page
    assert number not in page and MAIL not in page


@pytest.fixture
def log_lines(app):
    """What the process writes to its logs, as in real life."""
    kept = io.StringIO()
    configure_logging()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(kept))
    handler = logging.StreamHandler(kept)
    logging.getLogger().addHandler(handler)
    yield kept
    logging.getLogger().removeHandler(handler)
    structlog.reset_defaults()


def test_no_log_line_holds_anything_personal(app, client, number, log_lines):
    with transaction():
        administrator = make_officer(Duty.ADMINISTER_SYSTEM, make_organisation(kind="authority"))
    fresh = make_id_number()
    client.post("/sign-in", data={"username": "ruolin", "password": "my-secret-password"})
    client.get("/nothing/" + number)
    client.get(f"/oversight/people?q={number}")
    client.sign_in(administrator)
    client.post("/oversight/people/new", data={"name": "诸葛明", "id_number": fresh, "username": "zhuge"})
    client.post(
        "/oversight/people/new", data={"name": "诸葛明", "id_number": fresh[:-1], "username": "zhuge2"}
    )
    client.get(f"/oversight/people?q={fresh}")
    client.sign_in(the_person(number))
    client.post("/account/phone", data={"phone": "13611112222"})
    client.post("/account/mail", data={"mail": "other@example.cn"})
    client.post("/account/password", data={"old": "my-old-password", "new": "my-new-password"})
    said = log_lines.getvalue()
    assert said.count('"event": "request"') >= 9
    for secret in (number, fresh, "13611112222", PHONE, MAIL, "other@example.cn", "欧阳若琳", "诸葛明"):
        assert secret not in said
    for secret in ("my-secret-password", "my-old-password", "my-new-password", "ruolin", "zhuge"):
        assert secret not in said


def test_every_request_has_one_line_with_its_id_and_its_pattern(client, number, log_lines):
    answer = client.get("/oversight/people/ruolin")
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["request"] == answer.headers["X-Request-Id"]
    assert line["route"] == "/oversight/people/<username>"
    assert line["status"] == 302 and line["method"] == "GET" and line["ms"] >= 0


def test_two_requests_have_two_ids(client):
    ids = {client.get("/").headers["X-Request-Id"] for _ in range(20)}
    assert len(ids) == 20


def test_an_id_from_outside_is_not_believed(client):
    forged = client.get("/", headers={"X-Request-Id": "forged"}).headers["X-Request-Id"]
    assert forged != "forged"


def test_a_person_is_recorded_once_by_their_number(number):
    with transaction():
        assert record_person("欧阳若琳", number.lower(), by=None).id == the_person_in_here(number).id


def test_a_number_on_record_under_another_name_is_refused(number):
    with pytest.raises(Invalid, match="另一姓名"), transaction():
        record_person("张三", number, by=None)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "王\x00芳", "王\u202e芳"])
def test_a_name_that_is_none_is_refused(app, name):
    with pytest.raises(Invalid), transaction():
        record_person(name, by=None)


def test_blanks_in_a_chinese_name_are_dropped_and_those_in_another_kept(app):
    with transaction():
        assert record_person(" 王　 芳 ", by=None).name == "王芳"
        assert record_person(" Anna  Maria ", by=None).name == "Anna Maria"


@pytest.mark.parametrize("typed", ["13798765432", " +86 137-9876-5432 ", "137 9876 5432"])
def test_a_mobile_number_is_read_in_all_its_forms(app, typed):
    assert parse_phone(typed) == PHONE


@pytest.mark.parametrize(
    "typed",
    [
        "12345678901",
        "1379876543",
        "137987654321",
        "abc",
        "",
        "１３７９８７６５４３２",
        "13７９８７６５４３２",
    ],
)
def test_what_is_no_mobile_number_is_refused(app, typed):
    with pytest.raises(Invalid):
        parse_phone(typed)


def test_a_number_given_says_when(number):
    assert the_person(number).phone_given_at <= clock.now()


def test_an_id_that_nobody_has_finds_nobody(app):
    with pytest.raises(NotFound):
        get_person("0" * 32)
