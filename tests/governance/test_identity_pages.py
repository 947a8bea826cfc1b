"""The security administrator's pages: who is who, and what becomes of organisations."""

from __future__ import annotations

import re

import pytest

from tests.factories.people import (
    give_duty,
    make_account,
    make_id_number,
    make_officer,
    make_organisation,
    make_person,
)
from tests.factories.separation import appoint, state_class, state_sitting
from trainhub import separation
from trainhub.governance import organisations
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Account, Organisation, Person
from trainhub.people.models import OrganisationKind as Kind
from trainhub.people.persons import record_person
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import unseen

PEOPLE = "/oversight/people/shen.guohua/identity"


class Case:
    """Somebody on record twice: as learner with an ID number, and as invigilator without one."""

    def __init__(self, client):
        self.client = client
        self.security = make_officer(Duty.ADMINISTER_SECURITY, make_organisation(Kind.AUTHORITY)).id
        self.number = make_id_number()
        examiner = record_person("沈国华", by=None)
        teacher, learner, self.code = make_person("沈国华", self.number), make_person(), state_sitting()
        make_account(examiner, "shen.guohua")
        make_account(teacher, "learner")
        separation.relations.state_registered(learner, self.code, by=None)
        appoint(examiner, self.code)
        state_class(teacher, [learner])
        self.examiner, self.teacher = examiner.id, teacher.id
        db.session.commit()
        client.sign_in(db.session.get_one(Person, self.security))


@pytest.fixture
def case(client):
    return Case(client)


def test_a_number_on_record_elsewhere_asks_first_and_joins_when_confirmed(case):
    client = case.client
    assert "S-07" not in client.get(PEOPLE).text
    asked = client.post(PEOPLE + "/number", data={"id_number": case.number})
    assert asked.status_code == 200 and "learner" in asked.text and case.number not in asked.text
    assert "S-07" not in client.get(PEOPLE).text
    (other,) = re.findall(r'name="other" value="(\w+)"', asked.text)
    assert other == case.teacher
    answer = client.post(PEOPLE + "/join", data={"other": other})
    assert answer.headers["Location"] == "/oversight/people/learner/identity"
    page = client.get("/oversight/people/learner/identity").text
    assert "S-07" in page and case.code in page
    assert "learner" in client.get(PEOPLE).text and "/number" not in client.get(PEOPLE).text
    assert "learner" in client.get("/oversight/people/shen.guohua").text
    assert client.post(PEOPLE + "/join", data={"other": other}).status_code == 409


def test_a_new_number_is_recorded_and_a_wrong_one_is_said(case):
    client = case.client
    wrong = client.post(PEOPLE + "/number", data={"id_number": "123"})
    assert wrong.status_code == 422 and "18" in wrong.text
    number = make_id_number()
    assert client.post(PEOPLE + "/number", data={"id_number": number}).status_code == 302
    assert number not in client.get(PEOPLE).text
    again = client.post(PEOPLE + "/number", data={"id_number": make_id_number()})
    assert again.status_code == 409


def test_two_records_are_compared_before_they_are_joined(case):
    client = case.client
    page = client.get(PEOPLE + "/join?username=learner").text
    assert case.teacher in page and case.number not in page
    assert client.get(PEOPLE + "/join?username=nobody").status_code == 422
    assert client.get(PEOPLE + "/join").status_code == 422
    assert client.post(PEOPLE + "/join", data={"other": "nobody"}).status_code == 404
    assert client.post(PEOPLE + "/join", data={"other": case.security}).status_code == 403


def test_those_who_hold_duties_without_a_number_are_listed_and_namesakes_offered(case):
    client = case.client
    with transaction():
        examiner = db.session.get_one(Person, case.examiner)
        give_duty(examiner, Duty.INVIGILATE, make_organisation(Kind.EXAM_CENTRE))
    assert "登记任职人员的身份证号" in client.get("/home/oversight").text
    listed = client.get("/oversight/people?unidentified=1").text
    assert "shen.guohua" in listed and "learner" not in listed
    (link,) = re.findall(r'href="([^"]*/join\?record=[^"]+)"', client.get(PEOPLE).text)
    assert case.teacher in link
    assert "learner" in client.get(link).text
    client.post(PEOPLE + "/join", data={"other": case.teacher})
    assert "登记任职人员的身份证号" not in client.get("/home/oversight").text
    assert "join?record" not in client.get("/oversight/people/learner/identity").text
    assert client.get(PEOPLE + "/join?record=nobody").status_code == 404


