"""Like items and practice questions on the pages of the bank, and nowhere else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff
from tests.factories.people import make_officer, make_organisation
from tests.worlds import built_once
from trainhub import handover
from trainhub.exams.bank import Draft, ItemBody, ItemType, Option, write_item
from trainhub.exams.bank.alike.leaks import compare_practice, is_any_uncompared
from trainhub.exams.bank.alike.telling import report_leaks
from trainhub.exams.bank.items import add_items, newest_version
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_alike import Leak, Pair, Practice
from trainhub.handover.models import PracticeQuestion
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Forbidden, Invalid
from trainhub.ledger import Entry
from trainhub.people.models import Message, OrganisationKind, Person
from trainhub.people.organisations import get_organisation
from trainhub.separation.duties import Duty

STEM = "动火作业前应当对作业现场的可燃气体浓度进行检测，间隔不超过30分钟。"
LEAKED = "触电者脱离电源后，应首先（ ）。"
OPTIONS = ("判断意识和呼吸", "拨打单位电话", "转移伤员位置", "等待医生到场")


@pytest.fixture
@built_once
def place(app):
    """A bank with a pair of like items and an item of four options; a training body; plain ids."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        for stem in (STEM, STEM.replace("30", "60")):
            write_item(bank, Draft(ItemType.TRUE_FALSE, ItemBody(stem, (), ("T",))), by=staff.author)
        options = tuple(Option(*each) for each in zip("ABCD", OPTIONS, strict=True))
        body = ItemBody(LEAKED, options, ("A",))
        item = write_item(bank, Draft(ItemType.SINGLE, body), by=staff.author)
        school = make_organisation(OrganisationKind.TRAINING_BODY)
        teacher = make_officer(Duty.MANAGE_COURSES, school)
        found = {"bank": bank.code, "item": item.code, "school": school.code, "teacher": teacher.id}
        found |= {"author": staff.author.id, "reviewer": staff.reviewer.id}
    return found


def be(client, place, who):
    client.sign_in(db.session.get_one(Person, place[who]))


def hand_over(client, place, *texts):
    be(client, place, "teacher")
    data = {
        "organisation": place["school"],
        "qualification": "SAFETY-MANAGER",
        "questions": "\n\n".join(texts),
    }
    return client.post("/training/manage/practice", data=data, follow_redirects=True)


def compare_now():
    with transaction():
        return compare_practice()


def shown_in(page):
    """What a page says of the texts that it shows, as its forms bring it back."""
    return re.search('name="shown" value="(.*?)"', page)[1]


def told_as_practice(stem=LEAKED, options=OPTIONS):
    return "\n".join(
        [stem, *(f"{key}. {text}" for key, text in zip("ABCD", options, strict=False)), "答案：A"]
    )


def test_a_pair_stands_side_by_side_with_its_difference_marked_and_a_reviewer_judges_it(client, place):
    be(client, place, "reviewer")
    page = client.get(f"/exam/bank/{place['bank']}/alike").text
    assert re.findall('<mark class="differs">(.*?)</mark>', page) == ["3", "6"]
    assert page.count("data-confirm=") == 2
    pair = db.session.scalars(select(Pair)).one()
    first, second = pair.first.code, pair.second_id
    url = f"/exam/bank/{place['bank']}/alike/{pair.id}?lang=en"
    answer = client.post(url, data={"verdict": "second", "shown": shown_in(page)})
    assert answer.status_code == 302
    assert db.session.scalars(select(Pair.state)).one() == "same"
    assert newest_version(db.session.get_one(Item, second)).state == "retired"
    assert first not in client.get(f"/exam/bank/{place['bank']}/alike?lang=zh_CN").text
    gone = db.session.get_one(Item, second).code
    pages = {each: client.get(f"/exam/bank/items/{gone}?lang={each}").text for each in ("en", "zh_CN")}
    assert f"Says the same as {first}." in pages["en"]
    assert "Says the same" not in pages["zh_CN"] and first in pages["zh_CN"]


