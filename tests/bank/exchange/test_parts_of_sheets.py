"""Sheets without a column of types, and sheets whose headings change further down."""

from __future__ import annotations

import pytest

from trainhub.exams.bank.reading.layouts import IGNORED, Columns, Layout
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.kernel.workbooks import Sheet

SAID = Layout(("题号", "题目", "答案"), (IGNORED, "stem", "answer"))
HEAD = ["序号", "题干", "A", "B", "C", "答案"]


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def read(*rows, name="Sheet1"):
    return read_sheet_list([Sheet(name, [list(row) for row in rows])])


def test_headings_among_the_rows_say_the_type_of_those_below():
    parsed = read(
        ["一、单项选择题（每题 1 分）"],
        HEAD,
        ["1", "甲？", "一", "二", "三", "A"],
        ["二、多项选择题"],
        ["1", "乙？", "一", "二", "三", "A"],
        ["", "三、判断题", "", "", "", ""],
        ["1", "丙。", "", "", "", "B"],
        ["填空题"],
        ["1", "每____检查一次。", "", "", "", "月"],
    )

    assert [(row.type, row.outcome) for row in parsed.rows] == [
        ("single", "good"),
        ("multiple", "good"),
        ("true_false", "held"),
        ("fill_in", "good"),
    ]
    assert [where for where, text in parsed.warnings if "以下各行的题型" in text] == [
        "Sheet1!4",
        "Sheet1!6",
        "Sheet1!8",
    ]


def test_a_column_of_types_has_the_last_word():
    parsed = read(
        ["题型", "题干", "A", "B", "C", "答案"],
        ["二、多项选择题"],
        ["单选题", "甲？", "一", "二", "三", "A"],
    )

    assert [row.type for row in parsed.rows if row.outcome == "good"] == ["single"]


def test_the_name_of_a_sheet_says_the_type_where_it_names_one_alone():
    rows = (HEAD, ["1", "甲？", "一", "二", "三", "A"])

    assert read(*rows, name="多选题").rows[0].type == "multiple"
    assert read(*rows, name="单选多选").rows[0].type == "single"
    assert read(*rows, name="Sheet1").rows[0].type == "single"


def test_other_headings_further_down_are_read_as_they_stand():
    parsed = read(
        ["题型", "题干", "A", "B", "C", "答案"],
        ["单选题", "甲？", "一", "二", "三", "A"],
        ["题干", "答案", "选项A", "选项B", "选项C", "题型"],
        ["乙？", "AB", "一", "二", "三", "多选题"],
        ["题干", "答案", "选项A", "选项B", "选项C", "题型"],
        ["丙？", "C", "一", "二", "三", "单选题"],
    )

    assert [(row.where, row.outcome, row.body.stem, row.body.answer) for row in parsed.rows] == [
        ("Sheet1!2", "good", "甲？", ("A",)),
        ("Sheet1!4", "good", "乙？", ("A", "B")),
        ("Sheet1!6", "good", "丙？", ("C",)),
    ]
    assert ("Sheet1!3", "此处是另一种表头，以下各行按此表头读取。") in parsed.warnings
    assert ("Sheet1!5", "此处重复出现表头。") in parsed.warnings


@pytest.mark.parametrize(
    "written",
    [
        "{}\nA、重量与重心\nB、颜色\nC、产地",
        "{}\nA、重量与重心 B、颜色\nC、产地",
        "{} A.重量与重心 B.颜色 C.产地",
        "{}\n(A)重量与重心 (B)颜色 (C)产地",
    ],
)
@pytest.mark.parametrize("key, kind", [("A", "single"), ("b", "single"), ("AC", "multiple")])
def test_options_in_the_cell_of_the_question_make_a_choice_where_no_column_says_the_type(written, key, kind):
    stem = "吊装作业前，司索人员首先应当核对的是吊物的（ ）。"
    sheet = Sheet("Sheet1", [["题号", "题目", "答案"], ["1", written.format(stem), key]])
    [row] = read_sheet_list([sheet], columns=Columns((SAID,))).rows

    assert (row.outcome, row.type, row.body.stem) == ("good", kind, stem)
    assert [each.text for each in row.body.options] == ["重量与重心", "颜色", "产地"]
    assert row.body.answer == tuple(key.upper())


def test_a_letter_that_a_blank_takes_stays_one_where_the_question_offers_nothing():
    sheet = Sheet("Sheet1", [["题号", "题目", "答案"], ["1", "维生素____能防坏血病，图中 A、B 为泵。", "C"]])
    [row] = read_sheet_list([sheet], columns=Columns((SAID,))).rows

    assert (row.outcome, row.type) == ("good", "fill_in")
