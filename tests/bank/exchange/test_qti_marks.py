"""QTI whose marks go to another answer than the one that the file calls right: never taken in unseen."""

from __future__ import annotations

import io
import zipfile

import pytest

from trainhub.exams.bank.exchange.files import read_content

SPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def judged(key, mapping="", processing="", cardinality="single"):
    """Return outcome and key of a choice among a, b and c."""
    values = "".join(f"<value>{each}</value>" for each in key)
    entries = "".join(f'<mapEntry mapKey="{name}" mappedValue="{mapping[name]}"/>' for name in mapping)
    offered = "".join(f'<simpleChoice identifier="{each}">选项{each}</simpleChoice>' for each in "abc")
    item = (
        f'<assessmentItem xmlns="{SPACE}" identifier="i" title="t" adaptive="false" timeDependent="false">'
        f'<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="identifier">'
        f"<correctResponse>{values}</correctResponse>"
        f"{f'<mapping>{entries}</mapping>' if entries else ''}</responseDeclaration>"
        f'<itemBody><choiceInteraction responseIdentifier="R" maxChoices="0"><prompt>甲？</prompt>{offered}'
        f"</choiceInteraction></itemBody>{processing}</assessmentItem>"
    )
    (row,) = read_content(item.encode()).rows
    return row.outcome, "".join(row.body.answer) if row.body else ""


def by(template):
    return f'<responseProcessing template="{TEMPLATES}/{template}"/>'


def rule(test, marks="1", otherwise=""):
    def score(value):
        base = f'<baseValue baseType="float">{value}</baseValue>'
        return f'<setOutcomeValue identifier="SCORE">{base}</setOutcomeValue>'

    last = f"<responseElse>{score(otherwise)}</responseElse>" if otherwise else ""
    branch = f"<responseIf>{test}{score(marks)}</responseIf>{last}"
    return f"<responseProcessing><responseCondition>{branch}</responseCondition></responseProcessing>"


def match(what):
    base = (
        "<correct identifier='R'/>"
        if what == "key"
        else f"<baseValue baseType='identifier'>{what}</baseValue>"
    )
    return f"<match><variable identifier='R'/>{base}</match>"


def test_a_mapping_that_the_item_goes_by_and_that_rewards_others_holds_it():
    marks = {"a": 1, "b": 1, "c": -1}
    assert judged("c", marks, by("map_response"), "multiple") == ("held", "C")
    assert judged("c", marks, "", "multiple") == ("held", "C")
    assert judged("c", {"b": 1}, by("map_response")) == ("held", "C")
    assert judged("ab", marks, by("map_response"), "multiple") == ("good", "AB")
    assert judged("c", marks, by("match_correct"), "multiple") == ("good", "C")
    assert judged("b", {"b": 1, "a": 0.5}, by("map_response")) == ("good", "B")


def test_processing_of_its_own_that_rewards_others_holds_it():
    assert judged("b", processing=rule(match("c"))) == ("held", "B")
    assert judged("b", processing=rule(f"<not>{match('key')}</not>")) == ("held", "B")
    assert judged("b", processing=rule(match("key"), "0", "1")) == ("held", "B")
    assert judged("b", processing=rule(match("b"), "0", "1")) == ("held", "B")
    members = "".join(
        f"<member><baseValue baseType='identifier'>{each}</baseValue><variable identifier='R'/></member>"
        for each in "ac"
    )
    assert judged("ab", {}, rule(f"<and>{members}</and>"), "multiple") == ("held", "AB")


def test_processing_of_its_own_that_rewards_the_key_says_nothing_new():
    assert judged("b", processing=rule(match("key"))) == ("good", "B")
    assert judged("b", processing=rule(match("b"))) == ("good", "B")
    assert judged("b", processing=rule(f"<not>{match('key')}</not>", "0", "1")) == ("good", "B")
    assert judged("b", processing=rule(match("a"), "0", "1")) == ("good", "B")


def test_a_key_that_only_the_marks_name_is_proposed():
    assert judged("", processing=rule(match("c"))) == ("held", "C")


def test_a_blank_whose_right_word_earns_less_than_another_is_held():
    def outcome(marks):
        item = (
            f'<assessmentItem xmlns="{SPACE}" identifier="i" title="t" timeDependent="false">'
            '<responseDeclaration identifier="R" cardinality="single" baseType="string"><correctResponse>'
            f"<value>天蓝</value></correctResponse><mapping>{marks}</mapping></responseDeclaration><itemBody><p>"
            '氧气瓶为<textEntryInteraction responseIdentifier="R"/>色。</p></itemBody></assessmentItem>'
        )
        return read_content(item.encode()).rows[0].outcome

    assert outcome('<mapEntry mapKey="黑" mappedValue="1"/>') == "held"
    assert (
        outcome('<mapEntry mapKey="天蓝" mappedValue="1"/><mapEntry mapKey="蓝" mappedValue="0.5"/>')
        == "good"
    )


def test_a_package_may_be_packed_as_windows_does_and_name_its_files_as_addresses():
    item = (
        f'<assessmentItem xmlns="{SPACE}" identifier="i" title="t" timeDependent="false">'
        '<responseDeclaration identifier="R" cardinality="single" baseType="identifier"><correctResponse>'
        '<value>a</value></correctResponse></responseDeclaration><itemBody><choiceInteraction maxChoices="1"'
        ' responseIdentifier="R"><prompt>甲？</prompt><simpleChoice identifier="a">一</simpleChoice>'
        '<simpleChoice identifier="b">二</simpleChoice></choiceInteraction></itemBody></assessmentItem>'
    )
    manifest = (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><resources>'
        '<resource identifier="r" type="imsqti_item_xmlv2p1" href="%E9%A2%98/1%20a.xml"/>'
        "</resources></manifest>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("包\\", "")
        package.writestr("包\\imsmanifest.xml", manifest)
        package.writestr("包\\题\\1 a.xml", item)

    parsed = read_content(target.getvalue())

    assert [(row.where, row.outcome) for row in parsed.rows] == [("包/题/1 a.xml", "good")]
    assert parsed.warnings == ()


def test_right_and_wrong_of_moodle_may_be_said_in_chinese():
    question = (
        '<quiz><question type="truefalse"><questiontext format="html"><text>可带电作业</text></questiontext>'
        '<answer fraction="100"><text>错</text></answer><answer fraction="0"><text>对</text></answer>'
        "</question></quiz>"
    )
    (row,) = read_content(question.encode()).rows

    assert (row.outcome, row.body.answer) == ("good", ("F",))
