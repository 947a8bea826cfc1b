"""Files as training bodies really write them: every row accounted for, none read wrong."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.bank.exchange.office import document, paragraph
from tests.factories.bank import make_bank, make_staff
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.handing_in import new_import
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.reading.looks import Unsure
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def workbook(change=lambda _book: None, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    change(book)
    target = io.BytesIO()
    book.save(target)
    return read_content(target.getvalue())


def said(parsed):
    return [(row.outcome, row.type, "".join(row.body.answer) if row.body else "") for row in parsed.rows]


def test_headings_in_two_lines_below_a_title_are_one():
    def merge(book):
        for cells in ("A1:H1", "D2:G2", "A2:A3", "B2:B3", "C2:C3", "H2:H3"):
            book.active.merge_cells(cells)

    parsed = workbook(
        merge,
        题库=[
            ["2026年低压电工题库"],
            ["序号", "题型", "题目", "选项", None, None, None, "答案"],
            [None, None, None, "A", "B", "C", "D", None],
            [1, "单选题", "触电急救首先应？", "脱离电源", "打电话", "呼吸", "离开", "A"],
            [2, "判断题", "低压指1000V以下。", None, None, None, None, "√"],
        ],
    )

    assert said(parsed) == [("good", "single", "A"), ("good", "true_false", "T")]
    assert [option.text for option in parsed.rows[0].body.options] == ["脱离电源", "打电话", "呼吸", "离开"]


def test_a_sheet_for_each_type_needs_no_column_of_types():
    parsed = workbook(
        单选题=[["题号", "题干", "A", "B", "正确答案"], [1, "安全帽保护？", "头", "手", "A"]],
        判断题=[["题号", "题干", "正确答案"], [1, "须戴安全帽。", "正确"], [2, "可酒后作业。", "错误"]],
        说明=[["仅供内部使用"]],
    )

    assert said(parsed) == [("good", "single", "A"), ("good", "true_false", "T"), ("good", "true_false", "F")]
    assert [where for where, _text in parsed.warnings] == ["说明"]


def test_a_sheet_of_questions_and_keys_alone_is_asked_about_with_a_reason():
    with pytest.raises(Unsure) as refusal:
        workbook(Sheet1=[["题干", "答案"], ["须戴安全帽。", "正确"], ["可酒后作业。", "错误"]])

    assert "题型" in str(refusal.value)


def test_explanations_and_keys_in_rows_below_belong_to_the_question_above():
    parsed = workbook(
        题库=[
            ["题目", "A", "B", "答案"],
            ["1. 火警电话？", "119", "120", "A"],
            ["解析：火警是119。"],
            ["2. 急救电话？", "119", "120", None],
            ["答案：B"],
            ["【解析】急救是120。"],
        ]
    )

    assert said(parsed) == [("good", "single", "A"), ("good", "single", "B")]
    assert [row.body.explanation for row in parsed.rows] == ["火警是119。", "急救是120。"]
    assert [where for where, _text in parsed.warnings] == ["题库!3", "题库!5", "题库!6"]


def test_options_in_the_cell_of_their_question_are_taken_out_of_it():
    parsed = workbook(
        题库=[
            ["题目", "答案", "题型"],
            ["安全帽保护？\nA.头部\nB.手部\nC.脚部", "A", "单选题"],
            ["三宝包括 A.安全帽 B.安全带 C.手套", "AB", "多选题"],
            ["须戴安全帽。", "√", "判断题"],
        ]
    )

    assert said(parsed) == [("good", "single", "A"), ("good", "multiple", "AB"), ("good", "true_false", "T")]
    assert [row.body.stem for row in parsed.rows] == ["安全帽保护？", "三宝包括", "须戴安全帽。"]


def test_headings_that_count_the_options_say_what_numbers_in_the_key_mean():
    lines = (
        "题目,题型,选项1,选项2,选项3,正确选项",
        "药皮的作用？,单选,保护,美观,增重,1",
        '用品？,多选,面罩,手套,领带,"1,2"',
        "有害。,判断,,,,R",
    )
    content = "\n".join(lines)

    parsed = read_content(content.encode("gbk"))

    assert said(parsed) == [("good", "single", "A"), ("good", "multiple", "AB"), ("good", "true_false", "T")]
    with pytest.raises(Unsure):
        read_content(content.replace("选项1", "选项0").replace("选项2", "选项1").encode())


def test_comments_beside_questions_are_quoted():
    def comment(book):
        book.active["B2"].comment = Comment("答案应为B，请核实", "李老师")
        book.active["A1"].comment = Comment("表头说明", "李老师")

    parsed = workbook(comment, 题库=[["题目", "A", "B", "答案"], ["火警电话？", "119", "120", "A"]])

    assert [(where, "请核实" in text) for where, text in parsed.warnings] == [("题库!2", True)]


def test_comments_in_documents_are_quoted():
    marked = paragraph("答案：A", '<w:commentReference w:id="1"/>')
    comments = '<w:comment w:id="1"><w:p><w:r><w:t>应为B</w:t></w:r></w:p></w:comment>'

    parsed = read_content(document("1. 火警电话？", "A. 119", "B. 120", marked, comments=comments))

    assert parsed.warnings[-1][0] == "paragraph 4" and "应为B" in parsed.warnings[-1][1]


def test_a_paper_with_its_keys_by_headings_that_name_no_type():
    parsed = read_content(
        document(
            *("一、填空题（每空2分）", "1、方针是________、________、综合治理。"),
            *("二、选择题", "1、发现隐患应（   ）", "A、报告   B、隐瞒   C、离开"),
            *("2、消防通道（   ）", "A、可堆物   B、应畅通"),
            *("三、判断题（对的打√，错的打×）", "(    )1、可带病作业。", "(    )2、新工人须教育。"),
            *("参考答案：", "一、填空题", "1、安全第一；预防为主"),
            *("二、选择题", "1、A  2、B", "三、判断题", "1、×  2、√"),
        )
    )

    assert said(parsed) == [
        ("good", "fill_in", ""), ("good", "single", "A"), ("good", "single", "B"),
        ("good", "true_false", "F"), ("good", "true_false", "T"),
    ]  # fmt: skip


def test_numbers_of_sections_and_numbers_without_a_sign_begin_questions():
    options = ("A. 一", "B. 二", "答案：A")
    parsed = read_content(
        document(
            "1.1 甲是什么？",
            *options,
            "1.2 乙是什么？",
            *options,
            "3 丙是什么？",
            *options,
            "4 丁是什么？",
            *options,
        )
    )

    assert [row.body.stem for row in parsed.rows] == ["甲是什么？", "乙是什么？", "丙是什么？", "丁是什么？"]
    assert not parsed.warnings


def test_a_type_in_brackets_before_a_question_is_none_of_its_words():
    parsed = read_content(
        document(
            *("1. [单选题] 施行日期？", "A. 2002年", "B. 2014年", "正确答案：A"),
            *("2.（多选题，2分）单位应当？", "A. 建制度", "B. 投资金", "正确答案：A"),
            *("3. 【判断题】可拒绝违章。", "正确答案：√"),
        )
    )

    assert [row.body.stem for row in parsed.rows] == ["施行日期？", "单位应当？", "可拒绝违章。"]
    assert said(parsed) == [("good", "single", "A"), ("good", "multiple", "A"), ("good", "true_false", "T")]


@pytest.mark.parametrize("lines", [("答案：①",), ("答案：1",), ("答案：V",)])
def test_a_question_that_nobody_calls_true_or_false_does_not_become_so_by_a_letter_or_number(lines):
    (row,) = read_content(document("1. 安全电压的单位和等级是？", *lines)).rows

    assert row.outcome == "rejected"


def open_document():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", "<office/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("题库.rtf", rb"{\rtf1\ansi}", "RTF"),
        ("题库.doc", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "MHTML"),
        ("题库.xls", "<html><table><tr><td>题目</td></tr></table></html>".encode("gbk"), "HTML"),
        (
            "题库.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "XML",
        ),
        ("题库.ods", open_document(), "OpenDocument"),
        ("题库.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Office"),
    ],
)
def test_what_other_programs_save_is_refused_with_what_to_do(name, content, form):
    with pytest.raises(Invalid) as refusal:
        read_content(content, name=name)

    assert form in str(refusal.value) and ".docx" in str(refusal.value) and "另存为" in str(refusal.value)


def test_what_a_dry_run_says_of_such_a_file_is_what_an_import_does():
    parsed = workbook(
        题库=[
            ["题型", "题目", "A", "B", "C", "答案"],
            ["单选题", "外壳应？", "接地", "绝缘", "涂漆", "正确答案是：A"],
            ["多选题", "用品？", "面罩", "手套", "鞋", "全选"],
            ["多选题", "防止？", "暴晒", "撞击", "油脂", "1,2"],
            ["判断题", "可用铜管。", None, None, None, "错。应用钢管"],
            ["单选题", "压力？", "15", "5", "1", "D"],
        ]
    )
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        kept = new_import(bank, "题库.xlsx", by=staff.author, submit=True, dry_run=False).id
        bank_id, author = bank.id, staff.author.id

    dry = import_items(parsed, bank_id, None, file_name="题库.xlsx", by=None, dry_run=True)
    done = import_items(parsed, bank_id, kept, file_name="题库.xlsx", by=author)
    db.session.rollback()

    for report in (dry, done):
        counted = report.imported, report.duplicates, len(report.held), len(report.rejected)
        assert (report.rows, counted) == (5, (3, 0, 1, 1))
    assert done.held[0]["proposal"]["answer"] == "AB"
