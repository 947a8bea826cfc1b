"""The calls of an exam as machines make them: who may call, what comes back, and what never does."""

import gzip
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff
from tests.factories.delivery import (
    QUESTIONS,
    lay_out_paper,
    make_seated_candidate,
    make_seated_sitting,
    make_working_attempt,
)
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from trainhub.exams import delivery
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.items import Draft, write_item
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.models_media import BankMedium
from trainhub.exams.delivery import HaltKind, surroundings
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.reading import is_intact
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, transaction

ADDRESSES = ("state", "start", "journal", "hand-in")


@pytest.fixture
def sitting(app):
    sitting = make_seated_sitting(paper_code="P-GATE")
    lay_out_paper(app, sitting)
    db.session.commit()
    return sitting


@pytest.fixture
def admitted(sitting):
    """Number, code and token of somebody who was let in and has signed in at a machine."""
    attempt = delivery.admit(make_seated_candidate(sitting, 3), by=sitting.planned_by)
    attempt.token_hash = hash_token("token-of-the-machine")
    db.session.commit()
    return attempt.id, attempt.code, "token-of-the-machine"


def call(client, who, name, body=None, **headers):
    _id, code, token = who
    db.session.rollback()
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": code} | headers
    if name == "state":
        return client.get("/exam/attempt/state", headers=headers)
    return client.post(f"/exam/attempt/{name}", json=body or {}, headers=headers)


def document(client, who, address):
    answer = client.get(address, headers={"Authorization": f"Bearer {who[2]}"})
    return answer, json.loads(gzip.decompress(answer.data)) if answer.status_code == 200 else None


def change(sequence, position=1, response="T"):
    facts = {"sequence": sequence, "position": position, "response": response, "flagged": False}
    return facts | {"how": "key", "shown_ms": 900}


def test_a_page_that_begins_gets_its_own_order_of_a_document_that_all_share(client, sitting, admitted):
    begun = call(client, admitted, "start").json
    _answer, shown = document(client, admitted, begun["form"]["address"])
    form = read_form(db.session.get(Attempt, admitted[0]).form)

    assert [len(shown["questions"][place]["options"]) for place, _options in begun["form"]["order"]] == [
        len(place.options) for place in form
    ]
    for (question, options), place in zip(begun["form"]["order"], form, strict=True):
        assert f"第{place.number}号题" in shown["questions"][question]["stem"]
        texts = [shown["questions"][question]["options"][each] for each in options]
        assert texts == [f"选项{key}" for key in place.options]


def test_beginning_again_gives_the_same_order_and_the_answers_so_far(client, sitting, admitted):
    first = call(client, admitted, "start").json
    call(client, admitted, "journal", {"changes": [change(1), change(2, 2, "F"), change(3, 1, "F")]})
    again = call(client, admitted, "start").json

    assert again["form"] == first["form"]
    assert again["deadline"] == first["deadline"]
    assert sorted((each["position"], each["response"]) for each in again["answers"]) == [(1, "F"), (2, "F")]


def test_two_candidates_get_the_same_document_and_different_orders(client, sitting, admitted):
    other = delivery.admit(make_seated_candidate(sitting, 4), by=sitting.planned_by)
    other.token_hash = hash_token("another")
    db.session.commit()
    one = call(client, admitted, "start").json["form"]
    two = call(client, (other.id, other.code, "another"), "start").json["form"]

    assert one["address"].split("?")[0] == two["address"].split("?")[0]
    assert one["address"] != two["address"]
    assert one["order"] != two["order"]


def test_the_document_holds_no_key_and_not_the_order_of_the_paper(client, sitting, admitted):
    begun = call(client, admitted, "start").json
    _answer, shown = document(client, admitted, begun["form"]["address"])

    assert {key for each in shown["questions"] for key in each} == {"type", "marks", "stem", "options"}
    in_paper = [f"第{number}号题" for number, _kind, _options in QUESTIONS]
    assert [each["stem"][: len("第1号题")] for each in shown["questions"]] != in_paper
    assert any(each["options"] != sorted(each["options"]) for each in shown["questions"])


def test_the_address_of_a_document_is_worth_nothing_to_another_machine(client, sitting, admitted):
    address = call(client, admitted, "start").json["form"]["address"]
    stranger = make_working_attempt(sitting, 8)

    assert client.get(address).status_code == 401
    assert client.get(address, headers={"Authorization": f"Bearer {stranger[1]}"}).status_code == 401
    assert (
        client.get(address.split("?")[0], headers={"Authorization": f"Bearer {admitted[2]}"}).status_code
        == 401
    )


