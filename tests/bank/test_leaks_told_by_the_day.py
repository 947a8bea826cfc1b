"""Who counts leaves and messages on the training side learns nothing of what comparing found."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories.bank import make_bank, make_staff
from tests.factories.people import make_officer, make_organisation
from tests.servers import postgres_url  # noqa: F401 (fixture)
from trainhub import handover
from trainhub.exams.bank import Draft, ItemBody, ItemType, write_item
from trainhub.exams.bank.alike.telling import is_report_due
from trainhub.exams.bank.models import Bank
from trainhub.exams.bank.models_alike import Leak
from trainhub.exams.bank.views import room
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading, transaction
from trainhub.ledger import Entry
from trainhub.ledger.models import Leaf
from trainhub.people.messages import own_messages
from trainhub.people.models import Message, Organisation, OrganisationKind, Person
from trainhub.separation.duties import Duty

ITEM = "压力容器操作人员应当持证上岗，严禁超温、超压运行。"
LIKE_IT = "压力容器操作人员必须持证上岗，严禁超温超压运行。"
UNLIKE_IT = "起重机械的吊钩应当每年探伤一次，并建立台账备查。"


@pytest.fixture
def who():
    """A bank with one item, a training body and its teacher: their ids."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        write_item(bank, Draft(ItemType.TRUE_FALSE, ItemBody(ITEM, (), ("T",))), by=staff.author)
        school = make_organisation(OrganisationKind.TRAINING_BODY)
        teacher = make_officer(Duty.MANAGE_COURSES, school)
        return {
            "bank": bank.id,
            "school": school.id,
            "teacher": teacher.id,
            "author": staff.author.id,
            "reviewer": staff.reviewer.id,
        }


def hand_over(who, text):
    with transaction():
        school = db.session.get_one(Organisation, who["school"])
        teacher = db.session.get_one(Person, who["teacher"])
        handover.hand_over_practice_questions([text], "SAFETY-MANAGER", school, by=teacher)


def look_after():
    """Do what the bank does by itself."""
    for chore in room.chores:
        chore.run()


def counted():
    """What the tables that both sides share tell the login of either: leaves, and numbers of messages."""
    db.session.rollback()
    return db.session.scalar(select(func.max(Leaf.id))), db.session.scalar(select(func.max(Message.id))) or 0


def what_follows(who, text):
    """Hand a question over; returns by how much the counts grow at once, and by how much the day after."""
    found = []
    hand_over(who, text)
    for span in (timedelta(minutes=1), timedelta(days=1)):
        clock.move(span)
        before = counted()
        look_after()
        look_after()
        found.append(tuple(now - then for then, now in zip(before, counted(), strict=True)))
    return found


def test_as_much_is_written_and_as_late_whether_or_not_a_practice_question_resembles_an_item(on_either, who):
    with clock.set_to(clock.now()):
        what_follows(who, "高处作业应当系好安全带，高挂低用。")
        unlike = what_follows(who, UNLIKE_IT)
        like = what_follows(who, LIKE_IT)

    assert db.session.scalar(select(func.count(Leak.id))) == 1
    # One message to the one reviewer, and a leaf for it; one leaf for the report.
    assert like == unlike == [(0, 0), (2, 1)]


def test_a_resemblance_of_an_item_written_later_writes_no_leaf_of_its_own(app, who):
    hand_over(who, "起重机械的吊钩应每年探伤一次，并建立台账备查。")
    look_after()
    leaves = []
    for stem in ("电工作业前应当先验电、再挂接地线并悬挂标示牌。", UNLIKE_IT):
        before = counted()
        with transaction():
            draft = Draft(ItemType.TRUE_FALSE, ItemBody(stem, (), ("T",)))
            bank, author = db.session.get_one(Bank, who["bank"]), db.session.get_one(Person, who["author"])
            write_item(bank, draft, by=author)
        leaves.append(counted()[0] - before[0])
    assert db.session.scalar(select(func.count(Leak.id))) == 1
    assert leaves[0] == leaves[1]


def test_the_report_says_to_the_bank_what_was_found_once_and_in_no_word_of_an_item(app, who):
    with clock.set_to(clock.now()):
        what_follows(who, UNLIKE_IT)
        what_follows(who, LIKE_IT)
        clock.move(timedelta(days=1))
        look_after()

    entries = db.session.scalars(select(Entry).where(Entry.kind == "items.practice_compared")).all()
    item = db.session.scalars(select(Leak)).one().item.code
    assert [item in each.body for each in entries] == [False, False, True, False]
    assert {each.side for each in entries} == {"exam"} and not any(ITEM[:4] in each.body for each in entries)
    # The day without a practice question tells nobody anything.
    told = [text for _row, text in own_messages(db.session.get_one(Person, who["reviewer"]))]
    assert ["有 1 道试题与培训机构的练习题相近" in each for each in told] == [True, False]
    assert "未发现相近的试题" in told[1]


def test_without_a_practice_question_nothing_is_written(app, who):
    before = counted()
    look_after()
    with reading():
        assert not is_report_due()
    assert counted() == before
