"""Comments in review: on a part of a question, sealed, answered by its author, settled before approval."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_body, make_item, make_staff
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from tests.factories.people import make_officer, make_organisation
from trainhub.exams import bank as room
from trainhub.exams.bank import rotation
from trainhub.exams.bank.comments import answer, comment, number_unanswered, open_on, settle, threads_on
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exporting import export_items
from trainhub.exams.bank.finding import Filter, listing
from trainhub.exams.bank.items import get_item, newest_version, revise_item
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.models import Review
from trainhub.exams.bank.parts import parts_of
from trainhub.exams.bank.vault import body_of
from trainhub.governance import identity
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty

WORDS = "第二个选项有歧义，请改写。"


@pytest.fixture
def staff(app):
    return make_staff()


@pytest.fixture
def version(staff):
    """A version that is in review."""
    made = newest_version(make_item(make_bank(staff), staff))
    room.submit([made], by=staff.author)
    return made


def threads(version):
    (found,) = threads_on([version]).values()
    return found


def test_an_open_comment_keeps_an_item_from_approval_until_it_is_settled(staff, version):
    asked = comment(version, "option-B", WORDS, by=staff.reviewer)
    with pytest.raises(Conflict, match="1"):
        room.approve(version, by=staff.reviewer)
    answer(asked, "B 项照规程原文，不改。", by=staff.author)
    (thread,) = threads(version)
    assert thread.is_open and "B" in thread.part and thread.words == WORDS
    assert [(row.person_id, words) for row, words in thread.answers] == [
        (staff.author.id, "B 项照规程原文，不改。")
    ]
    with pytest.raises(Forbidden):
        settle(asked, by=staff.author)

    settle(asked, by=staff.reviewer)
    room.approve(version, by=staff.reviewer)

    assert version.state == "approved" and not threads(version)[0].is_open
    with pytest.raises(Conflict):
        answer(asked, "再说", by=staff.author)
    kinds = db.session.scalars(select(Entry.kind).where(Entry.kind.like("item.comment%"))).all()
    assert sorted(kinds) == ["item.comment.answered", "item.comment.settled", "item.commented"]


def test_whoever_approves_may_settle_what_is_open_and_it_counts_from_version_to_version(staff, version):
    comment(version, "", WORDS, by=staff.reviewer)
    room.send_back(version, "见批注", by=staff.reviewer)
    second = revise_item(version.item, make_body(ItemType.SINGLE), by=staff.author)
    room.submit([second], by=staff.author)
    with pytest.raises(Conflict):
        room.approve(second, by=staff.reviewer)

    room.approve(second, by=staff.reviewer, settles=True)

    assert second.state == "approved" and open_on(second) == []
    assert threads(version)[0].comment.settled_by_id == staff.reviewer.id


def test_an_author_settles_nothing_of_others_under_another_record_of_theirs(staff, version):
    asked = comment(version, "option-B", WORDS, by=staff.reviewer)
    theirs, author = make_officer(Duty.REVIEW_ITEMS, version.item.bank.organisation), Person(name="同一人")
    db.session.add(author)
    db.session.flush()
    version.author_id = version.item.created_by_id = author.id
    authority = make_organisation(OrganisationKind.AUTHORITY)
    identity.join_records(author, theirs, by=make_officer(Duty.ADMINISTER_SECURITY, authority))
    with pytest.raises(Forbidden):
        settle(asked, by=theirs)


def test_a_comment_needs_words_a_part_that_is_there_and_a_duty_on_the_bank(staff, version):
    for part, words in (("", "  "), ("", "长" * 2001), ("option-H", WORDS), ("file-1", WORDS)):
        with pytest.raises(Invalid):
            comment(version, part, words, by=staff.reviewer)
    for stranger in (staff.paper_officer, make_officer(Duty.REVIEW_ITEMS)):
        with pytest.raises(Forbidden):
            comment(version, "", WORDS, by=stranger)


def test_comments_are_sealed_turn_with_the_key_of_the_bank_and_leave_it_with_no_file(app, staff, version):
    asked = comment(version, "stem", WORDS, by=staff.reviewer)
    bank, code = version.item.bank, version.item.bank.code
    author, reviewer = staff.author.id, staff.reviewer
    assert number_unanswered(bank, staff.author) == 1
    answer(asked, "好的，即改。", by=staff.author)
    assert number_unanswered(bank, staff.author) == 0
    assert db.session.scalars(listing(bank, Filter(commented=True))).all() == [version]
    settle(asked, by=reviewer)
    assert db.session.scalars(listing(bank, Filter(commented=True))).all() == []
    sealed = db.session.scalars(select(Review.text_sealed)).all()
    written = export_items(bank, "gift", by=staff.author).content
    assert body_of(version).stem.encode() in written and WORDS.encode() not in written
    assert len(sealed) == 2 and not any("选项".encode() in each for each in sealed)
    version_id = version.id
    db.session.commit()

    rotation.rotate(code, by=db.session.get_one(type(reviewer), author))

    with transaction():
        version = db.session.get_one(type(version), version_id)
        (thread,) = threads(version)
        assert (thread.words, thread.answers[0][1]) == (WORDS, "好的，即改。")


def test_every_part_of_every_type_has_a_name(staff):
    bank = make_bank(staff)
    bring(bank, WORKSHOP, by=staff.author)
    for kind, body in EVERY_TYPE.items():
        item = room.write_item(bank, room.Draft(kind, body), by=staff.author)
        for part in parts_of(body):
            comment(newest_version(item), part, WORDS, by=staff.reviewer)
        assert len({each.part for each in threads(newest_version(item))}) == len(parts_of(body))
    assert {"part-3-key", "part-4-target-4"} < set(parts_of(EVERY_TYPE[ItemType.CASE_SET]))
    assert {"hazard-4", "file-1"} < set(parts_of(EVERY_TYPE[ItemType.HAZARD_SPOTTING]))


def test_comments_are_made_answered_and_settled_on_the_pages(client, staff, version):
    code, bank = version.item.code, version.item.bank.code
    db.session.commit()
    client.sign_in(staff.reviewer)
    made = {"part": "option-B", "text": WORDS, "page": "review"}
    answer_ = client.post(f"/exam/bank/items/{code}/remarks", data=made)
    assert answer_.status_code == 302 and "/review?at=" in answer_.location
    page = client.get(answer_.location).text
    assert WORDS in page and "settles" in page
    verdict = client.post(f"/exam/bank/{bank}/review/{code}", data={"verdict": "approve", "version": "1"})
    assert verdict.status_code == 409
    assert "error-summary" in verdict.text and WORDS in verdict.text and 'name="settles"' in verdict.text
    asked = db.session.scalars(select(Review.code).where(Review.verdict == "remark")).one()
    db.session.rollback()

    client.sign_in(staff.author)
    assert (
        client.post(f"/exam/bank/items/{code}/remarks/{asked}/answer", data={"text": "已核"}).status_code
        == 302
    )
    refused = client.post(f"/exam/bank/items/{code}/remarks/{asked}/settle")
    assert refused.status_code == 403 and "data-focus" in refused.text and "已核" in refused.text
    assert "已核" in client.get(f"/exam/bank/items/{code}").text
    client.sign_in(staff.reviewer)
    both = {"verdict": "approve", "version": "1", "settles": "1"}
    assert client.post(f"/exam/bank/{bank}/review/{code}", data=both).status_code == 302


@pytest.mark.parametrize("kept_open", ["comment", "answer"])
def test_what_was_being_written_when_the_item_got_its_verdict_comes_back_with_the_reason(
    client, staff, version, kept_open
):
    code, other = version.item.code, make_officer(Duty.REVIEW_ITEMS, staff.centre)
    asked = comment(version, "", WORDS, by=staff.reviewer).review.code
    db.session.commit()
    with transaction():
        if kept_open == "comment":
            room.retire(newest_version(get_item(code, by=other)), "不再使用", by=other)
        else:
            room.approve(newest_version(get_item(code, by=other)), by=other, settles=True)
    client.sign_in(staff.reviewer)
    path = "remarks" if kept_open == "comment" else f"remarks/{asked}/answer"
    data = {"text": "写了很久的意见", "page": "review"}
    answer_ = client.post(f"/exam/bank/items/{code}/{path}", data=data)
    assert answer_.status_code == 409 and "写了很久的意见</textarea>" in answer_.text
    assert answer_.text.count("data-focus") == 1
