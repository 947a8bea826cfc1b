"""Word documents and the pictures of workbooks: numbered questions, tables, keys in all their places."""

from __future__ import annotations

import io
import zipfile
from html import escape

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from PIL import Image as Picture

from tests.bank.exchange.office import document, paragraph, table
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.errors import Invalid


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


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


def run(text, *properties):
    return f'<w:r><w:rPr>{"".join(properties)}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


RAISED, LOWERED = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'


def line(*runs):
    return f"<w:p>{''.join(runs)}</w:p>"


def test_raised_and_lowered_letters_of_word_stay_so_in_paragraphs_and_in_tables():
    stem = (run("1. 10"), run("-3", RAISED), run(" m"), run("2", RAISED), run(" 与 U"), run("N", LOWERED))
    cell = f"<w:tc>{line(run('电压 U'), run('N<', LOWERED))}</w:tc>"
    head, others = table(["题目", "A", "B", "答案"]), [f"<w:tc>{paragraph(each)}</w:tc>" for each in "甲乙A"]
    rows = rows_of(
        line(*stem), "A. 甲", line(run("B. CO"), run("2", LOWERED)), "答案：A",
        head.replace("</w:tbl>", f"<w:tr>{cell}{''.join(others)}</w:tr></w:tbl>"),
    )  # fmt: skip
    assert [row.outcome for row in rows] == ["good", "good"]
    assert rows[0].body.stem == "10⁻³ m² 与 U<sub>N</sub>" and rows[0].body.options[1].text == "CO₂"
    assert rows[1].body.stem == "电压 U<sub>N&lt;</sub>" and rows[1].cells["stem"] == "电压 UN<"


def test_text_in_content_controls_is_read_and_text_that_was_moved_or_stands_twice_is_read_once():
    moved = f"<w:moveFrom>{run('旧')}</w:moveFrom>"
    box = "<w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent>"
    twice = f"<w:r><mc><Choice>{box}</Choice><Fallback>{box}</Fallback></mc></w:r>"
    inner = line(moved, run("1. 先做什么？"), twice) + paragraph("A. 验电")
    (row,) = rows_of(
        f"<w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>",
        "B. 挂牌",
        "答案：A",
    )
    assert (row.where, row.body.stem) == ("paragraph 1", "先做什么？框")


def test_an_underlined_gap_of_word_is_a_blank_and_a_footnote_or_a_drawing_of_lines_holds_its_question():
    gap = run("      ", '<w:u w:val="single"/>')
    rows = rows_of(
        "三、填空题",
        line(run("1. 上限为"), gap, gap, run("伏。")),
        "答案：36",
        paragraph("2. 甲是____。", '<w:footnoteReference w:id="2"/>'),
        "答案：乙",
        paragraph("3. 图中是____。", "<w:drawing/>"),
        "答案：乙",
    )
    assert [row.outcome for row in rows] == ["good", "held", "held"]
    assert rows[0].body.stem == "上限为____伏。"


def in_cells(picture):
    """A workbook with raised letters and with pictures in its cells, as WPS keeps them."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    up, down = (TextBlock(InlineFont(vertAlign=f"{each}script"), "N") for each in ("super", "sub"))
    for cells in (
        ["题目", "A", "B", "答案", "图片", "解析"],
        [CellRichText("10", TextBlock(InlineFont(vertAlign="superscript"), "-3"), "是"), "甲", "乙", "A"],
        [CellRichText("U", down, "是"), "甲", 'DISPIMG("ID_1",1)', "A", "", CellRichText("x", up)],
        ["图中是？", "甲", "乙", "A", '=_xlfn.DISPIMG("ID_1",1)'],
        ["另一图中是？", "甲", "乙", "A", 'DISPIMG("ID_2",1)'],
        ["又一图中是？", "甲", "乙", "A", "阀门.jpg"],
        ["无图的是？", "甲", "乙", "A", "否"],
    ):
        sheet.append(cells)
    sheet["E4"].data_type = "s"
    saved, target = io.BytesIO(), io.BytesIO()
    workbook.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr(
            "xl/cellimages.xml",
            '<x:cellImages xmlns:x="c" xmlns:r="r"><x:cellImage><x:cNvPr name="ID_1" descr="阀"/>'
            '<x:blip r:embed="rId1"/></x:cellImage></x:cellImages>',
        )
        new.writestr(
            "xl/_rels/cellimages.xml.rels",
            '<Relationships><Relationship Id="rId1" Target="media/one.png"/></Relationships>',
        )
        new.writestr("xl/media/one.png", picture)
    return target.getvalue()


def test_raised_letters_and_pictures_in_cells_come_along_and_a_picture_that_is_only_named_holds_its_row():
    clear = io.BytesIO()
    Picture.new("RGB", (40, 30), "red").save(clear, "PNG")

    rows = read_content(in_cells(clear.getvalue())).rows

    assert [row.outcome for row in rows] == ["good", "good", "good", "held", "held", "good"]
    assert rows[0].body.stem == "10⁻³是" and not rows[0].body.rich
    (medium,) = rows[1].body.media
    assert (medium.description, rows[1].body.options[1].text) == ("阀", f'<img src="{medium.name}">')
    assert (rows[1].body.stem, rows[1].body.explanation) == ("U<sub>N</sub>是", "x<sup>N</sup>")
    assert rows[2].body.stem.startswith("图中是？<img") and len(rows[2].media) == 1
    assert "ID_2" in rows[3].reason and "阀门.jpg" in rows[4].reason
