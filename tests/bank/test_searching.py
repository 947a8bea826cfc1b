"""Searching: whatever was indexed of a question is found, and what was not looked for is said."""

import pytest

from tests.bank.test_pages import be
from tests.bank.test_pages import place as place  # a fixture
from tests.factories.every_type import EVERY_TYPE
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.finding import search
from trainhub.exams.bank.items import Draft, write_item
from trainhub.exams.bank.models import Bank
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person

KINDS = (ItemType.CASE_SET, ItemType.MATCHING, ItemType.FILL_IN, ItemType.ORDERING)


@pytest.fixture
def written(place):
    with transaction():
        bank = db.session.query(Bank).filter(Bank.code == place["bank"]).one()
        author = db.session.get_one(Person, place["author"])
        return {write_item(bank, Draft(kind, EVERY_TYPE[kind]), by=author).code: kind for kind in KINDS}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("油罐旁动火", {ItemType.CASE_SET}),
        ("设计压力", {ItemType.CASE_SET}),
        ("高压电工作业", {ItemType.CASE_SET}),
        ("油罐 绿区 电梯驾驶", {ItemType.CASE_SET}),
        ("指令", {ItemType.CASE_SET, ItemType.MATCHING}),
        ("安全色 提示", {ItemType.CASE_SET, ItemType.MATCHING}),
        ("低处", {ItemType.FILL_IN}),
        ("开放气道", {ItemType.ORDERING}),
        ("油罐 开放气道", set()),
    ],
)
def test_the_words_of_a_case_its_questions_and_all_that_is_offered_find_it(place, written, words, kinds):
    bank = db.session.query(Bank).filter(Bank.code == place["bank"]).one()

    assert {written[each.item.code] for each in search(bank, words)} == kinds


def test_a_word_of_one_character_is_named_as_not_looked_for(client, place, written):
    be(client, place, "author")
    page = client.post(
        f"/exam/bank/{place['bank']}/search", data={"words": "开放气道 锂 步骤 A"}, follow_redirects=True
    )

    assert page.status_code == 200
    assert "锂、A" in page.text
    assert "心肺复苏" in page.text
    plain = client.post(
        f"/exam/bank/{place['bank']}/search", data={"words": "开放气道 步骤"}, follow_redirects=True
    )
    assert "one character alone" not in plain.text


@pytest.mark.parametrize("words", ["气", "  ", "", "一 二", "。，"])
def test_a_search_for_too_little_comes_back_with_the_reason_at_its_field(client, place, written, words):
    be(client, place, "author")
    answer = client.post(
        f"/exam/bank/{place['bank']}/search", data={"words": words, "state": "draft"}, follow_redirects=True
    )

    assert answer.status_code == 422
    assert 'id="words-error"' in answer.text
    assert 'type="search"' in answer.text
    assert answer.text.count('name="words"') == 1
    if words.strip():
        assert f'value="{words}"' in answer.text


@pytest.mark.parametrize(("before", "finds"), [(9**30, True), (-(9**30), False)])
def test_an_address_of_a_search_may_say_any_number(client, place, written, before, finds):
    be(client, place, "author")
    form = {"words": "开放气道 步骤", "before": str(before)}
    answer = client.post(f"/exam/bank/{place['bank']}/search", data=form, follow_redirects=True)

    assert answer.status_code == 200
    assert ("心肺复苏" in answer.text) == finds