@pytest.mark.parametrize("end", ["moved", "handed in"])
def test_a_machine_that_was_cut_off_or_has_handed_in_does_not_get_the_paper_any_more(
    app, client, sitting, admitted, end
):
    address = call(client, admitted, "start").json["form"]["address"]
    if end == "moved":
        with transaction():
            attempt = db.session.get(Attempt, admitted[0])
            delivery.move(attempt, "键盘失灵", by=attempt.sitting.planned_by)
    else:
        assert call(client, admitted, "hand-in", {"last_sequence": 0}).json["state"] == "handed_in"
    # A process remembers for a minute where a machine stands.
    surroundings.forget(app)

    answer, _shown = document(client, admitted, address)

    assert answer.status_code == 401


def test_a_process_that_did_not_answer_the_beginning_hands_out_the_document_too(
    app, client, sitting, admitted
):
    address = call(client, admitted, "start").json["form"]["address"]
    app.extensions["prepared-by-code"].clear()
    app.extensions["prepared-forms"].clear()

    answer, _shown = document(client, admitted, address)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ADDRESSES)
def test_without_its_token_or_under_another_name_nothing_is_answered(client, sitting, admitted, name):
    body = {"changes": [change(1)]} if name == "journal" else {"last_sequence": 0}
    other, other_token = make_working_attempt(sitting, 9)
    with_other_token = (admitted[0], admitted[1], other_token)

    assert call(client, (0, admitted[1], ""), name, body).status_code == 401
    assert call(client, (0, other.code, admitted[2]), name, body).status_code == 401
    assert call(client, with_other_token, name, body).status_code == 401
    assert db.session.get(Attempt, admitted[0]).state == "admitted"


@pytest.mark.parametrize("name", ADDRESSES[1:])
def test_a_form_of_another_site_cannot_call(client, sitting, admitted, name):
    headers = {"X-Attempt": admitted[1], "Authorization": f"Bearer {admitted[2]}"}
    answer = client.post(f"/exam/attempt/{name}", data={"changes": "[]"}, headers=headers)

    assert answer.status_code == 422


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"null", b'"x"', b"[" * 100_000, b'{"changes": 1}'])
def test_what_is_no_packet_is_refused_in_words(client, sitting, admitted, raw):
    headers = {"X-Attempt": admitted[1], "Authorization": f"Bearer {admitted[2]}"}
    headers |= {"Content-Type": "application/json"}
    answer = client.post("/exam/attempt/journal", data=raw, headers=headers)

    assert answer.status_code == 422
    assert answer.json["error"]


@pytest.mark.parametrize("mac", ["\ud800", "é", "a" * 33, ""])
def test_a_beacon_that_this_server_cannot_have_made_is_refused_and_stops_nobody(
    client, sitting, admitted, mac
):
    call(client, admitted, "start")
    body = {"changes": [change(1)], "beacon": {"at": 0, "sequence": 0, "mac": mac}}

    answer = call(client, admitted, "journal", body)

    assert (answer.status_code, "Retry-After" in answer.headers) == (422, False)
    assert call(client, admitted, "journal", {"changes": [change(1)]}).status_code == 200


def test_a_body_without_end_is_refused_before_it_is_read(client, sitting, admitted):
    headers = {"X-Attempt": admitted[1], "Authorization": f"Bearer {admitted[2]}"}
    headers |= {"Content-Type": "application/json"}
    assert client.post("/exam/attempt/journal", data=b" " * 200_000, headers=headers).status_code == 422


def test_a_refusal_is_told_in_the_readers_language(client, sitting, admitted):
    chinese = call(client, admitted, "hand-in", {"last_sequence": 0})
    client.get("/?lang=en")
    english = call(client, admitted, "hand-in", {"last_sequence": 0})

    assert chinese.status_code == english.status_code == 409
    assert english.json["error"] == "The exam has not begun for you yet."
    assert chinese.json["error"] != english.json["error"]


def test_nobody_begins_before_the_time(client, sitting, admitted):
    with clock.set_to(sitting.starts_at - timedelta(minutes=2)):
        early = call(client, admitted, "start")
        waiting = call(client, admitted, "state").json

    assert early.status_code == 409
    assert waiting["may_start"] is False
    assert db.session.get(Attempt, admitted[0]).form is None


def test_handing_in_has_its_time_tells_what_was_answered_and_is_done_once(client, sitting, admitted):
    allowed = sitting.starts_at + timedelta(minutes=30)
    sitting.early_hand_in_minutes = 30
    db.session.commit()
    begun = call(client, admitted, "start").json
    call(client, admitted, "journal", {"changes": [change(1), change(2, 2, "F"), change(3, 2, None)]})
    early = call(client, admitted, "hand-in", {"last_sequence": 3})
    with clock.set_to(allowed):
        first = call(client, admitted, "hand-in", {"last_sequence": 3}).json
    second = call(client, admitted, "hand-in", {"last_sequence": 3}).json

    assert begun["hand_in_from"] == round(allowed.timestamp() * 1000)
    assert (early.status_code, "receipt" in early.json) == (409, False)
    assert (first["answered"], first["questions"], first["late"]) == (1, 10, "none")
    assert first["receipt"] == second["receipt"]
    assert call(client, admitted, "state").json["receipt"] == first["receipt"]
    assert is_intact(db.session.get(Attempt, admitted[0]))


