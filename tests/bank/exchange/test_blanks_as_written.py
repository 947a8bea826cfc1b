"""Blanks as people write them: each is read right, or held with what it most likely is."""

from __future__ import annotations

import pytest

from trainhub.exams.bank.reading.holes import filled
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.kernel.workbooks import Sheet

HEAD = ["题型", "题目", "答案"]


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def judged(*pairs):
    """Read fill-ins out of a sheet: outcome, question, answers of each blank."""
    rows = read_sheet_list([Sheet("Sheet1", [HEAD, *(["填空题", *pair] for pair in pairs)])]).rows
    return [
        (row.outcome, row.body.stem, [blank.accepted for blank in row.body.detail.blanks]) for row in rows
    ]


TWO = "安全电压为____V，水中为____V。"
ANSWERS = [("36",), ("12",)]


def test_blanks_that_are_counted_between_underscores_are_blanks():
    numbered = ["__1__ __2__", "__①__ __②__", "_(1)_ _(2)_", "＿1＿ ＿2＿"]
    for one, other in map(str.split, numbered):
        (found,) = judged((TWO.replace("____", one, 1).replace("____", other, 1), "36；12"))
        assert found == ("good", TWO, ANSWERS), one


def test_a_number_that_does_not_count_may_be_the_key_filled_in():
    assert judged(("高处作业指__2__米。", "2")) == [("held", "高处作业指____米。", [("2",)])]


def test_what_stands_for_blanks_and_may_be_something_else_is_proposed():
    for sign in "（1） [1] 【1】 {1} [填空1] 【】 [] …… —— —— ## <blank> （___）".split():
        if sign in ("——", "（___）"):
            continue
        assert judged((f"安全电压为{sign}V。", "36")) == [("held", "安全电压为____V。", [("36",)])], sign
    two = judged(("安全电压为（1）V，水中为（2）V。", "36；12"))
    assert two == [("held", TWO, ANSWERS)]


def test_several_answers_for_one_blank_are_its_variants_or_those_of_more_blanks():
    for key in ("36；12", "36;12", "36|12"):
        assert judged(("安全电压为____V。", key)) == [("held", "安全电压为____V。", [("36", "12")])], key
    assert judged(("安全生产的方针", "甲；乙"))[0][0] == "held"


def test_numbers_before_the_answers_of_blanks_count_them_or_may_be_their_own():
    assert judged((TWO, "1、36；2、12")) == [("good", TWO, ANSWERS)]
    assert judged((TWO, "1.36；2.12")) == [("held", TWO, ANSWERS)]
    assert judged((TWO, "1.36；3.12")) == [("good", TWO, [("1.36",), ("3.12",)])]


def test_what_is_usual_stays_certain():
    for stem in (TWO, TWO.replace("____", "（ ）"), TWO.replace("____", "＿＿＿"), f"（1）甲……{TWO}"):
        assert not filled(stem, "36；12").doubt, stem
    assert judged(("安全生产的方针是", "预防为主")) == [("good", "安全生产的方针是 ____", [("预防为主",)])]


ONE = "起重机的额定速度为____。"


def test_a_stroke_within_a_unit_or_a_fraction_parts_no_variants():
    for key in ("10m/s", "m/s", "km/h", "r/min", "mg/m³", "3次/分", "1/2", "1/3以上"):
        assert judged((ONE, key)) == [("held", ONE, [(key,)])], key
    for key in ("36/三十六", "36 / 42", "吨/t", "3-5/3～5"):
        assert judged((ONE, key))[0][0] == "good", key


def test_answers_with_or_between_them_are_proposed_as_variants():
    assert judged((ONE, "0.5米或半米")) == [("held", ONE, [("0.5米", "半米")])]
    assert judged((TWO, "36（或三十六）；12")) == [("held", TWO, [("36", "三十六"), ("12",)])]
    assert judged((ONE, "停电\\或验电")) == [("good", ONE, [("停电或验电",)])]


def test_words_around_the_answers_are_no_part_of_them():
    listed = '["36","12"]'
    for key in (
        "答案：36；12",
        "【答案】36；12",
        "空1：36；空2：12",
        "第一空：36 第二空：12",
        listed,
        "36。；12。",
    ):
        assert judged((TWO, key)) == [("good", TWO, ANSWERS)], key
    assert judged((TWO, '[["36","三十六"],["12"]]')) == [("good", TWO, [("36", "三十六"), ("12",)])]
    assert judged((ONE, "答案：慢。")) == [("good", ONE, [("慢",)])]
    assert judged((ONE, '["慢","很慢"]')) == [("held", ONE, [("慢", "很慢")])]
    assert judged((TWO, "空2：36；空1：12"))[0][0] == "held"
