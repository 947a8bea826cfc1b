"""Two options that say the same: in a file of any form the question waits for a person."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.bank.exchange.test_what_is_left import qti
from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.writing import write_items
from trainhub.exams.bank.reading.rows import Outcome


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


HEAD = ("题型", "题目", "选项A", "选项B", "选项C", "答案")
ROW = ("单选题", "灭火器多久检查一次？", "每月", "每年", "每年", "A")


def excel():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(HEAD)
    book.active.append(ROW)
    book.save(file)
    return file.getvalue()


def moodle(*inner, kind="multichoice"):
    return f"""<quiz><question type="{kind}"><questiontext format="html"><text>灭火器？</text></questiontext>
<single>true</single>{"".join(inner)}</question></quiz>"""


def answer(text, fraction=0):
    return f'<answer fraction="{fraction}"><text>{text}</text></answer>'


def choice_of_qti(*texts):
    offered = (
        f'<simpleChoice identifier="{key}">{text}</simpleChoice>'
        for key, text in zip("ABC", texts, strict=False)
    )
    asked = f"<prompt>灭火器？</prompt>{''.join(offered)}"
    return qti(
        f'<choiceInteraction responseIdentifier="R" maxChoices="1">{asked}</choiceInteraction>',
        "<correctResponse><value>A</value></correctResponse>",
    )


FILES = {
    "xlsx": excel(),
    "csv": f"{','.join(HEAD)}\n{','.join(ROW)}\n",
    "gift": "灭火器多久检查一次？{=每月 ~每年 ~每年}\n",
    "aiken": "灭火器多久检查一次？\nA. 每月\nB. 每年\nC. 每年\nANSWER: A\n",
    "moodle": moodle(answer("每月", 100), answer("每年"), answer("每年")),
    "qti": choice_of_qti("每月", "每年", " 每年\n"),
}


@pytest.mark.parametrize("form", FILES)
def test_a_question_with_two_options_that_say_the_same_is_held_with_the_reason(form):
    content = FILES[form] if isinstance(FILES[form], bytes) else FILES[form].encode()

    (row,) = read_content(content, form).rows

    assert (row.outcome, row.type) == (Outcome.HELD, ItemType.SINGLE)
    assert row.reason == "选项 B 与 C 文字相同。"
    assert row.body.answer == ("A",)


def test_two_lines_of_a_matching_that_say_the_same_hold_it_too():
    pair = "<subquestion><text>{}</text><answer><text>{}</text></answer></subquestion>"
    lines = (pair.format("红", "停"), pair.format("绿", "行"), pair.format("红", "警"))
    (row,) = read_content(moodle(*lines, kind="matching").encode()).rows
    assert (row.outcome, row.reason) == (Outcome.HELD, "选项 A 与 C 文字相同。")


def test_large_and_small_letters_tell_options_apart():
    (row,) = read_content("单位？{=mPa ~MPa ~mpa}\n".encode()).rows
    assert row.outcome is Outcome.GOOD


def test_what_this_bank_itself_wrote_comes_back_as_a_person_left_it():
    body = ItemBody("灭火器？", (Option("A", "每月"), Option("B", "每年"), Option("C", "每年")), ("A",))
    for form in ("qti", "moodle", "gift"):
        (row,) = read_content(write_items([(ItemType.SINGLE, body)], form)).rows
        assert (row.outcome, row.body) == (Outcome.GOOD, body)
