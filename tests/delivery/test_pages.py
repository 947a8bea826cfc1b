"""The candidate's pages and calls over HTTP."""

import re

import pytest
from sqlalchemy import select

from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.limits import refused_before
from trainhub.exams import delivery
from trainhub.exams.delivery import writer
from trainhub.exams.delivery.models import Attempt, Ending
from trainhub.kernel.db import db
from trainhub.people.limits import limiter
from trainhub.people.persons import give_phone, id_number_of

FACTS = {"sequence": 1, "position": 1, "response": "T", "flagged": False, "how": "key", "shown_ms": 900}


@pytest.fixture
def at_work(app):
    attempt, token = make_working_attempt(make_seated_sitting())
    return attempt.id, attempt.code, token


def post(client, at_work, name, body, code=None):
    _id, own, token = at_work
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": code or own, "Accept": "application/json"}
    return client.post(f"/exam/attempt/{name}", json=body, headers=headers)


def test_a_saved_answer_is_acknowledged_with_its_link(client, at_work):
    answer = post(client, at_work, "journal", {"changes": [FACTS]})

    assert answer.status_code == 200
    assert answer.json["last_sequence"] == 1
    assert answer.json["links"]["1"] == answer.json["head"]


def test_a_beat_without_changes_tells_time_and_deadline(client, at_work):
    answer = post(client, at_work, "journal", {"changes": []})

    assert answer.json["deadline"] > answer.json["now"]


def test_without_a_token_or_with_another_attempts_name_nothing_is_taken(client, at_work):
    assert client.post("/exam/attempt/journal", json={"changes": [FACTS]}).status_code == 401
    assert post(client, at_work, "journal", {"changes": [FACTS]}, code="another").status_code == 401
    assert post(client, at_work, "hand-in", {"last_sequence": 0}, code="another").status_code == 401


def test_a_gap_is_answered_with_the_number_expected(client, at_work):
    answer = post(client, at_work, "journal", {"changes": [FACTS | {"sequence": 4}]})

    assert (answer.status_code, answer.json["reason"], answer.json["expected"]) == (409, "gap", 1)


def test_a_hand_in_before_all_has_arrived_is_answered_with_the_number_expected(client, at_work):
    answer = post(client, at_work, "hand-in", {"last_sequence": 2})

    assert (answer.status_code, answer.json["reason"], answer.json["expected"]) == (409, "gap", 1)
    assert db.session.get(Attempt, at_work[0], populate_existing=True).state == "working"


@pytest.mark.parametrize(
    "body", [[], {}, {"changes": {}}, {"changes": [], "deadline": 0}, {"changes": [FACTS | {"link": "x"}]}]
)
def test_a_packet_of_another_form_is_refused(client, at_work, body):
    assert post(client, at_work, "journal", body).status_code == 422


def test_more_time_cannot_be_had_by_a_parameter_nobody_offered(client, at_work):
    before = db.session.get(Attempt, at_work[0]).deadline
    post(client, at_work, "start", {"deadline": 9e15, "extra_seconds": 9999})
    post(client, at_work, "hand-in", {"last_sequence": 5, "extra_seconds": 9999})

    attempt = db.session.get(Attempt, at_work[0], populate_existing=True)
    assert (attempt.deadline, attempt.extra_seconds, attempt.state) == (before, 0, "working")


def test_handing_in_twice_over_http_gives_one_receipt(client, at_work):
    post(client, at_work, "journal", {"changes": [FACTS]})
    first = post(client, at_work, "hand-in", {"last_sequence": 1})
    second = post(client, at_work, "hand-in", {"last_sequence": 1})

    assert first.status_code == 200
    assert first.json["receipt"] == second.json["receipt"]
    assert first.json["answered"] == 1


def enter(client, ticket, digits):
    return client.post("/exam/attempt/enter", data={"ticket_number": ticket, "last_six": digits})


@pytest.fixture
def admitted(app):
    candidate = make_seated_candidate(make_seated_sitting(), 1)
    delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    return candidate.ticket_number, id_number_of(candidate.person)[-6:]


def test_a_candidate_signs_in_and_gets_a_cookie_that_no_script_and_no_other_site_can_use(client, admitted):
    answer = enter(client, *admitted)

    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 302
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/exam/attempt" in cookie


def test_whose_sign_in_was_answered_into_the_void_signs_in_once_more_at_the_same_machine(
    app, client, admitted
):
    client.get("/exam/attempt")
    first = enter(client, *admitted)
    again = enter(client, *admitted)
    other = app.test_client()
    other.get("/exam/attempt")

    assert first.status_code == again.status_code == 302
    tokens = {answer.headers["Set-Cookie"].split(";")[0] for answer in (first, again)}
    assert len(tokens) == 1, "a request that came twice must not take the first answer's token away"
    assert enter(other, *admitted).status_code == 422


def test_the_exam_page_shows_the_person_masked_and_no_question(client, admitted):
    enter(client, *admitted)
    page = client.get("/exam/attempt").get_data(as_text=True)

    assert admitted[0] in page
    assert admitted[1] not in page


