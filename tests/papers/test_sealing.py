"""Sealing and opening: two persons, one seal, no early look, no unseen change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories.bank import make_bank, make_blueprint, make_paper, make_sealed, make_staff
from tests.factories.delivery import make_seated_sitting
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from tests.factories.people import make_officer
from trainhub.exams import papers
from trainhub.exams.bank import Draft, ItemType, approve, retire, revise_item, submit, write_item
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.review import is_stood_in_for
from trainhub.exams.bank.vault import body_of
from trainhub.exams.papers.models import PaperState, Viewing
from trainhub.exams.papers.reviewing import proof_of
from trainhub.exams.sittings.models import SittingState
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, NotFound, Refused
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty


@pytest.fixture
def staff(app):
    return make_staff()


def open_for(paper, sitting, **other):
    facts = {"by": None, "sitting_code": sitting.code, "at": clock.now()} | other
    return papers.open_paper(paper.code, **facts)


def test_a_sealed_paper_opens_for_its_sitting_with_every_question_and_key(staff):
    paper = make_sealed(staff)
    sitting = make_seated_sitting(paper_code=paper.code)

    content = open_for(paper, sitting)

    assert [item.number for item in content.items] == list(range(1, 9))
    assert {item.type for item in content.items[:5]} == {"true_false"}
    assert all(item.body.answer for item in content.items)
    assert content.marks == paper.marks == 8
    assert db.session.query(Entry).filter_by(kind="paper.opened").count() == 1


def test_a_paper_stays_sealed_before_its_sitting_begins_whatever_time_is_claimed(staff):
    paper = make_sealed(staff)
    sitting = make_seated_sitting(paper_code=paper.code)
    sitting.starts_at = clock.now() + timedelta(minutes=1)

    with pytest.raises(Conflict, match="启封|sealed|密封|封存"):
        open_for(paper, sitting, at=clock.now() + timedelta(hours=1))


def test_a_paper_stays_sealed_while_its_sitting_is_only_arranged(staff):
    paper = make_sealed(staff)
    sitting = make_seated_sitting(paper_code=paper.code, state=SittingState.ARRANGED)

    with pytest.raises(Conflict):
        open_for(paper, sitting)


def test_a_paper_opens_for_no_sitting_that_uses_another_and_for_none_unknown(staff):
    paper = make_sealed(staff)

    with pytest.raises(Conflict):
        open_for(paper, make_seated_sitting(paper_code="P-OTHER"))
    with pytest.raises(Conflict):
        papers.open_paper(paper.code, by=None, sitting_code="S-NONE", at=clock.now())


def test_a_paper_is_not_sealed_with_an_item_that_was_retired_while_its_next_version_was_written(staff):
    paper = make_paper(staff)
    item = paper.places[0].item
    body = body_of(paper.places[0].version)
    draft = revise_item(item, replace(body, explanation="见新规程。"), by=staff.author)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, by=staff.paper_reviewer)
    db.session.refresh(item)

    retire(draft, "有争议", by=staff.reviewer)

    with pytest.raises(Conflict, match="1 "):
        papers.seal_paper(paper, by=staff.paper_reviewer)


def test_an_unsealed_paper_is_not_opened(staff):
    paper = make_paper(staff)

    with pytest.raises(NotFound):
        open_for(paper, make_seated_sitting(paper_code=paper.code))


def test_whoever_assembled_a_paper_neither_approves_nor_seals_it(staff):
    paper = make_paper(staff)
    both = make_officer(Duty.REVIEW_PAPERS, staff.centre)
    paper.assembled_by_id = both.id
    papers.see_proof(paper, by=both)

    with pytest.raises(Refused) as refusal:
        papers.approve_paper(paper, by=both)

    assert refusal.value.rule.id == "S-12"
    assert paper.state == PaperState.ASSEMBLED


def test_a_paper_is_not_approved_unread_nor_sealed_unapproved(staff):
    paper = make_paper(staff)

    with pytest.raises(Conflict):
        papers.approve_paper(paper, by=staff.paper_reviewer)
    with pytest.raises(Conflict):
        papers.seal_paper(paper, by=staff.paper_reviewer)


def test_a_paper_is_not_sealed_with_a_question_that_was_put_right_since(staff):
    paper = make_paper(staff)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, by=staff.paper_reviewer)
    place = paper.places[0]
    later = revise_item(place.item, body_of(place.version), by=staff.author)
    assert not is_stood_in_for(place.version)
    submit([later], by=staff.author)
    approve(later, by=staff.reviewer)

    with pytest.raises(Conflict, match="第 1 题"):
        papers.seal_paper(paper, by=staff.paper_reviewer)
    papers.send_paper_back(paper, "第 1 题已修订", by=staff.paper_reviewer)


def test_a_second_seal_is_refused(staff):
    paper = make_sealed(staff)

    with pytest.raises(Conflict):
        papers.seal_paper(paper, by=staff.paper_reviewer)


def test_nobody_reads_the_proof_of_a_sealed_paper(staff):
    paper = make_sealed(staff)

    with pytest.raises(Conflict):
        papers.see_proof(paper, by=staff.paper_reviewer)
    with pytest.raises(Conflict):
        proof_of(paper, by=staff.paper_reviewer)


def test_seeing_a_proof_needs_a_duty_on_papers_of_that_centre(staff):
    paper = make_paper(staff)
    stranger = make_officer(Duty.REVIEW_PAPERS)

    for person in (staff.author, staff.reviewer, stranger):
        with pytest.raises(Forbidden):
            papers.see_proof(paper, by=person)


def test_who_saw_a_paper_is_on_record_once(staff):
    paper = make_paper(staff)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.see_proof(paper, by=staff.paper_reviewer)

    assert db.session.query(Viewing).filter_by(person_id=staff.paper_reviewer.id).count() == 1
    assert db.session.query(Entry).filter_by(kind="paper.seen").count() == 2


def test_a_changed_body_a_changed_hash_and_a_swapped_paper_do_not_open(staff):
    paper = make_sealed(staff)
    sitting = make_seated_sitting(paper_code=paper.code)
    whole = paper.content_sealed

    paper.content_sealed = whole[:-1] + bytes([whole[-1] ^ 1])
    with pytest.raises(Conflict):
        open_for(paper, sitting)

    other = make_sealed(make_staff())
    paper.content_sealed, paper.key_sealed = other.content_sealed, other.key_sealed
    with pytest.raises(Conflict):
        open_for(paper, sitting)

    paper.ledger_leaf = other.ledger_leaf
    with pytest.raises(Conflict):
        open_for(paper, sitting)


def test_sealing_puts_items_in_use_and_counts_their_exposure(staff):
    paper = make_sealed(staff)
    db.session.expire_all()

    assert {place.version.state for place in paper.places} == {"live"}
    assert {place.item.exposure for place in paper.places} == {1}


def test_sealed_papers_are_listed_by_qualification(staff):
    paper = make_sealed(staff)

    assert [each.code for each in papers.sealed_papers("SAFETY-MANAGER")] == [paper.code]
    assert papers.sealed_papers("PRINCIPAL") == []


def test_a_paper_is_not_sealed_while_a_file_of_it_is_not_what_its_question_says_and_the_seal_covers_it(staff):
    bank = make_bank(staff)
    row = bring(bank, WORKSHOP, by=staff.author)
    item = write_item(bank, Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING), by=staff.author)
    submit(item.versions, by=staff.author)
    approve(item.versions[-1], by=staff.reviewer)
    blueprint = make_blueprint(staff, [papers.Cell("hazard_spotting", None, 1, 4)])
    paper = papers.assemble(blueprint, by=staff.paper_officer)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, by=staff.paper_reviewer)
    whole = storage.read(row.file_key)
    storage.replace(row.file_key, whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Conflict, match="workshop"):
        papers.seal_paper(paper, by=staff.paper_reviewer)
    storage.replace(row.file_key, whole)
    papers.seal_paper(paper, by=staff.paper_reviewer)
    sealed = open_for(paper, make_seated_sitting(paper_code=paper.code)).items[0].body
    assert sealed.media[0].digest == WORKSHOP.digest
