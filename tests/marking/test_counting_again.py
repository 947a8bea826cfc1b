"""A voided question that people mark is let count again: its responses are asked for again."""

from dataclasses import replace

import pytest

from tests.factories.bank import make_bank, make_staff
from tests.factories.every_type import CONSTRUCTED
from tests.factories.judging import CODE, PAPER, WORDS, Written
from trainhub.exams import bank as bank_room
from trainhub.exams.bank import Draft, ItemType
from trainhub.exams.bank.items import newest_version
from trainhub.exams.marking import (
    Wanted,
    approve_key_change,
    differences,
    mark_sitting,
    propose_key_change,
    results_of,
)
from trainhub.exams.marking.written import number_waiting
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict

WHY = ("题干有歧义，无法评阅", "复核记录 2026-12 号")


class Story(Written):
    """A closed sitting whose second question, which people mark, stands in the bank."""

    def __init__(self, app, words=(WORDS, WORDS + "完")):
        super().__init__(app, words)
        with transaction():
            staff = make_staff()
            draft = Draft(ItemType.CONSTRUCTED, CONSTRUCTED)
            item = bank_room.write_item(make_bank(staff), draft, by=staff.author)
            bank_room.submit([newest_version(item)], by=staff.author)
            bank_room.approve(newest_version(item), by=staff.reviewer)
            self.item = item.code
        items = (PAPER.items[0], replace(PAPER.items[1], item_code=self.item))
        app.extensions["opened-papers"][CODE, self.code] = replace(PAPER, items=items)

    def change(self, to_version):
        with transaction():
            wanted = Wanted(self.item, 1, to_version, *WHY)
            marker = self.person(self.marker_id)
            code = propose_key_change(self.sitting.organisation, wanted, by=marker).code
        approve_key_change(code, self.second_marker_id)
        db.session.rollback()

    def void(self):
        self.change(None)

    def back(self):
        self.change(1)

    def waiting(self):
        found = number_waiting(self.sitting)
        db.session.rollback()
        return found

    def mark(self):
        mark_sitting(self.code, self.marker_id)
        return [each.marks for each in results_of(self.sitting)]


@pytest.fixture
def story(app):
    return Story(app)


def test_a_question_that_counts_again_asks_again_those_who_had_it(story):
    story.allot()
    before = story.to_mark()
    story.void()
    story.back()
    assert story.to_mark() == before and story.waiting() == 2
    with pytest.raises(Conflict, match="2 份作答等待人工评阅"):
        story.mark()
    story.give_all(*[[2, 3]] * 4)
    assert story.mark() == [10, 10]


def test_a_question_that_counts_again_is_given_out_where_nobody_had_it(story):
    story.void()
    story.allot()
    story.back()
    with pytest.raises(Conflict, match="第 2 题的作答等待人工评阅"):
        story.mark()
    db.session.rollback()
    assert story.allot() == (4, 0)
    story.give_all(*[[0, 0]] * 4)
    assert story.mark() == [2, 2]


def test_once_a_sitting_is_marked_without_them_the_question_cannot_count_again(story):
    story.void()
    story.mark()
    db.session.rollback()
    with pytest.raises(Conflict, match="不能恢复计分"):
        story.back()


def test_where_people_marked_it_before_the_question_counts_again_after_the_marking_too(story):
    story.allot()
    story.give_all(*[[0, 0]] * 4)
    story.void()
    assert story.mark() == [10, 10]
    db.session.rollback()
    story.back()
    assert [each.marks for each in results_of(story.sitting)] == [2, 2]
    assert differences(story.sitting) == []


def test_the_page_leads_to_no_marking_by_people_while_the_only_such_question_is_void(client, story):
    link = f'href="/exam/marking/{story.code}/people"'
    for act, leads in ((story.void, False), (story.back, True)):
        act()
        client.sign_in(story.person(story.marker_id))
        assert (link in client.get(f"/exam/marking/{story.code}").text) == leads
        db.session.rollback()
