"""The pages of cases: what was typed stays, what was written is escaped, odd addresses are answered."""

from datetime import date, timedelta

import pytest

from tests.factories.cases import FACTS, Authority
from tests.factories.people import make_account, make_person
from trainhub.cases import drafting
from trainhub.governance.duties import record_grant
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty


@pytest.fixture
def authority(app):
    return Authority()


@pytest.mark.parametrize("query", ["year=²", "year=" + "9" * 20, "page=" + "9" * 20, "level=none"])
def test_an_odd_address_of_the_list_is_answered_with_a_page(client, authority, query):
    authority.publish()
    reader = make_person()
    make_account(reader)
    db.session.commit()
    client.sign_in(reader)
    assert client.get(f"/training/cases?{query}").status_code == 200


def test_what_was_typed_stays_when_a_fact_cannot_be(client, authority):
    drafter = authority.drafter.id
    db.session.commit()
    client.sign_in(db.session.get_one(type(authority.drafter), drafter))
    data = {name: value for name, value in vars(FACTS).items() if name != "loss_fen"} | {"loss": "1"}
    page = client.post("/training/cases/new", data=data | {"occurred_on": date(2999, 1, 1)})
    assert page.status_code == 422
    assert FACTS.events in page.text
    assert "事故日期不能晚于今天。" in page.text


def test_the_page_escapes_what_a_drafter_wrote_and_marks_what_was_found(client, authority):
    authority.publish(title="标题<script>alert(1)</script>案例", events="甲<b>上锁</b>乙")
    reader = make_person()
    make_account(reader)
    db.session.commit()
    client.sign_in(reader)
    page = client.get("/training/cases?q=上锁").text
    assert "<script>alert" not in page
    assert "<b>上锁" not in page
    assert "<mark>上锁</mark>" in page
    assert "&lt;script&gt;" in page


def test_who_drafted_a_case_and_may_approve_is_refused_on_the_page_with_the_rule(client, authority):
    until = clock.today() + timedelta(days=9)
    record_grant(authority.drafter, Duty.APPROVE_CASES, authority.organisation, clock.today(), until, by=None)
    case = drafting.draft_case(FACTS, authority.organisation, by=authority.drafter)
    drafting.submit(case, by=authority.drafter)
    code, drafter = case.code, authority.drafter
    db.session.commit()
    client.sign_in(drafter)
    answer = client.post(f"/training/cases/{code}/approve")
    assert (answer.status_code, "S-15" in answer.text) == (409, True)


def test_the_whole_way_over_the_pages(client, authority):
    drafter, approver, reader = authority.drafter.id, authority.approver.id, make_person().id
    db.session.commit()

    def be(person_id):
        client.sign_in(db.session.get_one(type(authority.drafter), person_id))

    be(drafter)
    data = {name: value for name, value in vars(FACTS).items() if name != "loss_fen"} | {"loss": "145000.50"}
    data["is_responsibility"] = "y"
    assert client.post("/training/cases/new", data=data | {"deaths": "-1"}).status_code == 422
    answer = client.post("/training/cases/new", data=data)
    assert answer.status_code == 302
    code = answer.location.split("/")[-2]
    assert client.get(f"/training/cases/{code}/edit").status_code == 200
    assert client.post(f"/training/cases/{code}/submit").status_code == 302
    assert client.post(f"/training/cases/{code}/approve").status_code == 403
    be(approver)
    assert client.get(f"/training/cases/{code}/review").status_code == 200
    send_back = f"/training/cases/{code}/send-back"
    back = client.post(f"{send_back}?lang=en", data={"text": " "}, follow_redirects=True).text
    assert "Say what is to be changed." in back and send_back in back
    client.get("/?lang=zh_CN")
    assert client.post(f"/training/cases/{code}/approve").status_code == 302
    be(reader)
    page = client.get(f"/training/cases/{code}")
    assert page.status_code == 200
    assert "145,000.50" in page.text
    assert client.post(f"/training/cases/{code}/acknowledge", data={"agreed": "y"}).status_code == 302
    assert client.post(f"/training/cases/{code}/acknowledge", data={"agreed": "y"}).status_code == 409
    assert client.get(f"/training/cases/{code}/coverage").status_code == 403
    be(drafter)
    assert "1" in client.get(f"/training/cases/{code}/coverage").text
    assert client.get("/training/cases/desk").status_code == 200
