"""Word documents and the pictures of workbooks: numbered questions, tables, keys in all their places."""

from __future__ import annotations

import io
import zipfile
from html import escape

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from PIL import Image as Picture

from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.judging import Outcome
from trainhub.kernel.errors import Invalid

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def paragraph(text, inner=""):
    runs = "<w:br/>".join(f"<w:t>{escape(line)}</w:t>" for line in text.split("\n"))
    return f"<w:p><w:r>{runs}{inner}</w:r></w:p>"


def table(*rows):
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{each}</w:tr>" for each in cells) + "</w:tbl>"


def document(*blocks):
    body = "".join(block if block.startswith("<") else paragraph(block) for block in blocks)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{SPACE}"><w:body>{body}</w:body></w:document>'
        )
    return target.getvalue()


def rows_of(*blocks):
    parsed = read_content(document(*blocks))
    assert parsed.form == "docx"
    return parsed.rows


def one(*blocks):
    (row,) = rows_of(*blocks)
    return row


def test_numbered_questions_with_lettered_options_are_read():
    rows = rows_of(
        "低压电工试题",
        "一、单选题",
        "1. 断电后先做什么？",
        "A. 验电",
        "B. 挂牌",
        "答案：A",
        "解析：见规程。",
        "二、多选题",
        "2、防护用品有？ ",
        "A.安全帽 B.绝缘鞋  C.领带",
        "正确答案：AB",
    )

    assert [(row.outcome, row.type, row.body.answer) for row in rows] == [
        ("good", "single", ("A",)),
        ("good", "multiple", ("A", "B")),
    ]
    assert rows[0].body.explanation == "见规程。"
    assert [option.text for option in rows[1].body.options] == ["安全帽", "绝缘鞋", "领带"]


def test_a_key_in_brackets_at_the_end_of_the_question_is_found():
    rows = rows_of("二、判断题", "1. 可以带电作业。（×）", "2. 先验电（ A ）。", "A. 对", "B. 错")

    assert (rows[0].type, rows[0].body.answer, rows[0].body.stem) == (
        "true_false",
        ("F",),
        "可以带电作业。（  ）",
    )
    assert rows[1].body.answer == ("T",)


def test_a_question_without_a_key_is_rejected_and_a_picture_holds_it():
    picture = '<w:drawing><a:blip xmlns:a="a"/></w:drawing>'
    rows = rows_of(
        "1. 无答案？", "A. 一", "B. 二", paragraph("2. 图中是什么？", picture), "A. 阀", "B. 泵", "答案：A"
    )

    assert [row.outcome for row in rows] == [Outcome.REJECTED, Outcome.HELD]


def test_blanks_and_written_answers_are_read_by_their_headings():
    rows = rows_of(
        "三、填空题",
        "1. 上限为____伏，频率为____赫。",
        "答案：36；50",
        "四、简答题",
        "1. 说说步骤。",
        "答案：断电、验电。",
    )

    assert [row.type for row in rows] == ["fill_in", "constructed"]
    assert [blank.accepted for blank in rows[0].body.detail.blanks] == [("36",), ("50",)]
    assert rows[1].body.detail.model == "断电、验电。"


def test_a_table_with_headings_is_read_like_a_sheet():
    row = one(table(["题型", "题目", "选项", "答案"], ["单选题", "先做什么？", "A.验电\nB.挂牌", "A"]))

    assert (row.where, row.outcome, row.body.answer) == ("table 1!2", "good", ("A",))


def test_a_document_without_questions_is_refused():
    with pytest.raises(Invalid):
        read_content(document("只是文字。"))


def test_a_picture_of_a_workbook_comes_along_below_its_question_and_one_that_nobody_can_see_holds_the_row():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for line in (
        ["题型", "题目", "选项", "答案"],
        ["单选题", "图中是？", "A.阀**B.泵", "A"],
        ["单选题", "甲？", "A.一**B.二", "B"],
        ["单选题", "图中又是？", "A.阀**B.泵", "B"],
    ):
        sheet.append(line)
    file = io.BytesIO()
    Picture.new("RGB", (4, 4)).save(file, "PNG")
    sheet.add_image(Image(file), "E2")
    clear = io.BytesIO()
    Picture.new("RGB", (40, 30), "red").save(clear, "PNG")
    sheet.add_image(Image(clear), "E4")
    target = io.BytesIO()
    workbook.save(target)

    rows = read_content(target.getvalue()).rows

    assert [(row.where, row.outcome) for row in rows] == [
        ("Sheet!2", "held"),
        ("Sheet!3", "good"),
        ("Sheet!4", "good"),
    ]
    (medium,) = rows[2].body.media
    assert rows[2].body.stem == f'图中又是？<img src="{medium.name}">' and rows[2].body.rich
    assert [clean.digest for clean in rows[2].media] == [medium.digest]
