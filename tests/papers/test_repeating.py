"""Repeating an assembly: the same forms come of it, or the page says what is not the same."""

import re

import pytest
from sqlalchemy import select, text

from tests.factories.bank import make_bank, make_paper, make_staff
from tests.factories.people import make_officer
from trainhub.exams.papers.models import Blueprint, Repetition
from trainhub.kernel import jobs
from trainhub.kernel.db import db
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.report_ledger import facts_of_entry


@pytest.fixture
def story(app):
    staff = make_staff()
    paper = make_paper(staff, make_bank(staff))
    auditor = make_officer(Duty.AUDIT)
    found = paper.assembly.code, paper.code, auditor.id, staff.paper_reviewer.id, staff.paper_officer.id
    db.session.commit()
    return found


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def repeat(client, address):
    assert client.post(address).status_code == 302
    db.session.rollback()
    jobs.run_pending()
    db.session.rollback()
    return client.get(address).text


def test_an_auditor_repeats_an_assembly_and_whatever_was_altered_since_shows(client, story):
    assembly, paper, auditor, reviewer, officer = story
    address = f"/exam/papers/assemblies/{assembly}/repetitions"
    be(client, officer)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 403
    be(client, auditor)
    assert assembly in client.get("/exam/papers/assemblies").text
    page = repeat(client, address)
    assert "复演结果一致" in page
    assert paper in page
    row = db.session.scalars(select(Repetition)).one()
    assert row.is_same
    assert row.forms == [{"form": 1, "paper": paper, "same_questions": True, "same_order": True}]
    (entry,) = db.session.scalars(select(Entry).where(Entry.kind == "papers.repeated"))
    assert facts_of_entry(entry)["same"] is True
    db.session.rollback()

    # Two questions change places in the kept paper.
    for old, new in ((1, 90), (2, 1), (90, 2)):
        db.session.execute(text(f"UPDATE papers_place SET number = {new} WHERE number = {old}"))
    db.session.commit()
    be(client, reviewer)
    assert "不同题序" in repeat(client, address)
    # The ledger says another seed: then what was repeated is not what was assembled.
    db.session.execute(
        text("UPDATE ledger_entry SET body = replace(body, 'seed_hash\":\"', 'seed_hash\":\"0')")
    )
    db.session.commit()
    assert "已被改动" in repeat(client, address)


def test_who_assembled_is_led_back_to_the_blueprint_and_who_reviews_is_led_to_no_page_that_refuses_them(
    client, story
):
    assembly, _paper, _auditor, reviewer, officer = story
    address = f"/exam/papers/assemblies/{assembly}"
    code = db.session.scalars(select(Blueprint.code)).one()
    db.session.rollback()
    link = f'href="/exam/papers/blueprints/{code}"'
    be(client, officer)
    assert link in client.get(address).text
    be(client, reviewer)
    assert link not in client.get(address).text


def test_forms_whose_difficulty_nobody_knows_have_no_information_of_zero(client, story):
    be(client, story[4])
    client.get("/?lang=en")
    page = client.get(f"/exam/papers/assemblies/{story[0]}").text
    figures = dict(
        re.findall(r'data-label="(Difficulty|Information of the form)" class="number">([^<]*)<', page)
    )
    assert figures == {"Difficulty": "–", "Information of the form": "–"}


@pytest.mark.parametrize("typed", ["0", "21", "九"])
def test_a_number_of_forms_out_of_range_comes_back_at_its_field_with_what_was_typed(client, story, typed):
    code = db.session.scalars(select(Blueprint.code)).one()
    db.session.rollback()
    be(client, story[4])
    answer = client.post(f"/exam/papers/blueprints/{code}/papers", data={"number": typed})
    assert answer.status_code == 422
    assert 'id="number-error"' in answer.text and f'value="{typed}"' in answer.text
    assert answer.text.count('class="error-summary"') == 1
