"""What a file says and the bank has no place for is named at its question; nothing goes in silence."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from trainhub.exams.bank.details import Blank
from trainhub.exams.bank.exchange.files import read_content
from trainhub.kernel.i18n import in_language

FEEDBACK, TEMPLATE, PARTS, ORDER = "(feedback)", "(template)", "earn a part", "keeps the place"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""
    with in_language("en"):
        yield


def moodle(kind, inner, text="<p>甲？</p>", form="html"):
    return (
        f'<quiz><question type="{kind}"><questiontext format="{form}"><text><![CDATA[{text}]]></text>'
        f"</questiontext>{inner}</question></quiz>"
    )


CHOICES = '<answer fraction="100"><text>对的</text></answer><answer fraction="0"><text>不对</text></answer>'


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("甲？{=一 ~二#不是}\n", FEEDBACK),
        ("甲。{T#不是#是}\n", FEEDBACK),
        ("甲{#3:1#是}\n", FEEDBACK),
        ("[markdown]**甲**？{=一 ~二}\n", "Markdown"),
        (moodle("multichoice", f"{CHOICES}<correctfeedback><text>甚好</text></correctfeedback>"), FEEDBACK),
        (moodle("essay", "<responsetemplate><text>因为</text></responsetemplate>"), TEMPLATE),
        (moodle("essay", "<tags><tag><text>焊接</text></tag></tags>"), "焊接"),
        (moodle("essay", "", form="markdown"), "Markdown"),
        (moodle("multichoice", f"<shuffleanswers>0</shuffleanswers>{CHOICES}"), ORDER),
        (moodle("cloze", "", "甲{1:SA:=乙#是}"), FEEDBACK),
        (moodle("cloze", "", "甲{1:SA:=乙~%50%丙}"), PARTS),
        (moodle("cloze", "", "甲{1:SA:=乙}和{2:SA:=丙}"), "different weights"),
    ],
)
def test_what_other_programs_say_beside_a_question_is_named(content, named):
    (row,) = read_content(content.encode()).rows

    assert named in " ".join(row.notes)


def test_what_moodle_writes_by_itself_is_not_named_and_no_whole_mark_holds_a_choice():
    usual = "<correctfeedback><text>Your answer is correct.</text></correctfeedback>"
    (row,) = read_content(moodle("multichoice", CHOICES + usual).encode()).rows
    (half,) = read_content(moodle("multichoice", CHOICES.replace("100", "50")).encode()).rows

    assert row.notes == () and row.outcome == "good"
    assert half.outcome == "held" and "whole mark" in half.reason


def qti(asked, declaration, more="", kind="identifier"):
    return (
        '<assessmentItem xmlns="x" xmlns:xi="http://www.w3.org/2001/XInclude" identifier="i">'
        f'<responseDeclaration identifier="R" cardinality="single" baseType="{kind}">{declaration}'
        f"</responseDeclaration><itemBody>{asked}</itemBody>{more}</assessmentItem>"
    )


CHOICE = (
    '<choiceInteraction responseIdentifier="R"><prompt>选哪个？</prompt>'
    '<simpleChoice identifier="A" fixed="true">一</simpleChoice>'
    '<simpleChoice identifier="B">二</simpleChoice></choiceInteraction>'
)
KEY = "<correctResponse><value>A</value></correctResponse>"
NUMBER = '<p>甲<textEntryInteraction responseIdentifier="R"/>米</p>'


def test_what_qti_says_beside_a_question_is_named_or_taken_along():
    half = '<mapping><mapEntry mapKey="B" mappedValue="0.5"/></mapping>'
    shown = '<modalFeedback identifier="A"><table><tr><td>因为</td></tr></table></modalFeedback>'
    (row,) = read_content(qti(CHOICE, KEY + half, shown).encode()).rows
    word = '<mapping><mapEntry mapKey="Pa" mappedValue="1" caseSensitive="true"/></mapping>'
    (blank,) = read_content(qti(NUMBER, word, kind="string").encode()).rows
    least = '<responseProcessing><gte><variable identifier="R"/></gte></responseProcessing>'
    (number,) = read_content(qti(NUMBER, KEY.replace("A", "5"), least, "float").encode()).rows

    assert all(any(each in note for note in row.notes) for each in (PARTS, ORDER))
    assert "<td>因为</td>" in row.body.explanation
    assert blank.body.detail.blanks[0].case_sensitive
    assert number.outcome == "held" and "range" in number.reason


BLANK_OF_3 = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i">
<qti-response-declaration identifier="R" cardinality="single" base-type="string">
<qti-correct-response><qti-value>kPa</qti-value></qti-correct-response>
<qti-mapping><qti-map-entry map-key="kPa" mapped-value="1"{}/></qti-mapping></qti-response-declaration>
<qti-item-body><p>单位？<qti-text-entry-interaction response-identifier="R"/></p></qti-item-body>
</qti-assessment-item>"""


