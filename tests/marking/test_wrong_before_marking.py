"""A key found wrong after an exam but before its marking: settled by two markers, and marking follows it."""

import threading
from contextlib import suppress

import pytest
from sqlalchemy import select

from tests.factories.bank import make_sealed, make_staff
from tests.factories.delivery import make_seated_sitting, make_working_attempt
from tests.factories.marking import lay_out
from tests.factories.people import give_duty, make_officer, make_organisation
from tests.marking.test_key_changes import WHY, Story, rename_in_paper, write_version
from tests.worlds import built_once
from trainhub.exams.delivery.forms_prepared import document, prepare, prepared
from trainhub.exams.marking import (
    KeyChange,
    Wanted,
    differences,
    mark_sitting,
    propose_key_change,
    publish_results,
)
from trainhub.exams.marking.set_questions import questions_of
from trainhub.exams.papers.models import Paper, Place
from trainhub.exams.sittings import SittingState, get_sitting
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Refused
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation import models as register
from trainhub.separation.duties import Duty


class Closed(Story):
    """The same sitting, closed and not marked yet."""

    def _begin(self):
        pass

    def mark(self):
        db.session.rollback()
        return mark_sitting(self.code, self.marker_id)


@pytest.fixture
@built_once
def closed(app):
    return Closed(app)


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def test_what_two_markers_settle_before_marking_counts_when_the_sitting_is_marked(closed):
    code = closed.propose()
    assert closed.approve(code) == 0

    closed.mark()

    assert closed.marks == [(100, True), (100, True), (90, True), (80, True)]
    publish_results(closed.code, closed.publisher_id)
    assert differences(closed.sitting) == []


def test_what_is_proposed_before_marking_and_approved_after_it_computes_everybody_anew(closed):
    code = closed.propose()
    closed.mark()
    assert [marks for marks, _passed in closed.marks] == [100, 90, 80, 70]

    assert closed.approve(code) == 3

    assert [marks for marks, _passed in closed.marks] == [100, 100, 90, 80]


def test_before_marking_too_the_register_knows_who_proposed_and_who_approved(closed):
    code = closed.propose()
    with pytest.raises(Refused) as refusal:
        closed.approve(code, closed.marker_id)
    assert refusal.value.rule.id == "S-21"
    closed.approve(code)
    for table, person in ((register.Corrected, closed.marker_id), (register.Confirmed, closed.second_id)):
        row = db.session.scalars(select(table).where(table.result_code == code)).one()
        assert (row.person_id, row.sitting_code) == (person, closed.code)


def test_nothing_is_proposed_and_nothing_told_of_a_sitting_that_is_not_closed(app, closed):
    with transaction():
        sitting = make_seated_sitting(paper_code="P-TEST")
        make_working_attempt(sitting)
        lay_out(app, sitting)
        marker = make_officer(Duty.MARK, sitting.organisation)
    wanted = Wanted("I-10", 1, None, *WHY)
    assert questions_of(sitting) == []
    with pytest.raises(Conflict), transaction():
        propose_key_change(sitting.organisation, wanted, by=marker)
    with transaction():
        sitting.state = SittingState.CLOSED
        assert len(questions_of(sitting)) == 10
        propose_key_change(sitting.organisation, wanted, by=marker)


def test_the_page_names_what_the_bank_corrected_since_and_leads_to_a_change(app, client, closed):
    rename_in_paper(app, closed)
    write_version(closed, ("A",))
    address = f"/exam/marking/{closed.code}"
    be(client, closed.marker_id)
    page = client.get(address).text
    assert closed.item_code in page
    assert "第 2 版已审定" in page
    assert "第10题" not in page

    form = {
        "question": f"{closed.item_code}/1",
        "kind": "rekey",
        "to_version": "2",
        "reason": WHY[0],
        "basis": WHY[1],
    }
    answer = client.post(f"{address}/key-changes", data=form)
    assert answer.status_code == 302
    change = client.get(answer.location).text
    assert closed.code in change
    assert "尚未评卷" in change
    be(client, closed.second_id)
    assert client.post(f"{answer.location}/approve", data={"touched": "0-0-0"}).status_code == 302
    db.session.rollback()
    jobs.run_pending()
    closed.mark()
    assert [marks for marks, _passed in closed.marks] == [90, 100, 90, 80]


def test_who_only_publishes_is_told_nothing_of_the_questions(client, closed):
    be(client, closed.publisher_id)
    page = client.get(f"/exam/marking/{closed.code}")
    assert page.status_code == 200
    assert "I-10" not in page.text


def test_who_marks_for_another_centre_is_told_nothing_of_the_questions_either(client, closed):
    with transaction():
        elsewhere = make_organisation(OrganisationKind.EXAM_CENTRE)
        give_duty(closed.person(closed.publisher_id), Duty.MARK, elsewhere)
    change = closed.propose()
    be(client, closed.publisher_id)
    assert "/approve" not in client.get(f"/exam/marking/key-changes/{change}").text
    page = client.get(f"/exam/marking/{closed.code}")
    assert page.status_code == 200
    assert "I-10" not in page.text
    assert f'action="/exam/marking/{closed.code}/mark"' not in page.text


