"""Questions that a Word document lays out in tables or in lines of its own: none is lost."""

from __future__ import annotations

import pytest

from tests.bank.exchange.office import document, table
from trainhub.exams.bank.exchange.files import read_content
from trainhub.kernel.i18n import in_language

OPTIONS = ["A. 验电", "B. 挂牌", "C. 合闸"]


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""
    with in_language("en"):
        yield


def rows_of(*blocks):
    return read_content(document(*blocks)).rows


def told(rows):
    return [(row.where, str(row.outcome), "".join(row.body.answer) if row.body else None) for row in rows]


def test_a_question_in_each_cell_is_read_with_the_keys_at_the_end():
    laid = table(
        ["1. 先做什么？\nA. 验电\nB. 挂牌", "2. 再做什么？\nA. 验电\nB. 挂牌"],
        ["3. 后做什么？\nA. 验电 B. 挂牌", ""],
    )

    assert told(rows_of(laid, "参考答案：1-3 ABA")) == [
        ("table 1!1", "good", "A"), ("table 1!1 #2", "good", "B"), ("table 1!2", "good", "A"),
    ]  # fmt: skip


def test_a_question_whose_parts_are_headings_one_below_the_other_is_read():
    (row,) = rows_of(
        table(["题型", "单选题"], ["题干", "先做什么？"], ["A", "验电"], ["B", "挂牌"], ["答案", "B"])
    )

    assert told([row]) == [("table 1", "good", "B")]


def test_a_row_of_number_question_options_and_key_without_headings_is_only_proposed():
    (row,) = rows_of(table(["1", "先做什么？", "A. 验电\nB. 挂牌", "B"]))

    assert told([row]) == [("table 1!1", "held", "B")]


def test_rows_that_are_no_question_are_each_rejected_and_a_form_for_names_is_left_aside():
    rows = rows_of(
        table(["姓名", ""], ["得分", ""]),
        table(["停电后先做什么", "验电"], ["再做什么", "挂牌"]),
        "1. 甲（√）",
    )

    assert told(rows) == [
        ("paragraph 3", "good", "T"), ("table 2!1", "rejected", None), ("table 2!2", "rejected", None),
    ]  # fmt: skip


def test_a_table_within_a_question_holds_it_and_none_of_its_rows_becomes_a_question():
    figures = table(["序号", "部件名称"], ["1", "钢丝绳断丝"], ["2", "吊钩裂纹"])
    (row,) = rows_of("1. 见下表，先做什么？", figures, *OPTIONS, "答案：A")

    assert told([row]) == [("paragraph 1", "held", "A")]
    assert "钢丝绳断丝" in row.body.stem


def test_options_that_stand_in_a_table_are_those_of_the_question_above():
    rows = rows_of("1. 先做什么？", table(["A. 验电", "B. 挂牌"], ["C. 合闸", ""]), "答案：C")

    assert told(rows) == [("paragraph 1", "good", "C")]


def test_a_table_of_questions_and_keys_has_the_type_of_the_heading_above_it():
    rows = rows_of(
        "三、判断题", table(["序号", "题目", "答案"], ["1", "停电应验电", "√"], ["2", "停电应合闸", "×"])
    )

    assert told(rows) == [("table 1!2", "good", "T"), ("table 1!3", "good", "F")]


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (["1. 先做什么？ A. 验电 B. 挂牌"], "good"),
        (["1. 先做什么？", "A. 验电\tB. 挂牌"], "good"),
        (["1. 先做什么？A.验电B.挂牌"], "held"),
        (["1. 先做什么？", "A.验电B.挂牌"], "held"),
    ],
)
def test_options_in_one_line_are_read_and_where_only_letters_part_them_they_are_proposed(lines, outcome):
    (row,) = rows_of(*lines, "答案：B")

    assert (str(row.outcome), [option.text for option in row.body.options]) == (outcome, ["验电", "挂牌"])


def test_a_title_behind_the_last_key_is_named_and_spoils_no_key():
    parsed = read_content(document("1. 先做什么？", *OPTIONS, "答案：B", "第二套"))

    assert told(parsed.rows) == [("paragraph 1", "good", "B")]
    assert [where for where, _text in parsed.warnings] == ["paragraph 6"]


def test_a_heading_without_a_number_ends_the_question_above_it():
    rows = rows_of("选择题", "1. 先做什么？", *OPTIONS, "答案：B", "解析：见规程。", "判断题", "2. 验电（×）")

    assert [(row.body.explanation, row.type) for row in rows] == [("见规程。", "single"), ("", "true_false")]


def test_letters_in_brackets_within_a_question_are_only_proposed_as_its_key():
    (row,) = rows_of("1. 停电后应先（ A ）再挂牌。", *OPTIONS)

    assert told([row]) == [("paragraph 1", "held", "A")] and "（  ）" in row.body.stem


def test_a_key_of_a_blank_with_a_line_below_it_is_held():
    (row,) = rows_of("一、填空题", "1. 甲____。", "答案：36伏", "完")

    assert row.outcome == "held"
