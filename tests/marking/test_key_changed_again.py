"""A question can be changed as often as two people find it wrong; marks, flags and figures follow."""

import pytest
from sqlalchemy import delete, func, select, update

from tests.marking.test_key_changes import Story, given_for, kinds, rename_in_paper, write_version
from trainhub import ledger
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.models_sources import ItemFlag
from trainhub.exams.marking import KeyChange, Result, differences, publish_results
from trainhub.exams.marking.flagging import describe_next, is_any_undescribed
from trainhub.exams.marking.models_statistics import Described
from trainhub.exams.papers.models import Figures
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Refused
from trainhub.people.messages import Message
from trainhub.people.persons import give_phone


@pytest.fixture
def story(app):
    """Ten sat; the tenth question only the first got right."""
    story = Story(app, right=(10, *[9] * 5, 8, 7, 7, 6))
    rename_in_paper(app, story)
    with transaction():
        in_bank = Item.id == story.item_id
        db.session.execute(update(Item).where(in_bank).values(exposure=1))
        for place, result in enumerate(db.session.scalars(select(Result))):
            give_phone(result.person, f"138000002{place:02}")
    jobs.run_pending()
    return story


def flags(version):
    rows = db.session.execute(
        select(ItemFlag.kind, ItemFlag.decision).join(ItemVersion).where(ItemVersion.number == version)
    )
    return sorted((kind, decision or "open") for kind, decision in rows)


def change(story, to_version):
    story.approve(story.propose(to_version, story.item_code))
    jobs.run_pending()


def facilities():
    statement = select(ItemVersion.number, Figures.facility).join(
        ItemVersion, ItemVersion.id == Figures.version_id
    )
    return {number: round(facility, 2) for number, facility in db.session.execute(statement)}


def told():
    return db.session.scalar(select(func.count()).where(Message.subject == "result.corrected"))


def describe_what_was_never_described():
    while is_any_undescribed():
        db.session.rollback()
        with transaction():
            describe_next()
        assert not is_any_undescribed()
        db.session.rollback()
        jobs.run_pending()
    db.session.rollback()


def test_a_question_rekeyed_wrongly_is_voided_then_and_marks_flags_and_figures_follow(story, client):
    publish_results(story.code, story.publisher_id)
    jobs.run_pending()
    assert flags(1) == [("too_hard", "open")] and facilities() == {1: 0.1}
    before, later = story.marks, write_version(story, ("A",))
    assert flags(1) == [("too_hard", "changed")]

    change(story, later)
    assert given_for(story, story.item_code) == [0, *[10] * 9]
    assert flags(later) == [("weak", "open")] and facilities() == {later: 0.9}
    assert told() == 10

    code = story.propose(None, story.item_code)
    with pytest.raises(Refused):
        story.approve(code, story.marker_id)
    story.approve(code)
    jobs.run_pending()
    assert given_for(story, story.item_code) == [10] * 10
    assert told() == 11 and facilities() == {}
    assert flags(later) == [("weak", "remarked")]
    closed = db.session.scalars(select(ItemFlag).where(ItemFlag.decision == "remarked")).one()
    assert closed.decided_by_id == story.second_id and len(closed.evidence) == 1
    with pytest.raises(Conflict):
        story.propose(None, story.item_code)
    db.session.rollback()

    client.sign_in(story.person(story.marker_id))
    page = client.get(f"/exam/statistics/{story.code}/{story.item_code}").text
    assert 'value="back"' in page and "作废：所有人得该题满分" in page
    form = {"item": story.item_code, "version": "1", "kind": "back"}
    form |= {"reason": "复核后原答案无误", "basis": "复核记录 2 号"}
    address = client.post(f"/exam/marking/{story.code}/key-changes", data=form).headers["Location"]
    assert "恢复命题时的答案" in client.get(address).text
    story.approve(address.rsplit("/", 1)[1])
    jobs.run_pending()
    assert story.marks == before and differences(story.sitting) == []
    assert facilities() == {1: 0.1}
    assert kinds().count("key_change.proposed") == kinds().count("key_change.approved") == 3
    assert [len(each.effects) for each in db.session.scalars(select(KeyChange))] == [10] * 3
    assert ledger.verify().as_json()["ok"]

    change(story, later)
    assert flags(later) == [("weak", "open"), ("weak", "remarked")]
    with transaction():
        flag = db.session.scalars(select(ItemFlag).where(ItemFlag.decision.is_(None))).one()
        flag.decision, flag.decided_at, flag.decided_by_id = "kept", clock.now(), story.second_id
        db.session.execute(delete(Described))
        db.session.execute(delete(Figures))
    for _round in range(2):
        describe_what_was_never_described()
        assert facilities() == {later: 0.9}
        assert flags(later) == [("weak", "kept"), ("weak", "remarked")]
    assert db.session.scalars(select(Described)).one().done_at is not None
