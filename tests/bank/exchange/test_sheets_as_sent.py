"""Workbooks as they are sent: marks that nobody sees, signs between options, truths in the question."""

from __future__ import annotations

import io

import openpyxl
import pytest

from trainhub.exams.bank.exchange.files import read_content


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def rows(*cells):
    book = openpyxl.Workbook()
    for each in cells:
        book.active.append(each)
    target = io.BytesIO()
    book.save(target)
    return read_content(target.getvalue()).rows


def test_marks_that_nobody_sees_are_no_part_of_headings_keys_or_texts():
    found = rows(
        ["题型", "题目\u200b", "选项A", "选项B", "答案\ufeff"],
        ["单选题", "甲\u200b是？", "一\u200b", "二", "A\u200b"],
        ["判断题", "乙", None, None, "\u200b√"],
    )

    assert [(row.outcome, "".join(row.body.answer)) for row in found] == [("good", "A"), ("good", "T")]
    assert (found[0].body.stem, found[0].body.options[0].text) == ("甲是？", "一")


@pytest.mark.parametrize("sign", ["，", ", ", " / ", "、 ", "； ", " | "])
def test_the_sign_that_parts_options_with_letters_is_no_part_of_them(sign):
    (row,) = rows(["题型", "题目", "选项", "答案"], ["单选题", "甲是？", f"A.一{sign}B.二{sign}C.三", "B"])

    assert (row.outcome, [each.text for each in row.body.options]) == ("good", ["一", "二", "三"])


def test_a_sign_at_the_end_of_some_options_alone_stays():
    (row,) = rows(["题型", "题目", "选项", "答案"], ["单选题", "甲是？", "A.一/ B.二 C.三", "B"])

    assert [each.text for each in row.body.options] == ["一/", "二", "三"]


def test_the_letter_of_a_true_or_false_question_means_what_its_cell_offers():
    found = rows(
        ["题型", "题目", "答案"],
        ["判断题", "可带电作业（ ） A.对 B.错", "B"],
        ["判断题", "应先验电（ ） A.错 B.对", "A"],
        ["判断题", "应戴安全帽", "A"],
    )

    assert [(row.outcome, row.body.stem, "".join(row.body.answer)) for row in found] == [
        ("good", "可带电作业（ ）", "F"),
        ("good", "应先验电（ ）", "F"),
        ("held", "应戴安全帽", "T"),
    ]


def test_numbers_that_count_from_zero_in_one_row_are_proposed_so_in_all():
    found = rows(
        ["题型", "题目", "选项A", "选项B", "选项C", "答案"],
        *(["单选题", f"第{number}问？", "一", "二", "三", number] for number in range(3)),
    )

    assert [(row.outcome, "".join(row.body.answer)) for row in found] == [
        ("held", "A"),
        ("held", "B"),
        ("held", "C"),
    ]
