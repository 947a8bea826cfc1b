"""Workbooks as people see them: numbers as they are shown, merged cells, hidden rows and sheets."""

from __future__ import annotations

import io
from datetime import datetime, time

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from PIL import Image as Picture

from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.number_formats import shown

HEAD = ["章节", "题型", "题目", "A", "B", "C", "答案"]


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def workbook(*rows, head=HEAD):
    book = openpyxl.Workbook()
    for cells in (head, *rows):
        book.active.append(cells)
    return book


def read(book):
    target = io.BytesIO()
    book.save(target)
    return read_content(target.getvalue())


def options_of(row):
    return [option.text for option in row.body.options]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("0.05", "0%", "5%"),
        ("0.125", "0.0%", "12.5%"),
        ("2.5", "0.00", "2.50"),
        ("2.5", "0_ ", "3"),
        ("220", '0"V"', "220V"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("8", '"≥"0\\m', "≥8m"),
        ("-3", "0.0", "-3.0"),
        ("0.5", "# ?/?", None),
        ("1000", "0.00E+00", None),
        ("45293", "yyyy/m/d", None),
        ("45293", 'm"月"d"日"', None),
        ("0.35", "h:mm", None),
        ("-3", "0.00_);[Red]\\(0.00\\)", None),
        ("3", '[>2]"many";0', None),
        ("3", "0." + 200 * "0", None),
        ("3", 300 * "[", None),
    ],
)
def test_a_number_is_read_as_its_format_shows_it_or_said_to_be_unsure(value, code, text):
    assert shown(value, code) == text


def test_options_in_percent_and_with_units_come_in_as_the_spreadsheet_shows_them():
    book = workbook(["第一章", "单选题", "允许的偏差是？", 0.05, 0.1, 220, "A"])
    for place, code in (("D2", "0%"), ("E2", "0.0%"), ("F2", '0"V"')):
        book.active[place].number_format = code

    (row,) = read(book).rows

    assert (row.outcome, options_of(row)) == ("good", ["5%", "10.0%", "220V"])


@pytest.mark.parametrize(
    ("value", "code"),
    [(datetime(2024, 1, 2), 'm"月"d"日"'), (time(1, 3), "h:mm"), (0.5, "# ?/?"), (1000, "0.00E+00")],
)
def test_an_option_that_the_spreadsheet_turned_into_something_else_holds_its_row(value, code):
    book = workbook(["第一章", "单选题", "配比是？", value, "1:4", "1:5", "A"])
    book.active["D2"].number_format = code

    (row,) = read(book).rows

    assert row.outcome == "held" and "日期、时间" in row.reason


def test_a_date_beside_the_question_holds_nothing():
    book = workbook(["第一章", "单选题", "配比是？", "1:3", "1:4", "1:5", "A", datetime(2024, 1, 2)])

    assert [row.outcome for row in read(book).rows] == ["good"]


def test_a_sum_of_numbers_has_no_digits_that_only_the_machine_sees():
    book = workbook(["第一章", "单选题", "是多少？", 0.1 + 0.2, 0.4, 0.5, "A"])

    assert options_of(read(book).rows[0]) == ["0.3", "0.4", "0.5"]


def test_merged_cells_of_type_and_chapter_speak_of_all_their_rows():
    book = workbook(
        ["第一章", "多选题", "第一题？", "甲", "乙", "丙", "AB"],
        [None, None, "第二题？", "甲", "乙", "丙", "A"],
        [None, "判断题", "第三题。", None, None, None, "对"],
    )
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("B2:B3")

    rows = read(book).rows

    assert [row.type for row in rows] == ["multiple", "multiple", "true_false"]
    assert [row.point for row in rows] == ["第一章"] * 3


def test_what_nobody_sees_in_the_spreadsheet_is_read_and_named():
    book = workbook(
        ["第一章", "判断题", "甲。", None, None, None, "对"],
        ["第一章", "判断题", "乙。", None, None, None, "对"],
    )
    book.active.row_dimensions[3].hidden = True
    other = book.create_sheet("旧题")
    other.sheet_state = "veryHidden"
    for cells in (HEAD, ["第一章", "判断题", "丙。", None, None, None, "对"]):
        other.append(cells)

    parsed = read(book)

    assert len(parsed.rows) == 3
    assert [where for where, text in parsed.warnings if "隐藏" in text] == ["Sheet!3", "旧题"]


ROW = 15 * 12_700
"""Height of a row, in the units of drawings."""


def with_picture(book, begins, ends):
    """Lay a picture over a sheet, from and to (row, share of its height), counted from 0."""
    file = io.BytesIO()
    Picture.new("RGB", (60, 40), "red").save(file, "PNG")
    image = Image(file)
    marks = [AnchorMarker(col=7, row=row, rowOff=int(share * ROW)) for row, share in (begins, ends)]
    image.anchor = TwoCellAnchor(_from=marks[0], to=marks[1])
    book.active.add_image(image)
    return book


@pytest.mark.parametrize(
    ("begins", "ends", "shown_in", "held"),
    [
        ((1, 0), (1, 0.9), [2], []),
        ((1, 0), (4, 0.9), [2], []),
        ((1, 0.9), (2, 0.8), [3], []),
        ((1, 0.3), (2, 0.1), [2], []),
        ((1, 0.8), (2, 0.3), [2, 3], [2, 3]),
        ((1, 0.9), (4, 0.5), [3, 4], [3, 4]),
        ((3, 0.5), (9, 0.5), [4], []),
    ],
)
def test_a_picture_belongs_to_the_row_at_whose_edge_it_begins_or_that_it_covers(begins, ends, shown_in, held):
    rows = [["第一章", "单选题", f"图{each}？", "甲", "乙", "丙", "A"] for each in "子丑寅"]

    found = read(with_picture(workbook(*rows), begins, ends)).rows

    assert [place for place, row in enumerate(found, 2) if row.body.media] == shown_in
    assert [place for place, row in enumerate(found, 2) if row.outcome == "held"] == held
