"""Files in which questions of several types stand together, as training bodies write them."""

from __future__ import annotations

import io
import time

import openpyxl
import pytest

from tests.bank.exchange.office import document
from tests.bank.exchange.test_keys_shown import said
from trainhub.exams.bank.exchange.files import read_content
from trainhub.kernel.errors import Invalid

GOOD = [
    ("good", "single", "A"),
    ("good", "multiple", "BD"),
    ("good", "true_false", "T"),
    ("good", "fill_in", ""),
]
PARTS = """一、单选题
1、安全帽保护什么？
A、头 B、手 C、脚 D、眼
二、多选题
1、灭火器材有？
A、水 B、干粉 C、汽油 D、沙
三、判断题
1、应持证上岗。（ ）
四、填空题
1、高处作业指____米以上。"""
KEYS = """参考答案
一、单选题
1-1 A
二、多选题
1、BD
三、判断题
1、√
四、填空题
1、2"""


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rows_in(rows):
    return read_content(workbook(Sheet1=rows)).rows


def read(text):
    return said(read_content(text.encode()).rows)


def in_all_forms(text):
    """Read a test as a text, as a Word document and as the cells of a sheet."""
    lines = text.split("\n")
    files = (text.encode(), document(*lines), workbook(Sheet1=[[line] for line in lines]))
    return [said(read_content(each).rows) for each in files]


@pytest.mark.parametrize("keys", [KEYS, "参考答案：一、1.A 二、1.BD 三、1.√ 四、1.对"])
def test_parts_with_their_keys_at_the_end_are_read_alike_in_every_form(keys):
    assert in_all_forms(f"{PARTS}\n{keys}") == [GOOD] * 3


def test_keys_of_all_parts_in_one_line_are_never_those_of_the_last_question():
    assert read(f"{PARTS}\n参考答案：一、1.A 二、见教材 三、1.√")[-1][0] == "held"


QUESTIONS = "\n".join(f"{n}. 第{n}题问什么？\nA. 甲{n}\nB. 乙{n}\nC. 丙{n}" for n in (1, 2, 3))


def test_lists_of_keys_are_read_in_many_words_and_shapes():
    for tail in (
        "答案：1-3 ABC", "Answer Key: 1-3 ABC", "Answers\n1. A\n2. B\n3. C", "KEY: 1) A 2) B 3) C",
        "答案：（1）A（2）B（3）C", "答案：①A②B③C", "参考答案\n题号 1 2 3\n答案 A B C",
        "|题号|1|2|3|\n|答案|A|B|C|",
    ):  # fmt: skip
        assert read(f"{QUESTIONS}\n{tail}") == [("good", "single", key) for key in "ABC"], tail

    table = [[line] for line in QUESTIONS.split("\n")] + [["题号", 1, 2, 3], ["答案", "A", "B", "C"]]
    assert said(rows_in(table)) == [("good", "single", key) for key in "ABC"]


def test_a_row_of_signs_below_the_last_of_questions_without_keys_is_proposed_for_all():
    for tail in ("答案：ABC", "参考答案\n一、单选题\nA B C", "Answers: A, B, C"):
        assert read(f"{QUESTIONS}\n{tail}") == [("held", "single", key) for key in "ABC"], tail


def test_a_key_that_the_last_question_alone_has_is_doubted():
    *others, last = read(f"{QUESTIONS}\n参考答案\nA\nB\nC")

    assert {each[0] for each in others} == {"rejected"}
    assert last[0] == "held"


def test_types_in_english_words_and_in_short_are_read():
    head = ["Question", "Type", "A", "B", "C", "Answer"]
    named = {
        "single": ("A", ["Multiple Choice", "MCQ", "Single Choice", "SC"]),
        "multiple": ("AB", ["Multiple Response", "MSQ", "Select all that apply"]),
        "true_false": (
            "False",
            ["True/False", "True or False", "TRUE-FALSE", "T/F", "TF", "Boolean", "Yes/No"],
        ),
        "fill_in": ("word", ["Fill in the blank", "Fill-in-the-Blanks", "FIB", "Gap fill", "Completion"]),
    }
    for kind, (key, words) in named.items():
        offered = ["x", "y", "z"] if kind in ("single", "multiple") else ["", "", ""]
        rows = [[f"What is {kind} {place} ____", word, *offered, key] for place, word in enumerate(words)]
        found = rows_in([head, *rows])
        assert [(row.outcome, row.type) for row in found] == [("good", kind)] * len(words), kind


def test_a_type_that_says_no_more_than_choice_is_told_by_the_key():
    head = ["题目", "题型", "A", "B", "C", "答案"]
    found = rows_in([head, ["甲？", "选择题", "x", "y", "z", "A"], ["乙？", "选择", "x", "y", "z", "AB"]])

    assert said(found) == [("good", "single", "A"), ("good", "multiple", "AB")]


