"""The pages of sittings: from the plan to the tickets over HTTP, each person only their own."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.people import make_officer, make_person
from tests.factories.sites import make_centre, make_site
from tests.factories.sittings import (
    make_arranged_sitting,
    make_candidate,
    make_sitting,
    roster_row,
    write_roster,
)
from trainhub.exams.sittings.models import Candidate, Objection, RosterImport, Sitting
from trainhub.exams.sittings.plan import candidates_of
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of
from trainhub.separation.duties import Duty


@pytest.fixture
def office(house, client):
    """A browser in which a colleague who arranges sittings is signed in."""
    client.sign_in(house.by)
    return client


def test_sitting_is_planned_on_the_page(house, office):
    with transaction():
        site = make_site(house.centre)
        room_id = site.rooms[0].id
    asked = office.get("/exam/sittings/new").text
    [box] = re.findall(r'<input[^>]*name="rooms"[^>]*>', asked)
    assert "required" not in box, "a browser would ask for every room"
    starts_at = clock.local(clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    form = {"qualification": "PRINCIPAL", "rooms": [str(room_id)], "starts_at": starts_at}
    answer = office.post("/exam/sittings/new", data=form, follow_redirects=True)
    assert "主要负责人" in answer.text
    assert db.session.scalars(select(Sitting)).one().part == "theory"


def test_roster_goes_in_over_the_page_and_its_bad_rows_come_back(house, office, tmp_path):
    with transaction():
        code = make_sitting(house.centre, house.by).code
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1), roster_row(2, 姓名="")])
    with path.open("rb") as file:
        form = {"file": (file, "名册.xlsx"), "sittings": [code], "accept_good": "y"}
        answer = office.post("/exam/sittings/roster", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302
    jobs.run_pending()
    kept = db.session.scalars(select(RosterImport)).one().id
    page = office.get(f"/exam/sittings/roster/{kept}").text
    assert "名册!4" in page
    assert "姓名为空" in page
    assert "notice-warn" in page and "notice-good" not in page
    workbook = office.get(f"/exam/sittings/roster/{kept}/rejected.xlsx")
    assert workbook.data.startswith(b"PK")
    assert office.get("/exam/sittings/roster/template.xlsx").data.startswith(b"PK")


def test_a_roster_of_bad_rows_alone_registers_nobody_and_says_so(house, office, tmp_path):
    with transaction():
        code = make_sitting(house.centre, house.by).code
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1, 姓名=""), roster_row(2, 姓名="")])
    with path.open("rb") as file:
        form = {"file": (file, "名册.xlsx"), "sittings": [code], "accept_good": "y"}
        office.post("/exam/sittings/roster", data=form, content_type="multipart/form-data")
    jobs.run_pending()
    page = office.get(f"/exam/sittings/roster/{db.session.scalars(select(RosterImport)).one().id}").text

    assert "没有任何人被报名：每一行都有问题" in page
    assert "notice-bad" in page and "notice-good" not in page


def test_every_page_of_a_sitting_answers_in_both_languages(house, office):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second)
        make_candidate(sitting, house.by)
        code, candidate = sitting.code, candidates_of(sitting)[0].code
    pages = [
        "/exam/sittings/",
        "/exam/sittings/new",
        "/exam/sittings/roster",
        f"/exam/sittings/{code}",
        f"/exam/sittings/{code}/candidates",
        f"/exam/sittings/{code}/candidates?eligibility=pending",
        f"/exam/sittings/{code}/seats",
        f"/exam/sittings/{code}/evidence",
        f"/exam/sittings/candidates/{candidate}",
    ]
    for page in pages:
        for language in ("zh_CN", "en"):
            answer = office.get(f"{page}{'&' if '?' in page else '?'}lang={language}")
            assert answer.status_code == 200, page


def test_the_length_of_a_sitting_is_said_as_one_and_as_many(house, office):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
        sitting.minutes = 1
        code = sitting.code
    assert "· 1 minute ·" in office.get(f"/exam/sittings/{code}?lang=en").text
    with transaction():
        db.session.scalars(select(Sitting).filter_by(code=code)).one().minutes = 2
    assert "· 2 minutes ·" in office.get(f"/exam/sittings/{code}?lang=en").text


def test_seats_tickets_and_evidence_over_the_pages(house, office, client):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
        candidate = make_candidate(sitting, house.by)
        code, candidate_code = sitting.code, candidate.code
    form = {"candidate": candidate_code, "kind": "paper_record", "description": "原件存档案室"}
    office.post(f"/exam/sittings/{code}/evidence", data=form)
    client.sign_in(house.second)
    decision = {"evidence": "1", "decision": "yes", "reason": "原件已核对"}
    assert client.post(f"/exam/sittings/{code}/evidence/decide", data=decision).status_code == 302
    assert client.post(f"/exam/sittings/{code}/arrange").status_code == 302
    assert client.post(f"/exam/sittings/{code}/tickets").status_code == 302
    jobs.run_pending()
    page = client.get(f"/exam/sittings/{code}").text
    address = page.split(".pdf")[0].rsplit('"', 1)[1] + ".pdf"
    assert client.get(address).data.startswith(b"%PDF")


@pytest.mark.parametrize("page", ["", "/candidates", "/seats", "/evidence"])
def test_sitting_of_another_centre_is_not_found(house, client, page):
    with transaction():
        code = make_sitting(house.centre, house.by).code
        stranger = make_officer(Duty.ARRANGE_SITTINGS, make_centre())
    client.sign_in(stranger)
    assert client.get(f"/exam/sittings/{code}{page}").status_code == 404


def test_candidate_of_another_centre_is_neither_shown_nor_withdrawn(house, client):
    with transaction():
        candidate = make_candidate(make_sitting(house.centre, house.by), house.by)
        code = candidate.code
        stranger = make_officer(Duty.ARRANGE_SITTINGS, make_centre())
    client.sign_in(stranger)
    assert client.get(f"/exam/sittings/candidates/{code}").status_code == 404
    withdrawal = {"reason": "x"}
    assert client.post(f"/exam/sittings/candidates/{code}/withdraw", data=withdrawal).status_code == 404
    assert db.session.scalars(select(Candidate)).one().state == "registered"


@pytest.mark.parametrize(
    ("deed", "sent", "field", "kept"),
    [
        ("correct", {"employer": "新单位", "reason": " "}, "correction-reason", "新单位"),
        ("correct", {"employer": " ", "reason": "原登记有误"}, "employer", "原登记有误"),
        ("withdraw", {"reason": " "}, "reason", ""),
    ],
)
def test_a_form_of_a_candidate_left_blank_comes_back_with_its_error_and_what_was_typed(
    house, client, deed, sent, field, kept
):
    with transaction():
        code = make_candidate(make_sitting(house.centre, house.by), house.by).code
    client.sign_in(house.by)
    url = f"/exam/sittings/candidates/{code}/{deed}"
    answer = client.post(url, data=sent)
    form = answer.text.partition(f'action="{url}"')[2].partition("</form>")[0]
    assert answer.status_code == 422 and f'id="{field}-error"' in form and kept in form
    assert f'href="#{field}"' in answer.text
    assert db.session.scalars(select(Candidate)).one().state == "registered"


def test_ticket_is_handed_to_its_owner_and_to_nobody_else(house, client):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second, candidates=2)
        one, two = candidates_of(sitting)
        mine, other = one.code, two.code
        owner, passer_by = one.person, make_person()
    client.sign_in(owner)
    assert client.get(f"/exam/sittings/candidates/{mine}/ticket.pdf").data.startswith(b"%PDF")
    assert client.get(f"/exam/sittings/candidates/{other}/ticket.pdf").status_code == 404
    client.sign_in(passer_by)
    assert client.get(f"/exam/sittings/candidates/{mine}/ticket.pdf").status_code == 404


def test_objection_is_raised_without_an_account_and_decided_by_who_has_the_duty(house, client):
    with transaction():
        candidate = make_candidate(make_sitting(house.centre, house.by), house.by, name="诸葛明")
        token = candidate.objection_token
        officer = make_officer(Duty.HANDLE_OBJECTIONS, house.centre)
        stranger = make_officer(Duty.HANDLE_OBJECTIONS, make_centre())
    page = client.get(f"/exam/objections/{token}").text
    assert "诸**" in page
    assert "诸葛明" not in page
    form = {"ground": "not_registered", "text": "<script>x</script>", "contact": ""}
    assert client.post(f"/exam/objections/{token}", data=form).status_code == 302
    assert "正在处理" in client.get(f"/exam/objections/{token}").text
    code = db.session.scalars(select(Objection)).one().code
    client.sign_in(stranger)
    assert client.get(f"/exam/sittings/objections/{code}").status_code == 404
    client.sign_in(officer)
    page = client.get(f"/exam/sittings/objections/{code}").text
    assert "&lt;script&gt;" in page
    decision = {"decision": "yes", "reason": "照片不符"}
    assert client.post(f"/exam/sittings/objections/{code}", data=decision).status_code == 302
    assert db.session.scalars(select(Objection)).one().state == "upheld"


def test_numbers_lead_to_the_form_and_wrong_ones_all_get_the_same_answer(house, client):
    with transaction():
        candidate = make_candidate(make_sitting(house.centre, house.by), house.by)
        number, id_number = candidate.ticket_number, id_number_of(candidate.person)
        token = candidate.objection_token
    right = client.post("/exam/objections/", data={"ticket_number": number, "id_number": id_number})
    assert right.location == f"/exam/objections/{token}"
    wrong_id = client.post("/exam/objections/", data={"ticket_number": number, "id_number": "1"})
    unknown = client.post("/exam/objections/", data={"ticket_number": "x", "id_number": id_number})
    assert wrong_id.status_code == unknown.status_code == 404
    typed = (number, "1"), ("x", id_number)
    assert without_request_id(wrong_id, *typed[0]) == without_request_id(unknown, *typed[1])


def without_request_id(answer, *typed):
    """The page of an answer, but for the number of its request and for what was typed."""
    text = answer.text.replace(answer.headers["X-Request-Id"], "")
    for each in typed:
        text = text.replace(f'value="{each}"', "")
    return text


def test_guessing_of_numbers_is_slowed_down(house, client):
    answers = [
        client.post("/exam/objections/", data={"ticket_number": "x", "id_number": "y"}).status_code
        for _ in range(12)
    ]
    assert answers[-1] == 429


def test_open_work_goes_when_it_is_done(house, office):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
        code = sitting.code
    assert "导入考生名册" in office.get("/home/exam").text
    with transaction():
        make_candidate(db.session.scalars(select(Sitting).where(Sitting.code == code)).one(), house.by)
    page = office.get("/home/exam").text
    assert "导入考生名册" not in page.split("<main")[-1]
    assert "核定考生资格" in page
