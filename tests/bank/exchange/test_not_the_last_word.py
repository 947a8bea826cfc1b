"""Words that are struck out, dates made of what was typed, numbers cut off: held, with what was meant."""

from __future__ import annotations

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from tests.bank.exchange.office import document
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.typed import typed

HEAD = ["题型", "题目", "A", "B", "C", "答案"]
STRUCK = InlineFont(strike=True)


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def read(*rows, change=lambda _sheet: None):
    book = openpyxl.Workbook()
    for cells in (HEAD, *rows):
        book.active.append(cells)
    change(book.active)
    target = io.BytesIO()
    book.save(target)
    return read_content(target.getvalue()).rows


def options_of(row):
    return [option.text for option in row.body.options]


def strike(*places):
    def change(sheet):
        for place in places:
            sheet[place].font = Font(strike=True)

    return change


def test_a_struck_option_is_not_proposed_any_more():
    struck, plain = read(
        ["单选题", "应佩戴什么？", "手套", "面罩", "帽子", "B"],
        ["单选题", "应戴什么？", "手套", "面罩", "帽子", "B"],
        change=strike("E2"),
    )

    assert (struck.outcome, options_of(struck)) == ("held", ["手套", "面罩"])
    assert "删除线" in struck.reason
    assert (plain.outcome, options_of(plain)) == ("good", ["手套", "面罩", "帽子"])


def test_of_a_key_that_was_struck_out_and_written_anew_the_new_one_is_proposed():
    key = CellRichText(TextBlock(STRUCK, "A"), TextBlock(InlineFont(), "B"))
    (row,) = read(["单选题", "应佩戴什么？", "手套", "面罩", "帽子", key])

    assert (row.outcome, row.body.answer) == ("held", ("B",))


def test_a_row_that_is_struck_out_whole_is_held_without_a_proposal():
    (row,) = read(
        ["单选题", "应佩戴什么？", "手套", "面罩", "帽子", "B"],
        change=strike(*(f"{letter}2" for letter in "ABCDEF")),
    )

    assert (row.outcome, row.body, row.cells["stem"]) == ("held", None, "应佩戴什么？")


def test_what_is_struck_out_beside_the_question_holds_nothing():
    (row,) = read(["单选题", "应佩戴什么？", "手套", "面罩", "帽子", "B", "旧备注"], change=strike("G2"))

    assert row.outcome == "good"


def runs(*texts):
    marks = ("<w:rPr><w:strike/></w:rPr>" if text.startswith("~") else "" for text in texts)
    said = (
        f"<w:r>{mark}<w:t>{text.lstrip('~')}</w:t></w:r>" for mark, text in zip(marks, texts, strict=True)
    )
    return f"<w:p>{''.join(said)}</w:p>"


def table(*rows):
    cells = ("".join(f"<w:tc>{runs(*cell.split('|'))}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{each}</w:tr>" for each in cells) + "</w:tbl>"


def test_words_struck_out_in_paragraphs_and_tables_of_word_hold_their_question():
    lines = ("1. 第一题？", "A. 手套", "B. 面罩", runs("~C. 帽子"), "答案：B")
    below = ("2. 第二题？", "A. 手套", "B. 面罩", runs("答案：", "~A", "B"))
    plain = ("3. 第三题？", "A. 手套", "B. 面罩", "答案：B")
    laid = table(
        HEAD,
        ("单选题", "第四题？", "手套", "面罩", "~帽子", "A"),
        ("单选题", "第五题？", "手套", "面罩", "帽子", "~A|B"),
    )

    rows = read_content(document(*lines, *below, *plain, laid)).rows

    assert [row.outcome for row in rows] == ["held", "held", "good", "held", "held"]
    assert [row.body.answer for row in rows] == [("B",), ("B",), ("B",), ("A",), ("B",)]
    assert [len(row.body.options) for row in rows] == [2, 2, 2, 2, 3]


@pytest.mark.parametrize(
    ("day", "code", "text"),
    [
        (date(2026, 1, 2), 'm"月"d"日"', "1月2日"),
        (date(2026, 1, 2), 'm"月"d"日";@', "1月2日"),
        (date(2026, 1, 2), "d-mmm", "1-2"),
        (date(1945, 1, 1), "mmm-yy", "1-45"),
        (date(2026, 1, 2), "m/d;@", "1/2"),
        (date(2026, 1, 2), "yyyy/m/d", "2026/1/2"),
        (date(2026, 1, 2), "yyyy\\-mm\\-dd", "2026-01-02"),
        (date(2026, 1, 2), '[$-804]yyyy"年"m"月"d"日";@', "2026年1月2日"),
        (date(2026, 1, 2), "[$-F800]dddd, mmmm dd, yyyy", None),
        (date(2026, 1, 2), "aaaa", None),
    ],
)
def test_a_day_is_proposed_as_its_format_shows_it_or_as_digits(day, code, text):
    assert typed(str((day - date(1899, 12, 30)).days), code) == text


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("0.04375", "h:mm", "1:3"),
        ("0.354166666666667", "h:mm", "8:30"),
        ("1.04166666666667", "[h]:mm", "25:00"),
        ("0.5", "# ?/?", "1/2"),
        ("1.5", "# ?/?", "1 1/2"),
        ("0.0006", "mm:ss", None),
        ("45000.5", "yyyy/m/d h:mm", None),
        ("-1", "yyyy/m/d", None),
        ("1E99", "yyyy/m/d", None),
        ("1000", "0.00E+00", None),
    ],
)
def test_a_time_or_fraction_is_proposed_as_it_was_most_likely_typed(number, code, text):
    assert typed(number, code) == text


@pytest.mark.parametrize(
    ("first", "code", "others", "proposed"),
    [
        (datetime(2026, 1, 2), 'm"月"d"日"', ["1-3", "1-4"], "1-2"),
        (datetime(2026, 1, 2), 'm"月"d"日"', ["1~3", "1~4"], "1~2"),
        (datetime(2026, 6, 16), 'm"月"d"日"', ["6月17日", "6月18日"], "6月16日"),
        (time(1, 3), "h:mm", ["1:4", "1:5"], "1:3"),
    ],
)
def test_a_held_option_that_became_a_day_is_proposed_like_those_beside_it(first, code, others, proposed):
    def change(sheet):
        sheet["C2"].number_format = code

    (row,) = read(["单选题", "是多少？", first, *others, "A"], change=change)

    assert (row.outcome, options_of(row)) == ("held", [proposed, *others])


def test_a_number_of_more_than_fifteen_digits_has_lost_its_end_and_is_held():
    long, short, text = read(
        ["单选题", "是几号？", 440306199001011234, "乙", "丙", "A"],
        ["单选题", "是几号呢？", 123456789012345, "乙", "丙", "A"],
        ["单选题", "是哪一号？", "440306199001011234", "乙", "丙", "A"],
    )

    assert (long.outcome, long.body) == ("held", None) and "15" in long.reason
    assert (short.outcome, options_of(short)[0]) == ("good", "123456789012345")
    assert (text.outcome, options_of(text)[0]) == ("good", "440306199001011234")


def test_in_csv_a_rounded_number_is_held_and_one_kept_as_text_is_read():
    content = '题型,题目,A,B,答案\n单选题,是几号？,4.40306E+17,乙,A\n单选题,是几号呢？,"=""0012""",乙,A\n'
    rounded, kept = read_content(content.encode()).rows

    assert rounded.outcome == "held"
    assert (kept.outcome, options_of(kept)[0]) == ("good", "0012")
