"""Options from I on: seen wherever they stand, and never dropped without a word."""

import pytest

from tests.bank.test_reading import context as context  # a fixture
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.kernel.workbooks import Sheet

LETTERS = "ABCDEFGHIJ"


def only(header, cells):
    parsed = read_sheet_list([Sheet("Sheet1", [header, cells])])
    (row,) = parsed.rows
    return row, parsed.warnings


@pytest.mark.parametrize(
    "heading", ["选项{}", "{}选项", "备选{}", "{}", "Option {}", "选项{}（必填）", "答案{}"]
)
@pytest.mark.parametrize(("kind", "key"), [("多选题", "AB"), ("多选题", "AIJ"), ("单选题", "J"), ("", "AIJ")])
def test_a_row_with_ten_options_is_held_and_says_which_cannot_be_kept(heading, kind, key):
    header = ["题型", "题干", *(heading.format(each) for each in LETTERS), "答案"]
    row, warnings = only(header, [kind, "哪些是？", *(f"第{each}项" for each in LETTERS), key])

    assert row.outcome is Outcome.HELD
    assert "I、J" in row.reason
    assert row.cells["option:J"] == "第J项"
    assert warnings == ()


def test_empty_cells_beyond_the_eighth_option_say_nothing():
    header = ["题型", "题干", *(f"选项{each}" for each in LETTERS), "答案"]
    row, _warnings = only(
        header, ["多选题", "哪些是？", *(f"第{each}项" for each in "ABCD"), *[""] * 6, "AB"]
    )

    assert row.outcome is Outcome.GOOD
    assert [each.key for each in row.body.options] == list("ABCD")


def test_a_bare_letter_that_follows_no_option_is_a_heading_that_is_not_known():
    row, warnings = only(
        ["题型", "题干", "A", "B", "X", "答案"], ["单选题", "哪个是？", "甲", "乙", "丙", "A"]
    )

    assert row.outcome is Outcome.GOOD
    assert any("X" in str(text) for _where, text in warnings)


@pytest.mark.parametrize("join", [" ", "\n", "**", "；"])
def test_ten_options_in_one_cell_are_held(join):
    cell = join.join(f"{each}.第{each}项" for each in LETTERS)
    row, _warnings = only(["题型", "题干", "选项", "答案"], ["多选题", "哪些是？", cell, "AB"])

    assert row.outcome is Outcome.HELD
