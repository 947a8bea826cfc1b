"""Tests without a table: plain texts, and lines pasted into the cells of a sheet."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image as Picture
from PIL import Image

from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.looks import Unsure
from trainhub.kernel.errors import Invalid

TEST = """低压电工考试题
一、单选题（每题2分）
1. 安全帽的作用是（  ）。
A. 保护头部
B. 保护手
答案：A
2. 触电时先（ B ）。
A. 拉人
B. 断电
二、判断题
1. 应持证上岗。（√）
2. 可酒后作业。（×）
"""
READ = [("single", "A"), ("single", "B"), ("true_false", "T"), ("true_false", "F")]


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def workbook(*sheets, change=lambda _book: None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"S{number}")
        for cells in rows:
            sheet.append(cells)
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def keys(parsed):
    assert {row.outcome for row in parsed.rows} == {"good"}
    return [(row.type, "".join(row.body.answer)) for row in parsed.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_plain_text_is_read_as_a_word_document_is(encoding):
    parsed = read_content(TEST.encode(encoding), name="考试题.txt")

    assert (parsed.form, keys(parsed)) == ("text", READ)
    assert [row.where for row in parsed.rows] == ["line 3", "line 7", "line 11", "line 12"]
    assert [where for where, _text in parsed.warnings] == ["line 1"]


def test_a_text_with_its_keys_at_the_end_is_read():
    text = "1.安全帽保护什么？\na.头\nb.手\n2.触电先做什么？\na.断电\nb.拉人\n答案：\n1.A\n2.A\n"

    assert keys(read_content(text.encode())) == [("single", "A"), ("single", "A")]


def test_a_numbered_text_without_questions_is_refused():
    with pytest.raises(Invalid):
        read_content("会议纪要\n1. 讨论安全\n2. 讨论培训\n".encode())


def test_a_test_pasted_into_one_column_is_read_with_the_cell_as_its_place():
    parsed = read_content(workbook([[line] for line in TEST.splitlines()]))

    assert keys(parsed) == READ
    assert [row.where for row in parsed.rows] == ["S1!A3", "S1!A7", "S1!A11", "S1!A12"]
    assert [where for where, _text in parsed.warnings] == ["S1!A1"]


def test_a_table_of_one_column_as_csv_is_read_without_its_quotes():
    text = "".join(f'"{line}"\r\n' for line in TEST.splitlines())

    assert keys(read_content(text.encode("gbk"), name="a.csv")) == READ


def test_options_in_the_cells_beside_one_another_and_lines_in_one_cell_are_read():
    rows = [
        ["1. 安全帽保护什么？"],
        ["A. 头", "B. 手"],
        ["答案：A"],
        [None, "2. 触电先做什么？\nA. 拉人\nB. 断电\n答案：B"],
    ]
    parsed = read_content(workbook(rows))

    assert keys(parsed) == [("single", "A"), ("single", "B")]
    assert [row.where for row in parsed.rows] == ["S1!A1", "S1!B4"]


def test_sheets_of_lines_and_tables_stand_in_one_file_in_their_order():
    parsed = read_content(
        workbook(
            [[line] for line in ("1. 安全帽保护什么？", "A. 头", "B. 手", "答案：A")],
            [["题型", "题干", "A", "B", "答案"], ["单选", "触电先做什么？", "断电", "拉人", "A"]],
            [["请勿修改"]],
        )
    )

    assert [row.where for row in parsed.rows] == ["S1!A1", "S2!2"]
    assert [where for where, _text in parsed.warnings] == ["S3"]


def test_a_table_of_numbered_questions_without_headings_is_still_asked_about():
    rows = [[f"{n}. 第{n}个问题是什么？", f"A.甲{n}", f"B.乙{n}", "A"] for n in (1, 2, 3)]

    with pytest.raises(Unsure):
        read_content(workbook(rows))


def test_a_picture_beside_a_line_is_shown_with_its_question():
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(drawn, "PNG")

    def draw(book):
        book.active.add_image(Picture(drawn), "B1")

    parsed = read_content(
        workbook([["1. 图中是什么标志？"], ["A. 禁止"], ["B. 警告"], ["答案：A"]], change=draw)
    )

    assert keys(parsed) == [("single", "A")]
    assert len(parsed.rows[0].body.media) == 1


def test_words_that_are_struck_out_in_a_line_hold_its_question():
    def strike(book):
        book.active["A4"] = CellRichText("答案：", TextBlock(InlineFont(strike=True), "A"), "B")

    parsed = read_content(workbook([["1. 安全帽保护什么？"], ["A. 手"], ["B. 头"], [""]], change=strike))

    assert [(row.outcome, row.body.answer) for row in parsed.rows] == [("held", ("B",))]
