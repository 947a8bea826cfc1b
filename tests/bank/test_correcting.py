"""A source that was recorded wrongly is put right: with a reason, by two people where flags depend on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests.bank.test_sources import LAW, STANDARD, Story
from trainhub.exams.bank.citing import in_use_citing, sources_of
from trainhub.exams.bank.correcting import (
    decide,
    edition_of,
    number_to_decide,
    propose_correction,
    waiting_for_source,
)
from trainhub.exams.bank.flags import flags_of, values_of
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Item
from trainhub.exams.bank.models_sources import Source
from trainhub.exams.bank.sources import repeal_source, replace_source
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, Refused

REASON = "录入时抄错，已核对原文。"


@pytest.fixture
def story(app):
    return Story()


def source_of(code):
    return db.session.scalars(select(Source).where(Source.code == code)).one()


def propose(story, code, **values):
    with transaction():
        source = source_of(code)
        row = propose_correction(source, replace(edition_of(source), **values), REASON, by=story.author)
        accepted = row.accepted
    jobs.run_pending()
    db.session.rollback()
    return accepted


def settle(story, code, *, accepts=True):
    with transaction():
        decide(waiting_for_source(source_of(code)), accepts=accepts, by=story.reviewer)
    jobs.run_pending()
    db.session.rollback()


def item_of(code):
    return db.session.scalars(select(Item).where(Item.code == code)).one()


def open_flags(code):
    return [each for each in flags_of(item_of(code)) if each.decision is None]


def names_of(code):
    """The numbers of the sources on which the newest version of an item rests."""
    version = newest_version(item_of(code))
    return [each.number for each in sources_of([version.id])[version.id]]


def test_a_typo_on_which_nothing_rests_is_put_right_at_once_and_items_are_found_by_the_right_number(story):
    code = story.source(replace(STANDARD, number="GB 30817-2022"))
    with transaction():
        story.item("GB 30871-2022 5.1.2")
    assert in_use_citing(source_of(code)) == []
    assert propose(story, code, number="GB 30871-2022") is True
    assert len(in_use_citing(source_of(code))) == 1
    assert propose(story, code, number="GB 30871-2021") is None, "now an item rests on it"
    assert source_of(code).number == "GB 30871-2022"
    settle(story, code, accepts=False)
    assert source_of(code).number == "GB 30871-2022" and waiting_for_source(source_of(code)) is None


def test_a_repeal_recorded_by_mistake_is_taken_back_by_two_and_its_flags_go(story):
    code = story.source(STANDARD)
    with transaction():
        item = story.item("GB 30871-2022 5.1.2")
        repeal_source(source_of(code), date(2026, 6, 30), by=story.author)
    jobs.run_pending()
    assert propose(story, code, in_force_until=date(2026, 12, 31)) is None
    with transaction(), pytest.raises(Refused):
        decide(waiting_for_source(source_of(code)), accepts=True, by=story.author)
    with transaction(), pytest.raises(Conflict):
        propose_correction(source_of(code), LAW, REASON, by=story.author)
    assert number_to_decide(story.reviewer) == 1 and number_to_decide(story.author) == 0
    settle(story, code)
    (flag,) = flags_of(db.session.scalars(select(Item).where(Item.code == item)).one())
    assert values_of(flag.evidence[0])["until"] == "2026-12-31" and flag.decision is None

    assert propose(story, code, in_force_until=None) is None
    settle(story, code)
    db.session.refresh(flag)
    assert source_of(code).in_force_until is None
    assert (flag.decision, flag.decided_by_id) == ("corrected", story.reviewer_id)


def test_the_first_day_of_an_edition_moves_the_last_day_of_the_one_before(story):
    old = story.source(LAW)
    with transaction():
        new = replace_source(
            source_of(old),
            replace(LAW, number="主席令第1号", in_force_from=date(2027, 1, 1)),
            (),
            by=story.author,
        ).code
    jobs.run_pending()
    with transaction():
        for code, values in (
            (old, {"in_force_until": date(2027, 2, 1)}),
            (new, {"in_force_from": date(2021, 9, 1)}),
        ):
            with pytest.raises(Invalid):
                source = source_of(code)
                propose_correction(source, replace(edition_of(source), **values), REASON, by=story.author)
    assert propose(story, new, in_force_from=date(2027, 6, 1)) is None
    settle(story, new)
    assert source_of(old).in_force_until == date(2027, 5, 31)


def test_a_replacement_recorded_by_mistake_is_undone_by_two_and_what_it_flagged_goes(client, story):
    old, standard = story.source(LAW), story.source(STANDARD)
    edition = replace(LAW, number="主席令第1号", in_force_from=date(2026, 1, 1))
    with transaction():
        item, both = (
            story.item("《安全生产法》第二十七条"),
            story.item("《安全生产法》第三条，GB 30871-2022 5.1.2"),
        )
    for _round in range(2):
        with transaction():
            new = replace_source(source_of(old), edition, (), by=story.author).code
            if source_of(standard).in_force_until is None:
                repeal_source(source_of(standard), date(2026, 6, 30), by=story.author)
            draft = story.item("《安全生产法》第二十七条", approve=False)
        jobs.run_pending()
        db.session.rollback()
        assert [len(open_flags(each)) for each in (item, both)] == [1, 1], "again when it is recorded again"
        assert names_of(draft) == [edition.number]
        assert propose(story, old, in_force_until=None) is None
        with transaction(), pytest.raises(Refused):
            decide(waiting_for_source(source_of(old)), accepts=True, by=story.author)
        with transaction(), pytest.raises(Invalid):
            propose_correction(source_of(new), edition_of(source_of(new)), REASON, by=story.author)
        client.sign_in(story.reviewer)
        assert "撤销这次替代" in client.get(f"/exam/bank/sources/{old}").text
        db.session.rollback()
        settle(story, old)
        assert (source_of(old).in_force_until, source_of(old).replaced_by_id) == (None, None)
        assert [len(open_flags(each)) for each in (item, both)] == [0, 1]
        assert [each.subject.split(":")[1] for each in open_flags(both)[0].evidence] == [standard]
        assert names_of(draft) == [LAW.number]
        assert source_of(new).withdrawn_at is not None and in_use_citing(source_of(new)) == []
        assert "误录" in client.get(f"/exam/bank/sources/{new}").text
        db.session.rollback()
    with transaction(), pytest.raises(Conflict):
        repeal_source(source_of(new), date(2026, 12, 31), by=story.author)


def test_a_correction_says_what_and_why_and_nothing_that_is_a_change_of_the_law(story):
    code, other = story.source(STANDARD), story.source(LAW)
    with transaction():
        source, twin = source_of(code), edition_of(source_of(other))
        same = edition_of(source)
        for wanted, reason, problem in (
            (same, REASON, Invalid),
            (replace(same, title="另一名称"), "错", Invalid),
            (replace(same, in_force_until=date(2026, 1, 1)), REASON, Invalid),
            (replace(same, title="题" * 101), REASON, Invalid),
            (twin, REASON, Conflict),
        ):
            with pytest.raises(problem):
                propose_correction(source, wanted, reason, by=story.author)
        with pytest.raises(Forbidden):
            propose_correction(source, replace(same, title="另一名称"), REASON, by=story.reviewer)


def test_a_correction_is_proposed_and_decided_on_the_page(client, story):
    code = story.source(STANDARD)
    with transaction():
        story.item("GB 30871-2022 5.1.2")
    jobs.run_pending()
    place = f"/exam/bank/sources/{code}"
    form = {
        "right-kind": "standard", "right-title": STANDARD.title, "right-number": "GB 30871-2022",
        "right-in_force_from": "2022-10-02", "right-reason": REASON,
    }  # fmt: skip
    client.sign_in(story.author)
    assert client.post(f"{place}/corrections", data=form | {"right-reason": "错"}).status_code == 422
    assert client.post(f"{place}/corrections", data=form).status_code == 302
    assert REASON in client.get(place).text
    row = waiting_for_source(source_of(code)).code
    db.session.rollback()
    assert client.post(f"{place}/corrections/{row}", data={"verdict": "accept"}).status_code == 409
    client.sign_in(story.reviewer)
    assert "verdict" in client.get(place).text
    assert client.post(f"{place}/corrections/{row}", data={"verdict": "accept"}).status_code == 302
    assert source_of(code).in_force_from == date(2022, 10, 2)
