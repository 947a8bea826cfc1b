"""Word documents whose words are not all meant for the question that they stand at."""

from __future__ import annotations

import pytest

from tests.bank.exchange.office import document
from trainhub.exams.bank.exchange.files import read_content


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def read(*blocks):
    return read_content(document(*blocks))


def test_questions_of_a_case_that_is_left_aside_are_held():
    parsed = read(
        "一、单选题", "1. 焊工应佩戴什么？", "A. 面罩", "B. 拖鞋", "答案：A",
        "二、案例分析题", "案例一：某公司发生火灾，死亡 3 人。",
        "1. 该事故属于什么等级？", "A. 一般", "B. 较大", "答案：B", "解析：死亡 3 人。",
        "案例二：某人坠落。", "2. 应当多久上报？", "A. 1 小时", "B. 2 小时", "答案：A",
        "三、判断题", "1. 焊工应当持证。", "答案：对",
    )  # fmt: skip

    assert [row.outcome for row in parsed.rows] == ["good", "held", "held", "good"]
    assert "案例" in parsed.rows[1].reason
    assert parsed.rows[1].body.explanation == "死亡 3 人。"
    assert len(parsed.warnings) == 2


def test_words_that_are_struck_out_hold_their_question():
    struck = "<w:p><w:r><w:t>A. 面罩</w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t>手套</w:t></w:r></w:p>"
    plain = struck.replace("<w:strike/>", '<w:strike w:val="0"/>')

    parsed = read("1. 甲？", struck, "B. 拖鞋", "答案：A", "2. 乙？", plain, "B. 拖鞋", "答案：A")

    assert [row.outcome for row in parsed.rows] == ["held", "good"]


def test_tracked_changes_are_read_as_accepted_and_named():
    key = (
        "<w:p><w:r><w:t>答案：</w:t></w:r><w:del><w:r><w:delText>A</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>B</w:t></w:r></w:ins></w:p>"
    )

    parsed = read("1. 甲？", "A. 一", "B. 二", key)

    assert parsed.rows[0].body.answer == ("B",)
    assert [where for where, text in parsed.warnings if "修订" in text] == ["paragraph 4"]


def test_options_with_letters_in_brackets_may_stand_in_one_line():
    parsed = read("1. 甲？", "(A)一 (B)二（C）三", "答案：C", "2. 乙？", "(A)见(B)项 (B)二", "答案：B")

    assert [(row.outcome, [each.text for each in row.body.options]) for row in parsed.rows] == [
        ("good", ["一", "二", "三"]),
        ("held", ["见", "项 (B)二"]),
    ]
