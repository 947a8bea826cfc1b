"""Questions of other programs that rest on one text are one case; what does not fit is named."""

from __future__ import annotations

import io
import zipfile

import pytest

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome

SPACE = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"'
STIMULUS = (
    f'<assessmentStimulus {SPACE} identifier="s" title="s"><stimulusBody><p>一名焊工未审批即动火。</p>'
    "</stimulusBody></assessmentStimulus>"
)
CHOICE = (
    '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><simpleChoice identifier="x">甲'
    '</simpleChoice><simpleChoice identifier="y">乙</simpleChoice></choiceInteraction>'
)


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def item(stem, href="../s.xml", asked=CHOICE):
    reference = f'<assessmentStimulusRef identifier="s" href="{href}"/>' if href else ""
    return (
        f'<assessmentItem {SPACE} identifier="a" title="a" adaptive="false" timeDependent="false">'
        '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">'
        "<correctResponse><value>x</value></correctResponse></responseDeclaration>"
        f"{reference}<itemBody><p>{stem}</p>{asked}</itemBody></assessmentItem>"
    )


def rows_of(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name.replace('__', '/')}.xml", content)
    return read_content(target.getvalue()).rows


def test_questions_that_refer_to_one_stimulus_are_one_case():
    case, other = rows_of(
        items__a=item("先做什么？"), s=STIMULUS, items__b=item("再做什么？"), items__c=item("另外？", "")
    )

    assert (case.type, case.outcome, case.where) == (ItemType.CASE_SET, Outcome.GOOD, "s.xml")
    assert case.body.stem == "一名焊工未审批即动火。"
    assert [(part.type, part.body.stem) for part in case.body.detail.parts] == [
        ("single", "先做什么？"),
        ("single", "再做什么？"),
    ]
    assert (other.type, other.where) == (ItemType.SINGLE, "items/c.xml")


def test_a_question_without_its_stimulus_and_a_case_that_lost_one_of_its_questions_are_held():
    (lonely,) = rows_of(items__a=item("先做什么？", "../gone.xml"))
    assert lonely.outcome is Outcome.HELD and "gone.xml" in lonely.reason
    (alone,) = read_content(item("先做什么？").encode()).rows
    assert alone.outcome is Outcome.HELD and alone.body.stem == "先做什么？"

    upload = '<uploadInteraction responseIdentifier="RESPONSE"/>'
    rejected, case = rows_of(items__a=item("先？"), items__b=item("交图", asked=upload), s=STIMULUS)
    assert (rejected.where, rejected.outcome) == ("items/b.xml", Outcome.REJECTED)
    assert "uploadInteraction" in rejected.reason
    assert case.outcome is Outcome.HELD and "items/b.xml" in case.reason and len(case.body.detail.parts) == 1


def test_a_text_that_a_section_shares_is_a_case_and_one_that_instructs_is_none():
    section = (
        f'<assessmentSection {SPACE} identifier="t" title="t" visible="true"><rubricBlock view="candidate" '
        'use="{use}"><p>案情：坠落。</p></rubricBlock><assessmentItemRef identifier="a" href="items/a.xml"/>'
        "</assessmentSection>"
    )
    (case,) = rows_of(section=section.format(use="sharedstimulus"), items__a=item("为何？", ""))
    assert (case.type, case.body.stem) == (ItemType.CASE_SET, "案情：坠落。")
    (single,) = rows_of(section=section.format(use="instructions"), items__a=item("为何？", ""))
    assert single.type is ItemType.SINGLE and single.outcome is Outcome.GOOD
