"""The page of a large sitting: the database counts and turns pages over, what stands on none is not read."""

import re

import pytest
from sqlalchemy import event

from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.people import make_officer
from trainhub.exams.marking.models import Result, ResultState
from trainhub.exams.marking.views import ON_A_PAGE
from trainhub.exams.sittings.models import SittingState
from trainhub.exams.sittings.objections import raise_objection
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def make_marked(number):
    """A marked sitting with so many results, the marks 0 to 99 by turns; returns its code and a publisher."""
    with transaction():
        sitting = make_seated_sitting(state=SittingState.MARKED)
        for seat in range(number):
            candidate = make_seated_candidate(sitting, seat + 1)
            marks = seat % 100
            db.session.add(
                Result(
                    candidate_id=candidate.id,
                    sitting_id=sitting.id,
                    person_id=candidate.person_id,
                    qualification=sitting.qualification,
                    part=sitting.part,
                    marks=marks,
                    pass_mark=80,
                    passed=marks >= 80,
                    state=ResultState.MARKED,
                )
            )
        return sitting.code, make_officer(Duty.PUBLISH_RESULTS, sitting.organisation).id


@pytest.fixture
def watched():
    """Two lists: the statements that are asked, and the results that are read from the database."""
    asked, read = [], []

    def ask(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    def load(result, _context):
        read.append(result.id)

    event.listen(db.engine, "before_cursor_execute", ask)
    event.listen(Result, "load", load)
    yield asked, read
    event.remove(db.engine, "before_cursor_execute", ask)
    event.remove(Result, "load", load)


def look(client, watched, code, publisher_id):
    """Open the page of a sitting; returns how much was asked and read for it, and the page."""
    client.sign_in(db.session.get_one(Person, publisher_id))
    db.session.rollback()
    for each in watched:
        each.clear()
    page = client.get(f"/exam/marking/{code}").text
    return len(watched[0]), len(watched[1]), page


def test_the_page_of_a_large_sitting_reads_no_more_than_one_page_of_it(client, watched):
    few, many = make_marked(3), make_marked(2 * ON_A_PAGE + 30)

    look(client, watched, *few)  # What a process asks once is asked now.
    asked, read, _page = look(client, watched, *few)
    asked_of_many, read_of_many, page = look(client, watched, *many)

    assert (read, read_of_many) == (3, ON_A_PAGE)
    assert asked_of_many <= asked
    figures = re.findall(r'class="figure-value[^"]*">\s*([\d.]+)', page)
    assert figures[:2] == ["230", "40"]


def test_who_is_looked_for_is_found_by_ticket_or_whole_name_on_whatever_page_they_stand(client):
    code, publisher_id = make_marked(ON_A_PAGE + 20)
    last = db.session.scalars(db.select(Result).order_by(Result.id.desc())).first().candidate
    ticket, name, code_of_last = last.ticket_number, last.person.name, last.code
    client.sign_in(db.session.get_one(Person, publisher_id))
    for words in (ticket, name):
        page = client.get(f"/exam/marking/{code}", query_string={"q": words}).text
        assert f"/results/{code_of_last}" in page
    assert "/results/" not in client.get(f"/exam/marking/{code}", query_string={"q": ticket[:-1]}).text


def test_what_an_objection_keeps_back_is_told_however_many_results_there_are(client):
    code, publisher_id = make_marked(ON_A_PAGE + 5)
    with transaction():
        one = db.session.scalars(db.select(Result).order_by(Result.id)).first()
        raise_objection(one.candidate, "not_sat", "", "", channel="link")
    client.sign_in(db.session.get_one(Person, publisher_id))
    page = client.get(f"/exam/marking/{code}?lang=en").text
    assert (
        "1 result is kept back by an objection." in page and f'action="/exam/marking/{code}/publish"' in page
    )
