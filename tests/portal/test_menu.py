"""The menu: it says below which of its entries a page stands, on every page of a room."""

import re

import pytest
from sqlalchemy import select

from tests.factories.people import give_duty, make_organisation
from tests.factories.people import make_officer as officer
from tests.factories.sittings import make_sitting
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.separation.duties import Duty

MARKED = re.compile(r'<a href="([^"]*)" aria-current="(page|true)">')


def marked(page):
    """What the menu marks, as address and kind."""
    return MARKED.findall(
        page[page.index('class="places"') : page.index("</nav>", page.index('class="places"'))]
    )


@pytest.fixture
def signed(client):
    """Sign somebody in who holds some duties of one side."""

    def sign(*duties):
        with transaction():
            centre = make_organisation(OrganisationKind.EXAM_CENTRE)
            person = officer(duties[0], centre)
            for duty in duties[1:]:
                give_duty(person, duty, centre)
            person_id = person.id
        client.sign_in(db.session.get_one(Person, person_id))
        db.session.rollback()
        return person_id

    return sign


@pytest.mark.parametrize(
    ("duty", "path", "entry"),
    [
        (Duty.ASSEMBLE_PAPERS, "/exam/papers/blueprints", "/exam/papers/"),
        (Duty.REVIEW_PAPERS, "/exam/papers/assemblies", "/exam/papers/assemblies"),
        (Duty.ARRANGE_SITTINGS, "/exam/sittings/new", "/exam/sittings/"),
        (Duty.ARRANGE_SITTINGS, "/exam/sittings/roster", "/exam/sittings/roster"),
        (Duty.MANAGE_SITES, "/exam/sites/new", "/exam/sites/"),
        (Duty.MANAGE_COURSES, "/training/films", "/training/manage"),
        (Duty.AUDIT, "/oversight/overrides", "/oversight/overrides"),
        (Duty.MARK, "/exam/attempt", "/exam/my"),
        (Duty.MARK, "/exam/receipt", "/exam/my"),
        (Duty.MARK, "/exam/machine-check", "/exam/my"),
        (Duty.MARK, "/exam/objections/", "/exam/my"),
    ],
)
def test_a_page_below_an_entry_is_marked_there_and_nowhere_else(client, signed, duty, path, entry):
    signed(duty)
    page = client.get(path)
    assert page.status_code == 200
    assert marked(page.text) == [(entry, "page" if path == entry else "true")]


def test_the_rule_of_photographs_stands_among_the_sittings(client, signed):
    person_id = signed(Duty.ARRANGE_SITTINGS, Duty.MANAGE_SITES)
    with transaction():
        person = db.session.get_one(Person, person_id)
        centre = db.session.scalars(select(Organisation)).one()
        code = make_sitting(centre, person).code
    page = client.get(f"/exam/photographs/{code}")
    assert page.status_code == 200
    assert marked(page.text) == [("/exam/sittings/", "true")]


def test_on_ones_own_page_ones_name_is_marked_and_nowhere_else(client, signed):
    signed(Duty.MARK)
    own = re.compile(r'<a href="/account" aria-current="page">')
    assert own.search(client.get("/account").text)
    assert not own.search(client.get("/exam/my").text)


@jobs.job("papers.wait")
def wait(_progress):
    """Do nothing."""


def test_the_page_of_background_work_stands_in_the_side_and_the_room_that_asked_for_it(client, signed):
    person_id = signed(Duty.ASSEMBLE_PAPERS)
    with transaction():
        job_id = jobs.start("papers.wait", "组卷", by=db.session.get_one(Person, person_id)).id
    page = client.get(f"/jobs/{job_id}").text
    assert '<body data-side="exam">' in page
    assert marked(page) == [("/exam/papers/", "true")]
