"""Exam staff declare whom they must not judge; it is never refused, and what follows from it is found."""

import pytest

from tests.factories.draws import Drawing
from tests.factories.people import make_id_number
from trainhub import separation
from trainhub.exams.staffing import appoint
from trainhub.exams.staffing.declarations import declarations_of, declare_close
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, Refused
from trainhub.people.persons import id_number_of, record_person
from trainhub.separation.comparing import compare
from trainhub.separation.duties import Duty


@pytest.fixture
def city(app):
    return Drawing()


def appointed(city, person):
    return appoint(city.sitting, city.sitting.rooms[0], person, Duty.INVIGILATE, by=city.officer)


def test_who_declared_a_candidate_is_not_put_on_duty_before_them(city):
    person, candidate = city.invigilators[0], city.candidate.person
    declare_close(candidate.name, id_number_of(candidate), by=person)
    with pytest.raises(Refused) as refusal:
        appointed(city, person)
    assert refusal.value.rule.id == "S-18"


def test_a_declaration_after_the_appointment_is_taken_and_comes_to_light(city):
    person, candidate = city.invigilators[0], city.candidate.person
    appointed(city, person)
    declare_close(candidate.name, id_number_of(candidate), by=person)
    found = {each.rule.id for each in separation.violations_of_sitting(city.sitting.code)}
    assert "S-18" in found
    assert city.sitting.code in {each.object for each in separation.planned_conflicts()}


def test_somebody_whom_the_house_meets_later_is_known_by_their_number(city):
    number = make_id_number()
    declare_close("高远", number, by=city.invigilators[0])
    assert record_person("高远", number, by=city.officer).id in {
        each.other.id for each in declarations_of(city.invigilators[0])
    }


def test_one_does_not_declare_oneself_nor_anybody_twice(city):
    person, number = city.invigilators[0], make_id_number()
    declare_close("高远", number, by=person)
    with pytest.raises(Conflict):
        declare_close("高远", number, by=person)
    own = record_person("自己", make_id_number(), by=city.officer)
    with pytest.raises(Invalid):
        declare_close("自己", id_number_of(own), by=own)


def test_a_declaration_stands_in_register_and_ledger(city):
    declare_close("高远", make_id_number(), by=city.invigilators[0])
    db.session.flush()
    assert [each for each in compare().differences if each.relation == "related"] == []


def test_the_page_takes_declarations_and_tells_nothing_of_others(city, app):
    person, number = city.invigilators[0], make_id_number()
    stranger = city.candidate.person
    known, name = id_number_of(stranger), stranger.name
    db.session.commit()
    client = app.test_client()
    client.sign_in(person)
    told = [
        client.post("/exam/declarations", data={"name": "高远", "id_number": each}, follow_redirects=True)
        for each in (number, known)
    ]
    assert [answer.status_code for answer in told] == [200, 200]
    assert all("申报已记录" in answer.text for answer in told)
    assert name not in told[1].text
    assert client.post("/exam/declarations", data={"name": "高远", "id_number": "1"}).status_code == 422
