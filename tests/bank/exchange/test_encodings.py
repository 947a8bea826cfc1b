"""Encodings are found by the bytes of a file, whatever it declares, or refused: never garbled."""

from __future__ import annotations

import io
import zipfile

import pytest

from trainhub.exams.bank.exchange.encodings import text_of
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.errors import Invalid

ASKED = "断电后先验电，再作业？"
QUIZ = (
    '<?xml version="1.0" encoding="{}"?>\n<quiz><question type="truefalse"><questiontext format="html">'
    f'<text>{ASKED}</text></questiontext><answer fraction="100"><text>true</text></answer></question></quiz>'
)
ITEM = (
    '<?xml version="1.0" encoding="{}"?><assessmentItem identifier="i" title="t"><responseDeclaration '
    'identifier="R" cardinality="single" baseType="identifier"><correctResponse><value>a</value>'
    "</correctResponse></responseDeclaration><itemBody><p>斷電？</p>"
    "<choiceInteraction responseIdentifier='R'><simpleChoice identifier='a'>一</simpleChoice>"
    "<simpleChoice identifier='b'>二</simpleChoice>"
    "</choiceInteraction></itemBody></assessmentItem>"
)


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


@pytest.mark.parametrize(
    ("said", "real"),
    [("GBK", "utf-8"), ("GBK", "gbk"), ("UTF-8", "gbk"), ("UTF-16", "utf-16"), ("ISO-8859-1", "utf-8")],
)
def test_what_an_xml_file_declares_does_not_garble_what_its_bytes_say(said, real):
    (row,) = read_content(QUIZ.format(said).encode(real)).rows

    assert row.body.stem == ASKED


@pytest.mark.parametrize(
    ("said", "real"), [("HZ-GB-2312", "hz"), ("ISO-8859-1", "gbk"), ("windows-1252", "gbk"), ("Big5", "gbk")]
)
def test_an_xml_file_whose_declaration_cannot_be_true_or_is_not_read_is_refused(said, real):
    with pytest.raises(Invalid, match="UTF-8"):
        read_content(QUIZ.format(said).encode(real))


def test_a_question_of_a_package_in_an_encoding_that_is_not_read_is_rejected_by_its_place():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("a.xml", ITEM.format("UTF-8"))
        package.writestr("b.xml", ITEM.format("Big5").replace("一", "壹").encode("big5"))
        package.writestr("readme.dat", b"\0\1\2")
    rows = read_content(target.getvalue()).rows

    assert [(row.where, row.outcome) for row in rows] == [
        ("a.xml", Outcome.GOOD),
        ("b.xml", Outcome.REJECTED),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "题型,题干,选项A,选项B,选项C,选项D,答案,解析,知识点,难度\n单选题,断电后先验电,一,二,,,A,,,\n",
        "“甲”——乙…{T}",
        "氩弧焊用钨极？{T}",
        "Ⅱ类设备≥2MΩ？{T}",
    ],
)
def test_short_texts_in_gb18030_are_read(text):
    assert text_of(text.encode("gb18030")) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe", "cp1252"),
        ("停電後まず何をしますか？{=検電 ~札}", "euc_jp"),
        ("アルミ合金", "euc_jp"),
        ("정전 후 먼저 무엇을 합니까?{=검전 ~표시}", "euc_kr"),
        ("斷電後先做什麼？{=驗電 ~掛牌 ~鎖具}", "big5"),
        ("Что делать сначала? {=проверить}", "koi8-r"),
    ],
)
def test_other_encodings_are_refused(text, encoding):
    with pytest.raises(Invalid):
        text_of(text.encode(encoding))


def test_a_text_that_was_garbled_before_it_came_is_rejected():
    blocks = "断\ufffd后？{=验电 ~挂牌}", "断电后？{=验电 ~挂\ufffd}", "锟斤拷锟斤拷{T}", "可以？{T}"
    text = "\n\n".join(blocks)

    outcomes = [row.outcome for row in read_content(text.encode()).rows]

    assert outcomes == [Outcome.REJECTED] * 3 + [Outcome.GOOD]