def test_two_that_are_different_both_stay(client, place):
    be(client, place, "reviewer")
    pair = db.session.scalars(select(Pair)).one()
    url = f"/exam/bank/{place['bank']}/alike"
    form = {"verdict": "different", "shown": shown_in(client.get(url).text)}
    client.post(f"{url}/{pair.id}", data=form)
    states = {newest_version(item).state for item in db.session.scalars(select(Item))}
    assert (db.session.scalars(select(Pair.state)).one(), states) == ("different", {"draft"})
    assert (
        client.post(f"/exam/bank/{place['bank']}/alike/{pair.id}", data={"verdict": "x"}).status_code == 422
    )


def test_an_author_sees_pairs_and_a_hint_on_the_item_but_judges_nothing(client, place):
    be(client, place, "author")
    page = client.get(f"/exam/bank/{place['bank']}/alike").text
    pair = db.session.scalars(select(Pair)).one()
    assert pair.first.code in page and 'value="different"' not in page
    assert pair.second.code in client.get(f"/exam/bank/items/{pair.first.code}").text
    answer = client.post(f"/exam/bank/{place['bank']}/alike/{pair.id}", data={"verdict": "different"})
    assert answer.status_code == 403


def test_words_are_found_with_limits_and_page_by_page(client, place):
    be(client, place, "author")
    with transaction():
        bank = db.session.scalars(select(Bank)).one()
        drafts = [
            Draft(ItemType.TRUE_FALSE, ItemBody(f"阀门编号{each}的开关方向应当标明。", (), ("T",)))
            for each in range(60)
        ]
        add_items(bank, drafts, by=db.session.get_one(Person, place["author"]))
    address, seen, before = f"/exam/bank/{place['bank']}/search", [], ""
    for _page in range(3):
        page = client.post(
            address, data={"words": "阀门 开关方向", "before": before}, follow_redirects=True
        ).text
        seen += re.findall(r'name="item" value="(Q-[^" ]+)', page)
        before = (re.findall(r'name="before" value="(\d+)"', page) or [""])[0]
    assert len(seen) == len(set(seen)) == 60 and before == ""
    assert (
        'name="item"'
        not in client.post(address, data={"words": "阀门", "type": "single"}, follow_redirects=True).text
    )
    assert "阀门编号" not in client.post(address, data={"words": "闸阀"}, follow_redirects=True).text


def test_a_practice_question_that_resembles_an_item_is_reported_to_the_banks_reviewers(client, place):
    handed = hand_over(client, place, told_as_practice(options=OPTIONS[::-1])).text
    assert '<td data-label="考试项目">安全生产管理人员</td>' in handed
    assert is_any_uncompared() and compare_now() == 1 and not is_any_uncompared()
    leak = db.session.scalars(select(Leak)).one()
    assert (leak.item.code, leak.percent) == (place["item"], 100)
    with transaction():
        report_leaks()
    told = db.session.scalars(select(Message).where(Message.subject == "bank.leak")).all()
    assert [(each.person_id, each.side) for each in told] == [(place["reviewer"], "exam")]
    entry = db.session.query(Entry).filter_by(kind="items.practice_compared").one()
    assert entry.side == "exam" and place["item"] in entry.body and LEAKED[:4] not in entry.body
    be(client, place, "reviewer")
    page = client.get(f"/exam/bank/{place['bank']}/leaks").text
    assert "data-confirm=" in page
    assert place["item"] in page and get_organisation(place["school"]).name in page
    client.post(f"/exam/bank/{place['bank']}/leaks/{leak.id}", data={"retire": "1", "shown": shown_in(page)})
    assert newest_version(db.session.get_one(Item, leak.item_id)).state == "retired"
    assert "item-stem" not in client.get(f"/exam/bank/{place['bank']}/leaks").text