@pytest.mark.parametrize("chosen", ["", "I-10", "I-10/x", "I-77/1"])
def test_a_question_that_was_not_set_or_not_chosen_is_refused_in_words(client, closed, chosen):
    be(client, closed.marker_id)
    form = {"question": chosen, "kind": "void", "reason": WHY[0], "basis": WHY[1]}
    answer = client.post(f"/exam/marking/{closed.code}/key-changes", data=form)
    assert answer.status_code in (409, 422)
    assert db.session.scalars(select(KeyChange)).all() == []


def test_a_refused_proposal_comes_back_as_it_was_typed_with_what_is_wrong(client, closed):
    be(client, closed.marker_id)
    address = f"/exam/marking/{closed.code}/key-changes"
    form = {
        "question": "I-10/1",
        "kind": "rekey",
        "to_version": "7",
        "reason": "解析与答案不符",
        "basis": "无",
    }
    short = client.post(address, data=form)
    assert short.status_code == 422 and short.text.count("data-focus") == 1
    told = client.post(address, data=form, headers={"Accept": "application/json"})
    assert told.status_code == 422 and "各 5 至 500 字" in told.json["error"]
    assert "各 5 至 500 字" in short.text
    for typed in (
        "解析与答案不符</textarea>",
        "无</textarea>",
        'value="7"',
        'value="rekey" checked',
        "I-10/1",
    ):
        assert typed in short.text

    unknown = client.post(address, data=form | {"basis": WHY[1]})
    assert unknown.status_code == 409
    assert f"{WHY[1]}</textarea>" in unknown.text
    assert client.post(address, data=form | {"basis": WHY[1], "kind": "void"}).status_code == 302


@pytest.fixture
def beside(closed, app):
    """Another closed sitting of the same centre with a sealed paper that no process has opened."""
    with transaction():
        paper = make_sealed(make_staff())
        sitting = make_seated_sitting(paper_code=paper.code)
        attempt, _token = make_working_attempt(sitting)
        attempt.paper_code = paper.code
        sitting.organisation_id, sitting.state = closed.sitting.organisation_id, SittingState.CLOSED
        here = paper.code, sitting.code
    app.extensions["opened-papers"].pop(here, None)
    return here


def openings():
    return db.session.scalars(select(Entry.id).where(Entry.kind == "paper.opened")).all()


def test_neither_a_page_nor_a_proposal_opens_the_paper_of_another_sitting(app, client, closed, beside):
    change = closed.propose()
    be(client, closed.marker_id)
    for page in (f"key-changes/{change}", closed.code, beside[1]):
        assert client.get(f"/exam/marking/{page}").status_code == 200
    assert openings() == []
    assert beside not in app.extensions["opened-papers"]


def test_of_a_paper_that_nobody_has_opened_yet_the_pages_name_the_sittings_and_questions(
    client, closed, beside
):
    place = db.session.scalars(select(Place).join(Paper).where(Paper.code == beside[0])).first()
    asked = place.item.code, place.version.number
    change = closed.propose(item=asked[0])
    be(client, closed.marker_id)

    page = client.get(f"/exam/marking/key-changes/{change}").text
    assert f"/exam/marking/{beside[1]}" in page
    assert f"/exam/marking/{closed.code}" not in page
    assert [(each.number, each.item_code) for each in questions_of(get_sitting(beside[1]))][0] == (
        place.number,
        asked[0],
    )
    assert openings() == []


def test_a_paper_that_waits_for_its_officers_tells_no_question(client, closed, beside):
    with transaction():
        paper = db.session.scalar(select(Paper).where(Paper.code == beside[0]))
        paper.key_sealed = None
    assert questions_of(get_sitting(beside[1])) == []


def test_what_a_deed_opened_is_served_to_nobody_before_its_record_is_committed(app, beside):
    seen = []

    def look():
        with app.app_context():
            seen.append((beside in app.extensions["opened-papers"], prepared(*beside), document(code)))

    def look_beside():
        other = threading.Thread(target=look)
        other.start()
        other.join(60)

    for fails in (True, False):
        with suppress(ZeroDivisionError), transaction():
            code = prepare(*beside).code
            assert prepared(*beside).code == code
            look_beside()
            assert fails is False or 1 / 0
        look_beside()

    nothing = (False, None, None)
    assert seen[:3] == [nothing] * 3
    assert (seen[3][0], seen[3][1].code, seen[3][2].code) == (True, code, code)


def test_a_paper_of_another_sitting_that_was_altered_holds_up_no_change(client, closed, beside):
    with transaction():
        paper = db.session.scalar(select(Paper).where(Paper.code == beside[0]))
        paper.content_sealed = paper.content_sealed[:-1] + bytes([paper.content_sealed[-1] ^ 1])
    code = closed.propose()
    be(client, closed.marker_id)
    assert client.get(f"/exam/marking/key-changes/{code}").status_code == 200
    assert closed.approve(code) == 0