def blank_of_2(said, key="kPa"):
    entry = f'<mapping><mapEntry mapKey="{key}" mappedValue="1"{said}/></mapping>'
    return qti(NUMBER, entry, kind="string")


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        (blank_of_2(""), True),
        (blank_of_2(' caseSensitive="1"'), True),
        (blank_of_2(' caseSensitive="false"'), False),
        (blank_of_2("", "验电"), False),
        (BLANK_OF_3.format(""), False),
        (BLANK_OF_3.format(' case-sensitive="true"'), True),
    ],
)
def test_whether_the_size_of_letters_counts_follows_the_version_where_an_entry_does_not_say(content, counts):
    (row,) = read_content(content.encode()).rows
    assert row.body.detail.blanks[0].case_sensitive is counts


def compared(said):
    both = '<variable identifier="R"/><correct identifier="R"/>'
    told = f"<stringMatch {said}>{both}</stringMatch>" if said else f"<match>{both}</match>"
    return f"<responseProcessing><responseCondition>{told}</responseCondition></responseProcessing>"


@pytest.mark.parametrize(
    ("key", "processing", "counts"),
    [
        ("kPa", "", True),
        ("kPa", compared(""), True),
        ("kPa", compared('caseSensitive="false"'), False),
        ("kPa", compared('caseSensitive="true"'), True),
        ("验电", "", False),
    ],
)
@pytest.mark.parametrize("version", ["2", "3.0"])
def test_the_size_of_letters_counts_where_a_right_answer_alone_says_what_is_right(
    version, key, processing, counts
):
    text = qti(NUMBER, KEY.replace("A", key), processing, kind="string")
    if version == "3.0":
        text = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text).lower().replace("k-pa", "kPa")
        text = re.sub(r"<(/?)(?!p>)(?=[a-z])", r"<\1qti-", text)
    (row,) = read_content(text.encode()).rows

    assert row.body.detail.blanks[0] == Blank((key,), counts)


def test_a_text_of_another_file_is_taken_in_with_its_pictures_and_one_that_leads_out_holds_the_item():
    def rows(include, **files):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in {"items/a.xml": qti(include + CHOICE, KEY), **files}.items():
                archive.writestr(name, content)
        return read_content(target.getvalue()).rows

    (row,) = rows('<xi:include href="../texts/p.xml"/>', **{"texts/p.xml": "<div><p>先读：</p></div>"})
    (plain,) = rows('<xi:include href="p.txt" parse="text"/>', **{"items/p.txt": "先读："})
    assert [(each.outcome, each.body.stem) for each in (row, plain)] == [("good", "先读：\n选哪个？")] * 2

    for address in ("../../p.xml", "file:///etc/passwd", "http://127.0.0.1:9/p.xml", "/etc/passwd"):
        (held,) = rows(f'<xi:include href="{address}"/>')
        assert held.outcome == "held"
