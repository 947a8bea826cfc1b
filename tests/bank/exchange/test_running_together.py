"""Texts in which one question runs into the next: never taken in as one, each accounted for."""

from __future__ import annotations

import pytest

from trainhub.exams.bank.details import Number
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.errors import Invalid

COLUMNS = "题型,题干,选项A,选项B,答案\n"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ('单选题,"甲,一,二,A\n单选题,乙,一,二,A\n单选题,"丙",一,二,A\n', 2),
        ('单选题,甲,一,二,A\n单选题,"乙,一,二,A\n单选题,丙,一,二,A\n', 3),
        ('单选题,甲,一,二,A\n单选题,"乙"是什么？,一,二,A\n', 3),
    ],
    ids=["rows in one cell", "rows that vanish", "words behind a quote"],
)
def test_a_table_with_a_quote_that_is_not_closed_is_refused_at_its_line(cells, line):
    with pytest.raises(Invalid, match=f"第 {line} 行"):
        read_content((COLUMNS + cells).encode())


def test_quotes_within_a_cell_are_words():
    (row,) = read_content(f'{COLUMNS}单选题,乙"丙"是？,"一""二""",二,A\n'.encode()).rows

    assert (row.body.stem, row.body.options[0].text) == ('乙"丙"是？', '一"二"')


@pytest.mark.parametrize("text", ["甲{=一 ~二}\n::Q2:: 乙{T}", "甲{=一}乙{=二}", "甲{=一 ~二}}"])
def test_a_block_of_gift_with_answers_twice_is_rejected(text):
    (row,) = read_content(text.encode(), "gift").rows

    assert row.outcome is Outcome.REJECTED
    assert "大括号" in row.reason


@pytest.mark.parametrize(
    ("text", "key", "outcome"),
    [
        ("数{#=%50%5:2 =5:0.1}", Number(5, "0.1"), Outcome.GOOD),
        ("数{#=5:0.1 =%50%5:2}", Number(5, "0.1"), Outcome.GOOD),
        ("数{#=5 =7}", Number(5), Outcome.HELD),
    ],
)
def test_of_several_numbers_of_gift_the_one_with_the_whole_mark_is_the_key(text, key, outcome):
    (row,) = read_content(text.encode(), "gift").rows

    assert (row.outcome, float(row.body.detail.value)) == (outcome, float(key.value))
    assert float(row.body.detail.tolerance) == float(key.tolerance)


def test_no_number_of_gift_that_earns_a_part_of_the_marks_is_a_key():
    (row,) = read_content("数{#=%50%5:2}".encode(), "gift").rows

    assert row.outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    "between", ["解析：因为甲。\n\n", "解析：因为甲。\n", "以下是第二部分\n\n", "Feedback: x\n"]
)
def test_what_stands_below_a_key_of_aiken_is_no_part_of_the_next_question_unseen(between):
    one, two = "甲\nA. 一\nB. 二\nANSWER: A\n", "乙\nA. 一\nB. 二\nANSWER: B\n"
    rows = read_content(f"{one}{between}{two}".encode(), "aiken").rows

    assert [row.outcome for row in rows] == [Outcome.GOOD, Outcome.HELD]
    assert "上方" in rows[1].reason