def test_questions_of_all_types_without_a_column_of_types_are_told_apart():
    head = ["题目", "A", "B", "C", "答案"]
    rows = [
        ["安全帽保护什么？", "头", "手", "脚", "A"], ["防护用品有哪些？", "帽", "手套", "花", "AB"],
        ["应持证上岗。", "", "", "", "对"], ["高处作业指____米以上。", "", "", "", "2米"],
        ["安全帽用（ ）个月。", "", "", "", "30"], ["电压为____V。", "", "", "", "1"],
    ]  # fmt: skip
    found = [(row.outcome, row.type) for row in rows_in([head, *rows])]

    assert found == [
        ("good", "single"), ("good", "multiple"), ("good", "true_false"), ("good", "fill_in"),
        ("held", "fill_in"), ("held", "fill_in"),
    ]  # fmt: skip


def test_sheets_and_parts_with_english_names_say_their_types():
    sheets = {
        "Multiple Choice": [["Question", "A", "B", "Answer"], ["q1", "x", "y", "A"]],
        "True False": [["Question", "Answer"], ["q2", "F"]],
        "Fill in the blank": [["Question", "Answer"], ["q3 ____", "w"]],
    }
    text = (
        "Part I. Multiple Choice\n1. What protects the head?\nA. Helmet\nB. Glove\nAnswer: A\n"
        "Part II. True or False\n2. Smoking is allowed.\nAnswer: False\n"
        "Fill in the blank\n3. Work at height begins at ____ m.\nAnswer: 2"
    )
    good = [("good", "single", "A"), ("good", "true_false", "F"), ("good", "fill_in", "")]

    assert said(read_content(workbook(**sheets)).rows) == good
    assert read(text) == good, "it is no Aiken file, of which headings and numbers would be questions"


def test_utf_16_without_its_mark_is_read():
    for coded in ("utf-16-le", "utf-16-be"):
        (row,) = read_content("1. 安全帽保护什么？\nA. 头\nB. 手\n答案：A\n".encode(coded)).rows
        assert (row.outcome, row.body.stem) == ("good", "安全帽保护什么？")


def test_a_key_longer_than_a_question_is_refused_and_costs_nothing():
    """It was compared with the options, at a cost that grew with the square of its length: minutes."""
    (row,) = read_content(f"1. 甲？\nA. a\nB. b\n答案：{'乙、' * 400_000}".encode()).rows

    assert (row.outcome, "50000" in row.reason) == ("rejected", True)


def test_a_line_of_blanks_below_a_word_for_keys_or_parts_costs_nothing():
    for word in ("answer", "part 1", "multiple", "the answers", "题号 1"):
        text = f"{word}{' ' * 20_000}x\n1. 甲？\nA. a\nB. b\n答案：A"
        started = time.process_time()
        assert read(text)[-1] == ("good", "single", "A"), word
        assert time.process_time() - started < 2, word


def test_letters_in_the_cells_of_options_count_only_where_they_are_those_of_the_columns():
    head = ["题目", "A", "B", "C", "答案"]
    same, wide, others = rows_in(
        [
            head, ["甲？", "A.x", "B.y", "C.z", "B"], ["乙？", "Ａ、x", "Ｂ、y", "Ｃ、z", "B"],
            ["丙？", "A、x", "B、y", "D、z", "B"],
        ]
    )  # fmt: skip

    assert [[option.text for option in row.body.options] for row in (same, wide)] == [["x", "y", "z"]] * 2
    assert (same.outcome, wide.outcome, others.outcome) == ("good", "good", "held")


def test_json_is_refused_by_its_name():
    for text in ('{"questions": [{"stem": "甲？"}]}', '[{"stem": "甲？", "answer": "A"}]'):
        with pytest.raises(Invalid, match="JSON"):
            read_content(text.encode())


def test_a_text_of_true_or_false_questions_alone_is_a_test_too():
    for text in (
        "True or False\n1. PPE is needed.\n2. Smoking is allowed.\nAnswer key: 1. T 2. F",
        "判断题\n1. 应持证上岗。\n2. 可酒后作业。\n答案：1.√ 2.×",
        "1. 应持证上岗。\n2. 可酒后作业。\n参考答案\n1-2 √×",
    ):
        assert read(text) == [("good", "true_false", "T"), ("good", "true_false", "F")], text


def test_choices_within_a_text_of_moodle_are_one_choice_or_named():
    def cloze(text):
        question = f'<question type="cloze"><questiontext><text>{text}</text></questiontext></question>'
        (row,) = read_content(f"<quiz>{question}</quiz>".encode()).rows
        return row

    one = cloze("安全帽保护{1:MULTICHOICE:=头~手~脚}。")
    assert said([one]) == [("good", "single", "A")] and one.body.stem == "安全帽保护____。"
    for text, kind in (
        ("帽{1:MULTICHOICE:=头~手}，鞋{1:MC:手~=脚}。", "MULTICHOICE、MC"),
        ("帽{1:MULTICHOICE:=头~手}，鞋{1:SA:=脚}。", "MULTICHOICE"),
        ("选{1:MULTIRESPONSE:=头~=手~脚}。", "MULTIRESPONSE"),
    ):
        row = cloze(text)
        assert (row.outcome, kind in row.reason) == ("rejected", True), text
