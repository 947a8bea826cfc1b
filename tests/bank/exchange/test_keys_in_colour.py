"""Workbooks that show their keys: the right option is in colour, on a fill or bold."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill

from tests.bank.exchange.test_keys_shown import options, said
from trainhub.exams.bank.exchange.files import read_content

HEAD = ["题目", "A", "B", "C", "答案"]
RED, BOLD, FILL = Font(color="FFFF0000"), Font(bold=True), PatternFill("solid", fgColor="FFFFFF00")


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def book(rows, paint=lambda _sheet: None):
    """Write a workbook and paint some of its cells; returns what is read out of it."""
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    paint(workbook.active)
    out = io.BytesIO()
    workbook.save(out)
    return read_content(out.getvalue()).rows


def asked(number, key=None):
    return [f"第{number}种情况戴什么？", f"帽{number}", f"罩{number}", f"套{number}", key]


def painted(look, columns, keys=(None,) * 3, head=HEAD):
    """Read questions of which the option in one of ``columns`` has a look."""

    def paint(sheet):
        for row, column in enumerate(columns, start=2):
            for letter in column:
                cell = sheet.cell(row, "ABC".index(letter) + 2)
                setattr(cell, "font" if isinstance(look, Font) else "fill", look)

    return book([head, *(asked(number, key)[: len(head)] for number, key in enumerate(keys))], paint)


def rich(columns, *, font, key=None):
    """Read questions whose options stand in one cell, one of them in another font."""
    rows = [["题目", "选项", "答案"]]
    for number, right in enumerate(columns, start=1):
        lines = [f"{letter}. {word}{number}\n" for letter, word in zip("ABC", "帽罩套", strict=True)]
        blocks = [TextBlock(font if line[0] == right else InlineFont(), line) for line in lines]
        rows.append([f"第{number}种情况戴什么？", CellRichText(*blocks), key])
    return book(rows)


def test_the_option_whose_cell_stands_out_in_every_row_is_the_key():
    for look in (RED, BOLD, FILL):
        rows = painted(look, "ACB")
        assert said(rows) == [("good", "single", key) for key in "ACB"], look
        assert all(row.notes for row in rows)
    assert said(painted(RED, ["AC", "AB", "BC"]))[0] == ("good", "multiple", "AC")


def test_a_sheet_without_a_column_of_keys_is_read_if_its_options_show_them():
    assert said(painted(RED, "ACB", head=HEAD[:4])) == [("good", "single", key) for key in "ACB"]


def test_words_in_colour_within_the_cell_of_all_options_are_the_key():
    for font in (InlineFont(color="FFFF0000"), InlineFont(b=True)):
        rows = rich("ACB", font=font)
        assert said(rows) == [("good", "single", key) for key in "ACB"]
        assert options(rows[0]) == ["帽1", "罩1", "套1"]


def test_colours_in_a_test_that_stands_line_by_line_in_cells_are_its_keys():
    rows = []
    for number in (1, 2, 3):
        rows += [[f"{number}. 第{number}种情况戴什么？"], *([f"{x}. {x}物{number}"] for x in "ABC")]
    marked = {4 * place + "ABC".index(right) + 2 for place, right in enumerate("ACB")}

    def paint(sheet):
        for row in marked:
            sheet.cell(row, 1).font = RED

    assert said(book(rows, paint)) == [("good", "single", key) for key in "ACB"]


def test_where_it_is_not_certain_it_is_proposed_or_nothing():
    assert said(painted(RED, "AC", keys=(None, None))) == [("held", "single", "A"), ("held", "single", "C")]
    assert {row.outcome for row in painted(RED, ["ABC"] * 3)} == {"rejected"}, "it stands out everywhere"
    assert {row.outcome for row in painted(Font(color="FF404040"), "ABC")} == {"rejected"}, "grey is none"


def test_a_column_in_colour_says_nothing_of_its_rows():
    assert {row.outcome for row in painted(RED, "AAA")} == {"rejected"}
    assert said(painted(FILL, "AAA", keys="ABC")) == [("good", "single", key) for key in "ABC"]


def test_another_option_in_colour_than_the_key_names_holds_its_row():
    assert said(painted(RED, "ABA", keys="ABC")) == [
        ("good", "single", "A"), ("good", "single", "B"), ("held", "single", "C"),
    ]  # fmt: skip