def test_a_practice_question_told_without_its_options_is_found_by_what_it_asks(client, place):
    hand_over(client, place, "触电者脱离电源后应首先做什么？", "起重机械的吊钩应当每年探伤一次。")
    assert compare_now() == 1
    assert db.session.scalars(select(Leak)).one().item.code == place["item"]


def test_an_item_written_after_the_practice_question_is_compared_as_well(client, place):
    hand_over(client, place, "压力容器操作人员必须持证上岗，严禁超温超压运行。")
    assert compare_now() == 0
    with transaction():
        body = ItemBody("压力容器操作人员应当持证上岗，严禁超温、超压运行。", (), ("T",))
        bank = db.session.scalars(select(Bank)).one()
        author = db.session.get_one(Person, place["author"])
        write_item(bank, Draft(ItemType.TRUE_FALSE, body), by=author)
    assert db.session.query(Leak).count() == 1


@pytest.mark.parametrize("first", ["item", "practice"])
def test_four_options_hide_no_item_whose_question_alone_is_practised(client, place, first):
    told = "受限空间作业中断超过多长时间，应当重新进行气体检测分析？"
    asked = "受限空间作业中断超过多长时间，应重新进行气体检测分析（ ）？"
    offered = (
        "作业人员全部撤离之后",
        "监护人离开现场半个小时",
        "照明或者通风设备停止运转",
        "换班交接并且签字确认时",
    )
    options = tuple(Option(*each) for each in zip("ABCD", offered, strict=True))

    def write():
        with transaction():
            bank = db.session.scalars(select(Bank)).one()
            author = db.session.get_one(Person, place["author"])
            draft = Draft(ItemType.SINGLE, ItemBody(asked, options, ("B",)))
            return write_item(bank, draft, by=author).code

    def practise():
        hand_over(client, place, told, told_as_practice("高处作业人员应佩戴（ ）。"))
        compare_now()

    deeds = [write, practise] if first == "item" else [practise, write]
    code = next(made for made in [deed() for deed in deeds] if made)
    leak = db.session.scalars(select(Leak)).one()
    assert leak.item.code == code and leak.percent >= 85


def test_the_training_side_sees_the_same_whether_or_not_something_matched(client, place):
    def seen(text):
        page = hand_over(client, place, text)
        return page.status_code, re.sub(
            r'value="[\w.-]{40,}"|\d{2}:\d{2}', "", page.text.replace(text.splitlines()[0], "")
        )

    matching = seen(told_as_practice())
    compare_now()
    with transaction():
        db.session.query(PracticeQuestion).delete()
    other = seen(told_as_practice("高处作业人员应佩戴（ ）。", ("安全带", "耳塞", "手套", "面罩")))
    compare_now()
    assert matching == other
    with transaction():
        db.session.query(PracticeQuestion).delete()
    after = seen(told_as_practice())
    assert after == matching and db.session.query(Leak).count() == 1


def test_the_request_that_hands_over_compares_nothing(client, place):
    hand_over(client, place, told_as_practice())
    assert db.session.query(Practice).count() == db.session.query(Leak).count() == 0


def test_a_practice_question_changed_past_its_signature_is_not_compared(client, place):
    hand_over(client, place, "起重机械的吊钩应当每年探伤一次。")
    with transaction():
        db.session.query(PracticeQuestion).update({"text": told_as_practice()})
    assert compare_now() == 0 and not is_any_uncompared()
    assert [each.what for each in handover.problems()] == ["altered"]


def test_only_who_manages_courses_hands_practice_questions_over(place):
    reviewer = db.session.get_one(Person, place["reviewer"])
    school = get_organisation(place["school"])
    with pytest.raises(Forbidden):
        handover.hand_over_practice_questions(["一道题"], "SAFETY-MANAGER", school, by=reviewer)
    teacher = db.session.get_one(Person, place["teacher"])
    for texts in ([], [" "], ["长" * 4001], ["甲\x00"], ["题"] * 201):
        with pytest.raises(Invalid):
            handover.hand_over_practice_questions(texts, "SAFETY-MANAGER", school, by=teacher)
