"""The demo's banks and papers: sound questions, sealed papers of a hundred, open work for each duty."""

from __future__ import annotations

import csv
from collections import Counter
from types import SimpleNamespace

import pytest

from tests.factories.people import make_officer, make_organisation
from trainhub import regulations
from trainhub.demo import bank as bank_demo
from trainhub.demo import papers as papers_demo
from trainhub.exams import papers
from trainhub.exams.bank import work as bank_work
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.exams.papers import work as papers_work
from trainhub.kernel.db import transaction
from trainhub.people.models import OrganisationKind
from trainhub.separation.duties import Duty

USERS = {
    "item-author": Duty.AUTHOR_ITEMS,
    "item-reviewer": Duty.REVIEW_ITEMS,
    "paper-officer": Duty.ASSEMBLE_PAPERS,
    "paper-reviewer": Duty.REVIEW_PAPERS,
}


@pytest.fixture
def world(app):
    with transaction():
        regulations.load_figures()
        centre = make_organisation(OrganisationKind.EXAM_CENTRE)
        persons = {name: make_officer(duty, centre) for name, duty in USERS.items()}
    return SimpleNamespace(persons=persons, organisations={"CENTRE": centre})


def test_every_question_of_the_demo_is_sound_and_asked_once(app):
    for qualification in bank_demo.BANKS:
        rows = read_sheet_list([bank_demo._sheet(qualification)]).rows
        assert {row.outcome for row in rows} == {Outcome.GOOD}
        assert len({row.body.stem for row in rows}) == len(rows)
        assert Counter(row.type.value for row in rows) == {"true_false": 84, "single": 38}


def test_the_keys_of_the_demo_lean_to_no_side():
    with bank_demo.QUESTIONS.open(encoding="utf-8") as source:
        keys = Counter(row["答案"] for row in csv.DictReader(source))

    assert keys["√"] < 2 * keys["×"]
    assert all(keys[letter] >= 5 for letter in "ABCD")


def test_the_demo_seals_a_paper_of_a_hundred_and_leaves_work_to_everybody(world, app):
    bank_demo.build(world)
    papers_demo.build(world)

    for qualification in bank_demo.BANKS:
        (paper,) = papers.sealed_papers(qualification)
        assert (len(paper.places), paper.marks, paper.pass_mark, paper.minutes) == (100, 100, 80, 120)
    with app.test_request_context():
        for name, duty in USERS.items():
            duties = frozenset({duty})
            tasks = bank_work.open_work(world.persons[name], duties)
            tasks += papers_work.open_work(world.persons[name], duties)
            assert tasks, name
