"""A change of the law finds the items that rest on it, whatever state they are in when it is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.bank.test_sources import LAW, STANDARD, Story, flags, item_of, source_of
from tests.factories.bank import make_body
from trainhub.exams import bank as room
from trainhub.exams.bank import ItemType
from trainhub.exams.bank.ended import flag_ended, is_any_unflagged
from trainhub.exams.bank.flags import flags_of, values_of
from trainhub.exams.bank.keeping import keep_item
from trainhub.exams.bank.sources import Edition, repeal_source, replace_source
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction

FLAGGED = [("source_changed", None)]
ARTICLE = "《安全生产法》第二十七条"


@pytest.fixture
def story(app):
    return Story()


def change(story, code, began, articles=(), number="主席令第99号"):
    """Record that a new edition takes the place of the law of a code; returns the new one's code."""
    with transaction():
        edition = replace(LAW, number=number, in_force_from=began)
        new = replace_source(source_of(code), edition, articles, by=story.author).code
    jobs.run_pending()
    return new


def approve(story, code):
    with transaction():
        room.approve(item_of(code).versions[-1], by=story.reviewer)


def handed_in(story, text):
    with transaction():
        code = story.item(text, approve=False)
        room.submit(item_of(code).versions, by=story.author)
    return code


def look(due=True):
    assert is_any_unflagged() is due
    db.session.rollback()
    if due:
        with transaction():
            flag_ended()
        assert not is_any_unflagged()
        db.session.rollback()


@pytest.fixture
def day(monkeypatch):
    """Set the day that the house takes for today."""

    def set_to(wanted):
        shift = wanted - clock.today()
        now = clock.now
        monkeypatch.setattr(clock, "now", lambda: now() + shift)

    return set_to


def test_an_item_in_review_when_a_later_change_is_recorded_is_flagged_with_its_approval(story):
    law = story.source(LAW)
    code = handed_in(story, ARTICLE)
    elsewhere = handed_in(story, "《安全生产法》第三条")
    change(story, law, clock.today() + timedelta(days=60), ["27"])
    assert flags(code) == []
    for each in (code, elsewhere):
        approve(story, each)
    assert (flags(code), flags(elsewhere)) == (FLAGGED, [])
    with transaction():
        (flag,) = flags_of(item_of(code))
        assert values_of(flag.evidence[0])["articles"] == ["27"]
        assert flag.raised_by_id == story.author_id


def test_an_item_written_between_the_recording_and_the_first_day_is_flagged(story):
    law = story.source(LAW)
    change(story, law, clock.today() + timedelta(days=60), ["27"])
    with transaction():
        code = story.item(ARTICLE)
    assert flags(code) == FLAGGED


def test_the_reviewer_reads_of_a_change_that_applies_at_once_and_the_approval_flags_the_item(client, story):
    law = story.source(LAW)
    code = handed_in(story, ARTICLE)
    with transaction():
        draft = story.item(ARTICLE, approve=False)
        bank = story.bank.code
    change(story, law, clock.today() - timedelta(days=1))
    client.sign_in(story.reviewer)
    page = client.get(f"/exam/bank/{bank}/review").text
    assert "将标记为待复核" in page and "今日无效" in page and LAW.number in page
    db.session.rollback()
    approve(story, code)
    with transaction():
        room.submit(item_of(draft).versions, by=story.author)
    approve(story, draft)
    assert (flags(code), flags(draft)) == (FLAGGED, FLAGGED)


def test_written_anew_under_the_new_edition_an_item_rests_on_that_alone(story):
    law = story.source(LAW)
    with transaction():
        code = story.item(ARTICLE)
    change(story, law, clock.today() - timedelta(days=1))
    with transaction():
        item = item_of(code)
        body = replace(make_body(ItemType.SINGLE), source_article=ARTICLE)
        version = room.revise_item(item, body, by=story.author)
        room.submit([version], by=story.author)
        room.approve(version, by=story.reviewer)
    assert flags(code) == [("source_changed", "changed")]
    look(due=False)


def test_an_edition_recorded_with_a_last_day_already_past_flags_what_rests_on_it(story):
    with transaction():
        code = story.item("GB 30871-2014 第5条")
    story.source(Edition(STANDARD.kind, STANDARD.title, "GB 30871-2014", None, date(2022, 9, 30)))
    assert flags(code) == FLAGGED


def test_a_chore_flags_what_no_change_flagged_and_lets_the_rest_go_on_with_the_new_edition(story, day):
    law = story.source(LAW)
    with transaction():
        whole, elsewhere, numbered = (
            story.item(each) for each in ("《安全生产法》", "《安全生产法》第三条", "主席令第88号 第三条")
        )
    began = clock.today() + timedelta(days=60)
    change(story, law, began, ["27"])
    assert (flags(whole), flags(elsewhere), flags(numbered)) == (FLAGGED, [], [])
    look(due=False)
    day(began)
    look()
    assert (flags(elsewhere), flags(numbered)) == ([], FLAGGED)
    look(due=False)


def test_what_looking_anew_finds_before_the_chore_does_is_not_moved_without_a_word(story, day):
    law = story.source(LAW)
    began = clock.today() + timedelta(days=60)
    code = handed_in(story, ARTICLE)
    change(story, law, began, ["27"])
    day(began)
    story.source(STANDARD)
    approve(story, code)
    assert flags(code) == FLAGGED


def test_what_was_found_right_is_not_asked_again_but_by_the_next_change(story):
    law = story.source(LAW)
    with transaction():
        code = story.item(ARTICLE)
    new = change(story, law, clock.today() - timedelta(days=9))
    with transaction():
        keep_item(flags_of(item_of(code))[0], "条款号未变，答案无误。", by=story.reviewer)
    look(due=False)
    with transaction():
        repeal_source(source_of(new), clock.today() - timedelta(days=1), by=story.author)
    jobs.run_pending()
    assert sorted(flags(code), key=str) == [("source_changed", "kept"), *FLAGGED]
    look(due=False)