def test_no_result_is_promised_to_a_number_that_nobody_gave(client, admitted):
    enter(client, *admitted)
    person = db.session.query(Attempt).one().candidate.person
    to_a_number = "成绩将通知到您本人提供的手机号。"

    assert to_a_number not in client.get("/exam/attempt").text
    give_phone(db.session.merge(person), "13812345678")
    db.session.commit()
    assert to_a_number in client.get("/exam/attempt").text


def test_whatever_is_wrong_the_answer_is_the_same(client, admitted):
    wrong_digits = enter(client, admitted[0], "123456")
    wrong_ticket = enter(client, "26T999-9999-9999", admitted[1])

    def body(answer):
        # The mark of a form says when it was made: to the second.
        page = re.sub(r'name="csrf_token"[^>]*>', "", answer.get_data(as_text=True))
        return (
            page.replace(admitted[0], "")
            .replace("26T999-9999-9999", "")
            .replace("123456", "")
            .replace(admitted[1], "")
        )

    assert wrong_digits.status_code == wrong_ticket.status_code == 422
    assert 'role="alert" tabindex="-1" data-focus' in wrong_digits.text, "the focus goes to the reason"
    assert body(wrong_digits) == body(wrong_ticket)


def test_a_page_that_answers_a_form_changes_its_language_at_an_address_that_can_be_asked(client, admitted):
    refused = enter(client, admitted[0], "123456").get_data(as_text=True)
    english = re.search(r'href="([^"]+)"[^>]*hreflang="en"', refused)[1]
    answer = client.get(english.replace("&amp;", "&"))

    assert answer.status_code == 200
    assert "Ticket number" in answer.get_data(as_text=True)


def test_guessing_at_one_ticket_is_slowed_down(client, admitted):
    answers = [enter(client, admitted[0], f"{guess:06d}") for guess in range(12)]
    assert answers[-1].status_code == 429
    # The candidate is led back to their own way in, not to that of the staff.
    ways = re.search(r'<p class="actions">(.*?)</p>', answers[-1].text)[1]
    assert 'href="/exam/attempt"' in ways and "/sign-in" not in ways


def test_a_site_behind_one_address_is_counted_by_wrong_entries_and_not_by_who_comes_in(client, admitted):
    limiter.reset()
    for number in range(60):
        enter(client, f"26T999-9999-{number:04d}", "")
    refused_before(539)
    assert [enter(client, *admitted).status_code for _again in range(3)] == [302] * 3
    assert enter(client, "26T999-9999-9998", "").status_code == 422
    assert enter(client, "26T999-9999-9999", "").status_code == 429
    limiter.reset()


def test_a_site_behind_one_address_checks_its_receipts_and_nobody_one_on_and_on(client):
    others = [client.get(f"/exam/receipt?receipt=AAAA-BBBB-{number:04d}") for number in range(40)]
    same = [client.get("/exam/receipt?receipt=AAAA-BBBB-CCCC").status_code for _again in range(11)]
    assert {each.status_code for each in others} == {404} and same == [404] * 10 + [429]


def test_a_receipt_of_what_does_not_count_says_so(client, at_work):
    receipt = post(client, at_work, "hand-in", {"last_sequence": 0}).json["receipt"]
    address = f"/exam/receipt?receipt={receipt}"
    assert "不计分" not in client.get(address).text
    for ending in (Ending.REPLACED, Ending.BROKEN_OFF):
        attempt = db.session.scalar(select(Attempt).where(Attempt.receipt == receipt))
        attempt.ending = ending
        db.session.commit()
        assert "不计分" in client.get(address).text


def test_a_receipt_can_be_checked_by_whoever_holds_it(client, at_work):
    receipt = post(client, at_work, "hand-in", {"last_sequence": 0}).json["receipt"]

    assert client.get(f"/exam/receipt?receipt={receipt}").status_code == 200
    assert client.get("/exam/receipt?receipt=AAAA-BBBB-CCCC").status_code == 404


def test_the_machine_is_free_for_the_next_candidate_after_hand_in(client, at_work):
    _id, _code, token = at_work
    client.set_cookie("trainhub-attempt", token, path="/exam/attempt")
    assert 'data-attempt="' in client.get("/exam/attempt?next=1").get_data(as_text=True)

    post(client, at_work, "hand-in", {"last_sequence": 0})
    assert 'data-attempt="' in client.get("/exam/attempt").get_data(as_text=True)
    assert 'data-attempt="' not in client.get("/exam/attempt?next=1").get_data(as_text=True)


def test_a_busy_database_answers_try_again_and_the_retry_is_acknowledged_once(client, at_work, monkeypatch):
    monkeypatch.setattr(writer, "STILL_S", 0.1)
    monkeypatch.setattr(writer, "PATIENCE_S", 0.3)
    db.session.rollback()
    with db.engine.connect() as other, other.begin():
        busy = post(client, at_work, "journal", {"changes": [FACTS]})
    monkeypatch.undo()
    again = post(client, at_work, "journal", {"changes": [FACTS]})

    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
    assert (again.status_code, again.json["last_sequence"]) == (200, 1)
    assert delivery.is_intact(db.session.get(Attempt, at_work[0]))
