"""People are told at what they gave themselves: one interface, a carrier behind it."""

import json
import threading

import pytest

from tests.factories.people import make_person
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l, as_kept, in_language
from trainhub.people import messages
from trainhub.people.models import Message, MessageState
from trainhub.people.persons import give_mail, give_phone


class Carrier:
    """A carrier that does what it is told to do."""

    def __init__(self, problem=None):
        self.problem, self.taken = problem, []

    def send(self, channel, to, text):
        if self.problem:
            raise self.problem
        self.taken.append((channel, to, text))


def outbox(app):
    path = app.config["SETTINGS"].instance / "outbox" / "outbox.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def person_id(app):
    with transaction():
        return make_person().id


def person(person_id):
    return db.session.get_one(messages.Person, person_id)


def queue(person_id, text="您已被登记参加考试。"):
    with transaction():
        messages.tell(person(person_id), "sitting.registered", text)


def send():
    with transaction():
        return messages.send_waiting()


def state():
    return db.session.query(Message).one().state


def test_a_text_goes_to_the_number_that_the_person_gave(app, person_id):
    with transaction():
        give_phone(person(person_id), "137 0000 1111")
    queue(person_id)
    assert send() == 1
    said = outbox(app)
    assert [(each["channel"], each["to"], each["text"]) for each in said] == [
        ("text", "13700001111", "您已被登记参加考试。")
    ]
    assert state() == MessageState.SENT


def test_words_of_the_house_reach_a_telephone_in_chinese_and_ones_own_page_in_its_language(app, person_id):
    with transaction():
        give_phone(person(person_id), "137 0000 1111")
    with in_language("en"):
        queue(person_id, as_kept(_l("Reason")))
        assert send() == 1
        on_the_page = [text for _message, text in messages.own_messages(person(person_id))]
    assert [each["text"] for each in outbox(app)] == ["原因"]
    assert on_the_page == ["Reason"]


def test_who_gave_only_a_mail_address_is_told_by_mail(app, person_id):
    with transaction():
        give_mail(person(person_id), " someone@example.cn ")
    queue(person_id)
    assert send() == 1
    assert [(each["channel"], each["to"]) for each in outbox(app)] == [("mail", "someone@example.cn")]


def test_a_message_waits_until_the_person_gives_a_number(app, person_id):
    queue(person_id)
    assert (send(), state()) == (0, MessageState.NO_ADDRESS)
    assert messages.waiting_for_number([person_id]) == {person_id}
    with transaction():
        give_phone(person(person_id), "13700001111")
        assert messages.release(person(person_id)) == 1
    assert (send(), state()) == (1, MessageState.SENT)


def test_nothing_is_sent_twice(app, person_id):
    with transaction():
        give_phone(person(person_id), "13700001111")
    queue(person_id)
    assert [send(), send()] == [1, 0]
    assert len(outbox(app)) == 1


def test_a_carrier_that_does_not_answer_is_tried_again(app, person_id):
    with transaction():
        give_phone(person(person_id), "13700001111")
    queue(person_id)
    app.extensions["carrier"] = Carrier(OSError("no line"))
    assert (send(), state()) == (0, MessageState.WAITING)
    app.extensions["carrier"] = working = Carrier()
    assert (send(), state(), len(working.taken)) == (1, MessageState.SENT, 1)


def test_nobody_who_writes_waits_for_a_carrier_that_takes_its_time(app, person_id):
    """The carrier answers only once somebody else has written; with the pen in its hand it never would."""
    with transaction():
        give_phone(person(person_id), "13700001111")
    queue(person_id)
    db.session.rollback()
    wrote = threading.Event()

    def write():
        with app.app_context(), transaction():
            make_person()
        wrote.set()

    class Slow:
        def send(self, channel, to, text):
            threading.Thread(target=write, daemon=True).start()
            assert wrote.wait(10), "somebody waits for the carrier"

    app.extensions["carrier"] = Slow()
    chore = next(each for each in app.extensions["chores"] if each.name == "messages")
    chore.run()
    assert (wrote.is_set(), state()) == (True, MessageState.SENT)


def test_an_address_that_does_not_exist_is_given_up_and_says_so(app, person_id):
    with transaction():
        give_phone(person(person_id), "13700001111")
    queue(person_id)
    app.extensions["carrier"] = Carrier(messages.Undeliverable("no such number"))
    assert (send(), state()) == (0, MessageState.FAILED)


def test_text_and_address_lie_encrypted_in_the_database(app, person_id):
    with transaction():
        give_phone(person(person_id), "13700001111")
        give_mail(person(person_id), "someone@example.cn")
    queue(person_id, "一段不应明文保存的文字")
    db.session.remove()
    db.engine.dispose()
    stored = b"".join(
        path.read_bytes() for path in app.config["SETTINGS"].instance.glob("trainhub.db*") if path.is_file()
    )
    for secret in ("13700001111", "someone@example.cn", "一段不应明文保存的文字"):
        assert secret.encode() not in stored


@pytest.mark.parametrize("mail", ["", "a", "a@b", "a b@c.cn", "a@c.cn\nBcc: x@y.cn", "x" * 250 + "@c.cn"])
def test_what_is_no_mail_address_is_refused(app, person_id, mail):
    with pytest.raises(Invalid), transaction():
        give_mail(person(person_id), mail)
    db.session.rollback()
    assert person(person_id).mail_sealed is None


def test_the_account_page_keeps_ones_own_address_and_shows_it_masked(client, person_id):
    client.sign_in(person(person_id))
    answer = client.post("/account/mail", data={"mail": "someone@example.cn"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "s****@example.cn" in answer.text
    assert "someone@example.cn" not in answer.text
    refused = client.post("/account/mail", data={"mail": "nobody"})
    assert refused.status_code == 422
    assert "name@example.cn" in refused.text


def test_on_ones_own_page_an_address_of_this_house_leads_there_and_another_is_text(client, person_id):
    ours = client.application.config["SETTINGS"].public_url
    queue(person_id, f"如非本人报名，请在此提出异议：{ours}/exam/objections/ab12 https://elsewhere.cn/x <b>")
    client.sign_in(person(person_id))
    page = client.get("/account").text
    assert f'异议：<a href="{ours}/exam/objections/ab12">{ours}/exam/objections/ab12</a> ' in page
    assert 'href="https://elsewhere.cn' not in page
    assert "https://elsewhere.cn/x &lt;b&gt;" in page