def test_a_page_that_hands_in_at_the_end_does_not_hand_in_before_it(client, sitting, admitted):
    """More time may be given between the page's last question for the deadline and its handing in."""
    call(client, admitted, "start")
    at_end = {"last_sequence": 0, "time_is_over": True}
    early = call(client, admitted, "hand-in", at_end)
    assert (early.status_code, early.json.get("reason")) == (409, None)
    assert call(client, admitted, "hand-in", at_end | {"time_is_over": "yes"}).status_code == 422
    assert call(client, admitted, "state").json["state"] == "working"
    with clock.set_to(clock.now() + timedelta(minutes=sitting.minutes)):
        assert call(client, admitted, "hand-in", at_end).json["ending"] == "deadline"


def test_after_a_pause_every_answer_tells_when_one_may_hand_in(client, sitting, admitted):
    sitting.early_hand_in_minutes = 30
    allowed = sitting.starts_at + timedelta(minutes=40)
    db.session.commit()
    call(client, admitted, "start")
    now = clock.now()
    with clock.set_to(now), transaction():
        row = delivery.halt(sitting, HaltKind.PAUSE, "网络故障", by=sitting.planned_by)
    with clock.set_to(now + timedelta(minutes=10)):
        with transaction():
            delivery.resume(row, by=sitting.planned_by)
        told = [
            call(client, admitted, "journal", {"changes": []}).json,
            call(client, admitted, "journal", {"changes": [change(1)]}).json,
            call(client, admitted, "start").json,
            call(client, admitted, "state").json,
        ]

    assert {each["hand_in_from"] for each in told} == {round(allowed.timestamp() * 1000)}


def test_a_page_learns_that_time_stands_still_and_that_it_goes_on(client, sitting, admitted):
    call(client, admitted, "start")
    with transaction():
        row = delivery.halt(sitting, HaltKind.PAUSE, "网络故障", by=sitting.planned_by)
    paused = call(client, admitted, "journal", {"changes": []}).json
    with transaction():
        delivery.resume(row, by=sitting.planned_by)
    going_on = call(client, admitted, "journal", {"changes": []}).json

    assert (paused["state"], paused["paused"]["kind"]) == ("paused", "pause")
    assert (going_on["state"], going_on["paused"]) == ("working", None)


def test_every_answer_of_the_gate_wears_the_headers_of_the_house(client, sitting, admitted):
    for answer in (call(client, admitted, "state"), call(client, admitted, "journal", {"changes": 1})):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_file_of_the_form_comes_after_the_beginning_to_its_machine_alone_and_may_be_kept(
    app, client, sitting, admitted
):
    staff = make_staff()
    bank = make_bank(staff)
    bring(bank, WORKSHOP, by=staff.author)
    draft = Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING)
    code = write_item(bank, draft, by=staff.author).code
    db.session.commit()
    items = (PaperItem(1, code, 1, "hazard_spotting", 4, HAZARD_SPOTTING),)
    paper = PaperContent("P-GATE", "SAFETY-MANAGER", 60, 2, items)
    app.extensions["opened-papers"][("P-GATE", sitting.code)] = paper

    begun = call(client, admitted, "start").json
    path, query = begun["form"]["address"].split("?")
    _answer, shown = document(client, admitted, begun["form"]["address"])
    digest = shown["questions"][0]["scene"][0]
    bearer = {"Authorization": f"Bearer {admitted[2]}"}
    answer = client.get(f"{path}/{digest}?{query}", headers=bearer)
    assert answer.data == WORKSHOP.content and answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(f"{path}/{digest}?{query}").status_code == 401
    assert client.get(f"{path}/{digest}?k=0", headers=bearer).status_code == 401
    assert client.get(f"{path}/{'0' * 64}?{query}", headers=bearer).status_code == 404
    for region in HAZARD_SPOTTING.detail.regions:
        assert region.name not in json.dumps(shown, ensure_ascii=False)

    row = db.session.scalars(select(BankMedium)).one()
    storage.replace(row.file_key, storage.read(row.file_key)[:-1] + b"x")
    db.session.rollback()
    app.extensions["prepared-forms"].clear()
    app.extensions["prepared-by-code"].clear()
    refused = call(client, admitted, "start")
    assert refused.status_code == 409 and "workshop.png" in refused.json["error"]
