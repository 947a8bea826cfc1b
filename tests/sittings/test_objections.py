"""Whoever was registered with a stolen identity can say so without an account; meanwhile nothing goes out."""

import pytest
from sqlalchemy import select

from tests.factories.sittings import make_candidate, make_id_number, make_sitting
from tests.worlds import built_once
from trainhub.exams.sittings import objected_in, open_objections
from trainhub.exams.sittings.objections import (
    candidate_by_numbers,
    candidate_by_token,
    decide_objection,
    raise_objection,
    words_of,
)
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import in_language
from trainhub.ledger import Entry
from trainhub.people.messages import own_messages
from trainhub.people.persons import id_number_of


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


@pytest.fixture
@built_once
def candidate(house):
    """A registered candidate."""
    with transaction():
        return make_candidate(make_sitting(house.centre, house.by), house.by)


def object_to(candidate, text="我从未报名", contact=""):
    with transaction():
        return raise_objection(candidate, "not_registered", text, contact, channel="link")


def test_open_objection_blocks_and_is_sealed(candidate):
    objection = object_to(candidate, contact="137 0000 1111")
    assert open_objections(candidate) == [objection]
    assert objected_in(candidate.sitting) == {candidate.id}
    assert "我从未报名".encode() not in objection.text_sealed
    assert words_of(objection) == ("我从未报名", "13700001111")
    assert "objection.raised" in set(db.session.scalars(select(Entry.kind)))


def test_people_behind_one_address_object_however_many_they_are(app, client):
    answers = [client.post(f"/exam/objections/nobody-{number}") for number in range(12)]
    assert {each.status_code for each in answers} == {404}


def test_second_objection_waits_for_the_first(candidate):
    object_to(candidate)
    with pytest.raises(Conflict, match="already"):
        object_to(candidate)


def test_dismissed_objection_blocks_no_more_and_an_upheld_one_does(house, candidate):
    objection = object_to(candidate)
    with transaction():
        decide_objection(objection, False, "笔迹一致", by=house.second)
    assert objected_in(candidate.sitting) == set()
    assert "笔迹一致" in own_messages(candidate.person)[0][1]
    again = object_to(candidate)
    with transaction():
        decide_objection(again, True, "照片不符", by=house.second)
    assert open_objections(candidate) == []
    assert objected_in(candidate.sitting) == {candidate.id}


def test_decision_needs_a_reason_and_is_made_once(house, candidate):
    objection = object_to(candidate)
    with pytest.raises(Invalid, match="reason"), transaction():
        decide_objection(objection, True, "", by=house.second)
    with transaction():
        decide_objection(objection, True, "照片不符", by=house.second)
    with pytest.raises(Conflict, match="already"), transaction():
        decide_objection(objection, False, "照片不符", by=house.second)


def test_both_numbers_together_find_the_registration(candidate):
    number = id_number_of(candidate.person)
    assert candidate_by_numbers(candidate.ticket_number, number.lower()).id == candidate.id


@pytest.mark.parametrize("wrong", ["ticket", "id", "malformed"])
def test_what_does_not_fit_together_is_never_explained(candidate, wrong):
    ticket = candidate.ticket_number if wrong != "ticket" else "261123-AAAA-AAAA"
    number = {"id": make_id_number(), "malformed": "1"}.get(wrong, id_number_of(candidate.person))
    with pytest.raises(NotFound, match="^No registration has these two numbers together.$"):
        candidate_by_numbers(ticket, number)


def test_token_is_not_the_ticket_number_nor_the_code(candidate):
    assert candidate_by_token(candidate.objection_token).id == candidate.id
    for guess in (candidate.code, candidate.ticket_number, candidate.check_in_code, str(candidate.id)):
        with pytest.raises(NotFound):
            candidate_by_token(guess)
