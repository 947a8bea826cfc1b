"""Four eyes on items: who wrote one does not review it; versions stay as they were handed in."""

from __future__ import annotations

import pytest

from tests.factories.bank import make_approved, make_bank, make_body, make_item, make_staff
from tests.factories.people import make_officer
from trainhub.exams import bank as room
from trainhub.exams.bank import ItemType
from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.finding import search
from trainhub.exams.bank.items import get_item, newest_version, revise_item
from trainhub.exams.bank.remarks import remarks_on
from trainhub.exams.bank.review import waiting_for
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.cipher import Undecipherable
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty


@pytest.fixture
def staff(app):
    return make_staff()


@pytest.fixture
def bank(staff):
    return make_bank(staff)


def handed_in(bank, staff):
    version = newest_version(make_item(bank, staff))
    room.submit([version], by=staff.author)
    return version


def test_a_second_person_approves_an_item_and_it_is_on_record(bank, staff):
    version = handed_in(bank, staff)

    room.approve(version, "可用", by=staff.reviewer)

    assert (version.state, version.reviewer_id) == ("approved", staff.reviewer.id)
    assert [words for _row, words in remarks_on(version)] == ["可用"]
    assert db.session.query(Entry).filter_by(kind="item.approved", by_id=staff.reviewer.id).count() == 1


def test_whoever_wrote_an_item_does_not_review_it(bank, staff):
    version = handed_in(bank, staff)
    both = make_officer(Duty.REVIEW_ITEMS, staff.centre)
    version.author_id = both.id
    db.session.flush()

    with pytest.raises(Refused) as refusal:
        room.approve(version, by=both)

    assert refusal.value.rule.id == "S-11"
    assert version.state == "in_review"
    assert version.id not in waiting_for(both, bank)


def test_whoever_wrote_the_first_version_does_not_review_a_later_one(bank, staff):
    version = handed_in(bank, staff)
    both = make_officer(Duty.REVIEW_ITEMS, staff.centre)
    version.item.created_by_id = both.id
    db.session.flush()

    with pytest.raises(Refused):
        room.approve(version, by=both)


def test_an_item_is_sent_back_with_a_reason_and_only_once(bank, staff):
    version = handed_in(bank, staff)

    with pytest.raises(Invalid):
        room.send_back(version, " ", by=staff.reviewer)
    room.send_back(version, "选项有歧义", by=staff.reviewer)

    assert version.state == "draft"
    with pytest.raises(Conflict):
        room.approve(version, by=staff.reviewer)


def test_a_draft_is_not_approved_and_a_stranger_reviews_nothing(bank, staff):
    version = newest_version(make_item(bank, staff))
    with pytest.raises(Conflict):
        room.approve(version, by=staff.reviewer)

    room.submit([version], by=staff.author)
    for person in (staff.author, staff.paper_officer, make_officer(Duty.REVIEW_ITEMS)):
        with pytest.raises(Forbidden):
            room.approve(version, by=person)


def test_an_unseen_draft_is_written_over_and_anything_seen_gets_a_new_version(bank, staff):
    item = make_item(bank, staff)
    revise_item(item, make_body(ItemType.SINGLE), by=staff.author)
    assert [version.number for version in item.versions] == [1]

    room.submit([newest_version(item)], by=staff.author)
    seen = body_of(newest_version(item))
    with pytest.raises(Conflict):
        revise_item(item, make_body(ItemType.SINGLE), by=staff.author)
    room.send_back(newest_version(item), "请改", by=staff.reviewer)
    revise_item(item, make_body(ItemType.SINGLE), by=staff.author)
    db.session.refresh(item)

    assert [(version.number, version.newest) for version in item.versions] == [(1, False), (2, True)]
    assert body_of(item.versions[0]) == seen


def test_an_approved_item_stays_as_it_is_while_its_next_version_is_written(bank, staff):
    (item,) = make_approved(bank, staff)
    revise_item(item, make_body(ItemType.SINGLE), by=staff.author)
    db.session.refresh(item)

    assert [version.state for version in item.versions] == ["approved", "draft"]


def test_a_retired_item_is_out_of_use_in_every_version(bank, staff):
    (item,) = make_approved(bank, staff)
    revise_item(item, make_body(ItemType.SINGLE), by=staff.author)
    db.session.refresh(item)

    room.retire(newest_version(item), "过时", by=staff.reviewer)

    assert [version.state for version in item.versions] == ["retired", "retired"]


def test_a_bank_takes_a_question_once(bank, staff):
    item = make_item(bank, staff)
    with pytest.raises(Conflict):
        room.write_item(bank, room.Draft(ItemType.SINGLE, body_of(newest_version(item))), by=staff.author)


def test_a_body_moved_to_another_item_cannot_be_read(bank, staff):
    first, second = newest_version(make_item(bank, staff)), newest_version(make_item(bank, staff))
    first.body_sealed = second.body_sealed

    with pytest.raises(Undecipherable):
        body_of(first)


def test_a_body_moved_to_another_bank_cannot_be_read(bank, staff):
    version = newest_version(make_item(bank, staff))
    version.item.bank = make_bank(staff)

    with pytest.raises(Undecipherable):
        body_of(version)


def test_nobody_finds_a_bank_or_item_of_another_centre(bank, staff):
    item = make_item(bank, staff)
    for duty in (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS, Duty.ASSEMBLE_PAPERS, Duty.TEACH):
        stranger = make_officer(duty)
        with pytest.raises(NotFound):
            get_bank(bank.code, by=stranger)
        with pytest.raises(NotFound):
            get_item(item.code, by=stranger)


def test_items_are_found_by_words_of_stem_and_options(bank, staff):
    body = room.ItemBody("受限空间作业前应先通风、再检测。", (), ("T",))
    wanted = room.write_item(bank, room.Draft(ItemType.TRUE_FALSE, body), by=staff.author)
    make_item(bank, staff)

    assert [version.item_id for version in search(bank, "受限空间 检测")] == [wanted.id]
    assert search(bank, "检测通风") == []
    with pytest.raises(Invalid):
        search(bank, "空")