def test_a_name_is_changed(case):
    assert case.client.post(PEOPLE + "/name", data={"name": "沈国桦"}).status_code == 302
    assert "沈国桦" in case.client.get(PEOPLE).text
    assert case.client.post(PEOPLE + "/name", data={"name": "\u200b"}).status_code == 422


def test_nobody_changes_their_own_record(case):
    username = db.session.query(Account).filter_by(person_id=case.security).one().username
    page = f"/oversight/people/{username}/identity"
    assert "/number" not in case.client.get(page).text
    assert case.client.post(page + "/number", data={"id_number": make_id_number()}).status_code == 403


# ---- organisations


@pytest.fixture
def three(case):
    """Codes of a school, a company and an exam site."""
    with transaction():
        return [
            make_organisation(kind).code for kind in (Kind.TRAINING_BODY, Kind.ENTERPRISE, Kind.EXAM_SITE)
        ]


def page_of(code):
    return f"/oversight/organisations/{code}"


def test_an_organisation_is_renamed_and_its_page_found_from_the_list(case, three):
    school = three[0]
    assert page_of(school) in case.client.get("/oversight/organisations").text
    answer = case.client.post(page_of(school) + "/name", data={"name": "海川安泰培训中心"})
    assert answer.headers["Location"] == page_of(school)
    assert "海川安泰培训中心" in case.client.get(page_of(school)).text
    assert case.client.post(page_of(school) + "/name", data={"name": " "}).status_code == 422
    assert case.client.get(page_of("NONE")).status_code == 404


def test_a_chain_of_owners_is_refused_with_the_rule_and_the_refusal_kept(case, three):
    school, company, site = three
    first = case.client.post(page_of(site) + "/owners", data={"owner-other": company})
    assert first.status_code == 302
    refused = case.client.post(page_of(company) + "/owners", data={"owner-other": school})
    assert refused.status_code == 409 and "S-03" in refused.text
    assert len(unseen()) == 1
    twice = case.client.post(page_of(site) + "/owners", data={"owner-other": company})
    assert twice.status_code == 409 and "S-03" not in twice.text
    assert case.client.post(page_of(site) + f"/owners/{company}/end").status_code == 302
    assert case.client.post(page_of(company) + "/owners", data={"owner-other": school}).status_code == 302
    assert case.client.post(page_of(company) + "/owners", data={"owner-other": "NONE"}).status_code == 422


def test_a_merged_organisation_says_as_which_it_goes_on(case, three):
    school, _company, site = three
    with transaction():
        other = make_organisation(Kind.TRAINING_BODY, "宏远职业培训学校").code
    refused = case.client.post(page_of(school) + "/merger", data={"merger-other": site})
    assert refused.status_code == 409 and "S-03" in refused.text
    assert case.client.post(page_of(school) + "/merger", data={"merger-other": other}).status_code == 302
    page = case.client.get(page_of(school)).text
    assert "宏远职业培训学校" in page and "/merger" not in page
    assert "已合并" in case.client.get("/oversight/organisations").text
    changed = case.client.post(page_of(school) + "/name", data={"name": "新名"})
    assert changed.status_code == 409


def test_a_refused_responsible_person_stays_unnamed(case, three):
    school, _company, site = three
    given = {"responsible": "沈国华", "id_number": case.number}
    assert case.client.post(page_of(school) + "/responsible", data=given).status_code == 302
    assert "沈国华" in case.client.get(page_of(school)).text
    refused = case.client.post(page_of(site) + "/responsible", data=given)
    assert refused.status_code == 409 and "S-03" in refused.text
    assert "沈国华" not in case.client.get(page_of(site)).text
    other_name = {"responsible": "李四", "id_number": case.number}
    assert case.client.post(page_of(site) + "/responsible", data=other_name).status_code == 422
    assert case.client.post(page_of(school) + "/responsible", data={}).status_code == 302
    db.session.rollback()
    assert db.session.query(Organisation).filter_by(code=school).one().responsible_person_id is None


def test_the_other_administrators_read_and_change_nothing(case, three):
    with transaction():
        auditor = make_officer(Duty.AUDIT, make_organisation(Kind.AUTHORITY)).id
        organisations.state_owner(
            *(db.session.query(Organisation).filter_by(code=code).one() for code in (three[2], three[1])),
            by=db.session.get_one(Person, case.security),
        )
    case.client.sign_in(db.session.get_one(Person, auditor))
    page = case.client.get(page_of(three[2]))
    assert page.status_code == 200 and "<form" not in page.text.split("<main")[1].split("</main")[0]
    assert case.client.get(PEOPLE).status_code == 403
