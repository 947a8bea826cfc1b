"""Deeds on many items: each by itself, told and on record; four eyes are kept for every one of them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from tests.factories.bank import make_approved, make_bank, make_item, make_staff
from trainhub.exams import bank as room
from trainhub.exams.bank import rotation
from trainhub.exams.bank.as_shown import mark_of
from trainhub.exams.bank.bulk import begin, do_all, do_lot, report_of, search_of
from trainhub.exams.bank.bulk_one import Order
from trainhub.exams.bank.comments import comment
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.models_bulk import BulkDeed
from trainhub.exams.bank.vault import body_of
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Forbidden, Invalid
from trainhub.ledger import Entry
from trainhub.people.models import Person


@pytest.fixture
def staff(app):
    found = make_staff()
    db.session.commit()
    return found


@pytest.fixture
def bank(staff):
    with transaction():
        made = make_bank(staff)
    return made


def as_read(code):
    """An item as a list shows it now: its code, and the mark of what it says."""
    item = db.session.scalar(select(Item).where(Item.code == code))
    return code, mark_of(newest_version(item)) if item else "1"


def act(bank, order, items, by):
    """Do a deed on items; returns what became of each by its code."""
    ids = bank.id, by.id
    chosen = [as_read(item if isinstance(item, str) else item.code) for item in items]
    with transaction():
        row = begin(db.session.get_one(Bank, ids[0]), order, chosen, by=db.session.get_one(Person, ids[1]))
        bulk_id = row.id
    do_all(bulk_id)
    report = report_of(db.session.get_one(BulkDeed, bulk_id))
    return {code: (outcome, words) for code, outcome, words in report.rows}


def test_each_item_is_approved_by_itself_and_a_refusal_names_its_reason(bank, staff):
    with transaction():
        items = [make_item(bank, staff) for _each in range(5)]
        fresh, commented, own, draft, good = items
        room.submit([newest_version(each) for each in items if each is not draft], by=staff.author)
        newest_version(own).author_id = staff.reviewer.id
        comment(newest_version(commented), "stem", "请核对。", by=staff.reviewer)
        codes = {name: item.code for name, item in zip("fcodg", items, strict=True)}

    told = act(bank, Order("approve"), [*codes.values(), "Q-NOWHERE"], staff.reviewer)

    assert [told[codes[name]][0] for name in "fcodg"] == ["done", "refused", "refused", "refused", "done"]
    assert "S-11" in told[codes["o"]][1] and told["Q-NOWHERE"][0] == "refused"
    states = dict(db.session.execute(select(Item.code, ItemVersion.state).join(ItemVersion)).all())
    assert states == {
        codes["f"]: "approved", codes["c"]: "in_review", codes["o"]: "in_review",
        codes["d"]: "draft", codes["g"]: "approved",
    }  # fmt: skip
    kinds = (
        select(func.count()).select_from(Entry).where(Entry.kind.in_(("item.approved", "decision.refused")))
    )
    assert db.session.scalar(kinds) == 3
    told = act(bank, Order("approve", settles=True), [codes["c"]], staff.reviewer)
    assert told[codes["c"]] == ("done", "")


def test_level_point_difficulty_source_and_retirement_are_set_for_many(bank, staff):
    with transaction():
        items = make_approved(bank, staff, number=2)
        draft = make_item(bank, staff)
        point = room.add_knowledge_point(bank.qualification, "07.1", "动火", by=staff.author)
        codes, point_code = [item.code for item in (*items, draft)], point.code
    author, reviewer = staff.author, staff.reviewer
    act(bank, Order("level", cognitive="apply"), codes, author)
    act(bank, Order("place", point=point_code), codes, author)
    act(bank, Order("difficulty", difficulty=3), codes, author)
    told = act(bank, Order("source", source="《安全生产法》第二十七条"), codes, author)
    assert {outcome for outcome, _words in told.values()} == {"done"} and "2" in told[codes[0]][1]
    rows = db.session.scalars(select(Item).order_by(Item.id)).all()
    said = {(item.cognitive, item.knowledge_point.code, item.level) for item in rows}
    assert said == {("apply", point_code, 3)}
    assert {body_of(newest_version(item)).source_article for item in rows} == {"《安全生产法》第二十七条"}
    assert [len(item.versions) for item in rows] == [2, 2, 1]
    assert act(bank, Order("place", point="99"), codes[:1], author)[codes[0]][0] == "refused"
    told = act(bank, Order("retire", reason="条文已修改"), codes[:2] * 2, reviewer)
    assert len(told) == 2 and {outcome for outcome, _words in told.values()} == {"done"}


def test_a_deed_needs_its_duty_its_value_and_items(bank, staff):
    chosen = [("Q-1", "1")]
    with transaction():
        for order, by, problem in (
            (Order("approve"), staff.author, Forbidden),
            (Order("level", cognitive="apply"), staff.reviewer, Forbidden),
            (Order("retire", reason=" "), staff.reviewer, Invalid),
            (Order("source"), staff.author, Invalid),
            (Order("difficulty", difficulty=4), staff.author, Invalid),
            (Order("level", cognitive="guess"), staff.author, Invalid),
        ):
            with pytest.raises(problem):
                begin(bank, order, chosen, by=by)
        with pytest.raises(Invalid):
            begin(bank, Order("submit"), [], by=staff.author)


def everything_that_a_search_finds_is_meant(client, code):
    """Not only the page of 25: all 27, in the background, and a search of few at once."""
    page = client.post(f"/exam/bank/{code}/search", data={"words": "正确的做法"}, follow_redirects=True).text
    assert "全部 27 道试题" in page and page.count('name="item"') == 25
    form = {"action": "level", "cognitive": "apply", "everything": "1", "words": "正确的做法"}
    form["shown_at"] = re.search('name="shown_at" value="(.*?)"', page)[1]
    answer = client.post(f"/exam/bank/{code}/items", data=form | {"type": "multiple"})
    assert answer.status_code == 422, "nothing of this type holds the words: back to what the search found"
    assert 'value="正确的做法"' in answer.text
    answer = client.post(f"/exam/bank/{code}/items", data=form)
    assert answer.status_code == 302 and "/jobs/" in answer.location
    row = db.session.scalars(select(BulkDeed).where(BulkDeed.deed == "level")).one()
    assert "正确的做法".encode() not in row.order_sealed and search_of(row).words == "正确的做法"
    assert db.session.scalar(select(func.count()).where(Item.cognitive == "apply")) == 0
    db.session.rollback()
    jobs.run_pending()
    assert search_of(row) is None and report_of(row).done == 27
    assert db.session.scalar(select(func.count()).where(Item.cognitive == "apply")) == 27
    one = body_of(newest_version(db.session.scalars(select(Item)).first())).options[0].text
    form |= {"words": one, "cognitive": "remember"}
    db.session.rollback()
    answer = client.post(f"/exam/bank/{code}/items", data=form)
    assert "/jobs/" not in answer.location
    assert db.session.scalar(select(func.count()).where(Item.cognitive == "remember")) == 1
    db.session.rollback()


def test_more_than_a_page_goes_through_the_background_and_its_report_stays_sealed(client, app, bank, staff):
    with transaction():
        items = [make_item(bank, staff) for _each in range(27)]
        room.submit([newest_version(items[0])], by=staff.author)
        first = items[0].code
    client.sign_in(staff.author)
    code, author_id = bank.code, staff.author.id
    form = {"action": "submit", "everything": "1", "state": "", "type": "single"}
    form["shown_at"] = clock.now().isoformat()
    answer = client.post(f"/exam/bank/{code}/items", data=form)
    assert answer.status_code == 302 and "/jobs/" in answer.location
    assert db.session.scalar(select(func.count()).where(ItemVersion.state == "in_review")) == 1
    db.session.rollback()
    jobs.run_pending()
    row_id = db.session.scalars(select(BulkDeed.id)).one()
    db.session.rollback()
    everything_that_a_search_finds_is_meant(client, code)
    page = client.get(f"/exam/bank/{code}/items/bulk/{row_id}").text
    assert first in page and "26" in page
    assert db.session.scalar(select(func.count()).where(ItemVersion.state == "in_review")) == 27
    row = db.session.get_one(BulkDeed, row_id)
    assert row.ended_at and first.encode() not in row.order_sealed + row.report_sealed
    db.session.rollback()

    rotation.rotate(code, by=db.session.get_one(Person, author_id))
    do_all(row_id)
    assert report_of(db.session.get_one(BulkDeed, row_id)).done == 26
    db.session.rollback()
    client.sign_in(staff.reviewer)
    assert client.get(f"/exam/bank/{code}/items/bulk/{row_id}").status_code == 404


def test_an_item_that_is_sent_twice_goes_through_once(client, bank, staff):
    with transaction():
        item = make_approved(bank, staff)[0]
        code, bank_code, reviewer_id = item.code, bank.code, staff.reviewer.id
    client.sign_in(db.session.get_one(Person, reviewer_id))
    ticked = " ".join(as_read(code))
    data = {"item": [ticked, ticked], "action": "retire", "reason": "内容过时。"}

    page = client.post(f"/exam/bank/{bank_code}/items", data=data, follow_redirects=True).text

    assert "已处理 1 道试题。" in page
    told = Entry.kind == "items.bulk"
    assert '"items":1}' in db.session.scalars(select(Entry.body).where(told)).one()


def test_what_is_done_at_once_passes_over_an_item_that_it_has_done(bank, staff):
    with transaction():
        item = make_approved(bank, staff)[0]
        chosen = [as_read(item.code)]
        row = begin(bank, Order("retire", reason="内容过时。"), chosen, by=staff.reviewer)
        assert do_lot(row, chosen * 2, by=staff.reviewer) == 1
        rows = report_of(row).rows
    assert [(code, outcome) for code, outcome, _words in rows] == [(chosen[0][0], "done")]


def test_a_deed_on_many_that_lacks_its_value_brings_its_list_back_with_what_was_chosen(client, bank, staff):
    with transaction():
        item = make_approved(bank, staff)[0]
        code, bank_code, reviewer_id = item.code, bank.code, staff.reviewer.id
    client.sign_in(db.session.get_one(Person, reviewer_id))
    data = {"item": " ".join(as_read(code)), "action": "retire", "reason": " "}

    answer = client.post(f"/exam/bank/{bank_code}/items", data=data)

    assert answer.status_code == 422
    assert re.search(rf'value="{code} [^"]*" aria-label="{code}" checked', answer.text)
    assert re.search(r'<option selected value="retire"', answer.text)
