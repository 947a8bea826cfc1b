"""Files as Canvas, Blackboard, TAO and Moodle write them: each item is taken in, held or named."""

from __future__ import annotations

import io
import zipfile

import pytest

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Blank
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def read(text):
    return read_content(text.encode()).rows


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, text in files.items():
            package.writestr(name, text)
    return read_content(target.getvalue())


def material(text, kind="text/html"):
    return f'<material><mattext texttype="{kind}">&lt;p&gt;{text}&lt;/p&gt;</mattext></material>'


def choice(*names, cardinality="Single"):
    labels = "".join(f'<response_label ident="{name}">{material(name)}</response_label>' for name in names)
    return (
        f'<response_lid ident="r" rcardinality="{cardinality}"><render_choice>{labels}</render_choice>'
        "</response_lid>"
    )


def right(*names, of="r"):
    said = "".join(f'<varequal respident="{of}">{name}</varequal>' for name in names)
    return (
        f"<respcondition><conditionvar><and>{said}</and></conditionvar><setvar>100</setvar></respcondition>"
    )


def canvas(kind, asked, key="", more=""):
    return (
        "<item><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel>"
        f"<fieldentry>{kind}</fieldentry></qtimetadatafield></qtimetadata></itemmetadata><presentation>"
        f"{material('甲？')}{asked}</presentation><resprocessing>{key}</resprocessing>{more}</item>"
    )


def section(*inner):
    return f"<questestinterop><assessment><section>{''.join(inner)}</section></assessment></questestinterop>"


TRUTH = canvas("true_false_question", choice("True", "False"), right("False"))


def test_what_canvas_says_after_any_answer_is_the_explanation_and_the_rest_is_noted():
    feedback = "".join(
        f'<itemfeedback ident="{name}"><flow_mat>{material(text)}</flow_mat></itemfeedback>'
        for name, text in (("general_fb", "见规程"), ("correct_fb", "对"))
    )
    (row,) = read(section(canvas("true_false_question", choice("True", "False"), right("False"), feedback)))

    assert (row.type, row.body.answer, row.body.explanation) == (ItemType.TRUE_FALSE, ("F",), "见规程")
    assert "反馈" in row.notes[0]


def test_questions_of_another_bank_are_rejected_by_name():
    draw = "<section><selection_ordering><sourcebank_ref>b12</sourcebank_ref></selection_ordering></section>"
    rows = read(section(TRUTH, draw, '<itemref linkrefid="q9"/>'))

    assert [row.outcome for row in rows] == ["good", "rejected", "rejected"]
    assert "b12" in rows[1].reason
    assert "q9" in rows[2].reason


def test_a_question_below_a_text_of_its_section_is_held():
    text = f"<presentation_material><flow_mat>{material('某厂发生事故。')}</flow_mat></presentation_material>"
    (row,) = read(section(text, TRUTH))

    assert row.outcome is Outcome.HELD


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("calculated_question", "rejected"), ("file_upload_question", "rejected"), ("new_question", "held")],
)
def test_types_of_canvas_without_a_place_here_are_named(kind, outcome):
    (row,) = read(section(canvas(kind, choice("1", "2"), right("2"))))

    assert row.outcome == outcome
    assert kind in row.reason


def told(text):
    said = f'<mat_extension><mat_formattedtext type="HTML">&lt;p&gt;{text}&lt;/p&gt;</mat_formattedtext>'
    return f'<flow class="FORMATTED_TEXT_BLOCK"><material>{said}</mat_extension></material></flow>'


def blackboard(kind, asked, key="", text="甲？"):
    asked = f'<flow class="RESPONSE_BLOCK">{asked}</flow>' if "_BLOCK" not in asked else asked
    return (
        f"<item><itemmetadata><bbmd_questiontype>{kind}</bbmd_questiontype></itemmetadata><presentation>"
        f'<flow class="Block"><flow class="QUESTION_BLOCK">{told(text)}</flow>{asked}</flow></presentation>'
        f"<resprocessing>{key}</resprocessing></item>"
    )


def field(name="r"):
    return f'<response_str ident="{name}"><render_fib fibtype="String"/></response_str>'


def sides(left, targets):
    asked = "".join(
        f'<flow class="Block">{told(text)}<response_lid ident="{text}"><render_choice>'
        + "".join(f'<response_label ident="{text}{target}"/>' for target in targets)
        + "</render_choice></response_lid></flow>"
        for text in left
    )
    offered = "".join(f'<flow class="Block">{told(text)}</flow>' for text in targets)
    return f'<flow class="RESPONSE_BLOCK">{asked}</flow><flow class="RIGHT_MATCH_BLOCK">{offered}</flow>'


NO_PLACE = ("File Upload", "Hot Spot", "Calculated", "Opinion Scale", "Quiz Bowl", "Jumbled Sentence")
SEVERAL = choice("一", "二", "三", cardinality="Multiple")
PAIRS = right("红停", of="红") + right("绿行", of="绿")
BLANKS = field("x") + field("y")
POOL = [
    (blackboard("Multiple Choice", choice("一", "二"), right("二")), "single"),
    (blackboard("Multiple Answer", SEVERAL, right("一", "三")), "multiple"),
    (blackboard("Ordering", choice("一", "二", cardinality="Ordered"), right("二", "一")), "ordering"),
    (blackboard("Matching", sides("红绿", "行停"), PAIRS), "matching"),
    (blackboard("Fill in the Blank", field(), right("接地")), "fill_in"),
    (
        blackboard("Fill in the Blank Plus", BLANKS, right("二", of="y") + right("一", of="x"), "后[y]先[x]"),
        "fill_in",
    ),
    (blackboard("Essay", field()), "constructed"),
    *((blackboard(kind, field()), kind) for kind in NO_PLACE),
]  # fmt: skip


def test_a_pool_of_blackboard_is_accounted_for_one_by_one():
    rows = packed({"res1.dat": section(*(item for item, _kind in POOL)), "notes.dat": "no question"}).rows

    assert len(rows) == len(POOL)
    for row, (_item, kind) in zip(rows, POOL, strict=True):
        assert row.type == kind or (row.outcome is Outcome.REJECTED and kind in row.reason)
    assert rows[3].body.answer == ("A2", "B1")
    assert rows[5].body.stem == "后____先____"
    assert rows[5].body.detail.blanks == (Blank(("二",)), Blank(("一",)))


def tao(asked, more="", key="a", cardinality="single"):
    return (
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t" '
        f'adaptive="false" timeDependent="false"><responseDeclaration identifier="RESPONSE" cardinality='
        f'"{cardinality}" baseType="identifier"><correctResponse><value>{key}</value></correctResponse>'
        '</responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
        f'<itemBody><div class="grid-row"><div class="col-12">{more}{asked}</div></div></itemBody>'
        '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
        "</assessmentItem>"
    )


ASKED = (
    '<choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1"><prompt>甲？</prompt>'
    '<simpleChoice identifier="a" fixed="false">一</simpleChoice>'
    '<simpleChoice identifier="b">二</simpleChoice>'
    "</choiceInteraction>"
)


def test_what_candidates_read_in_a_rubric_is_part_of_the_question():
    seen = '<rubricBlock view="candidate" use="instructions"><p>某厂停电。</p></rubricBlock>'
    hidden = '<rubricBlock view="scorer"><p>评分</p></rubricBlock>'
    (row,) = read(tao(ASKED, seen + hidden))

    assert (row.outcome, row.body.stem) == ("good", "某厂停电。\n甲？")


@pytest.mark.parametrize(
    "name",
    [
        "associateInteraction", "customInteraction", "drawingInteraction", "endAttemptInteraction",
        "gapMatchInteraction", "graphicAssociateInteraction", "graphicGapMatchInteraction",
        "graphicOrderInteraction", "hottextInteraction", "mediaInteraction", "positionObjectInteraction",
        "sliderInteraction", "uploadInteraction",
    ],
)  # fmt: skip
def test_each_interaction_without_a_place_here_is_named(name):
    for other in ("", ASKED):
        (row,) = read(tao(f'<{name} responseIdentifier="RESPONSE"><p>甲</p></{name}>{other}'))

        assert row.outcome is Outcome.REJECTED
        assert name in row.reason


def test_a_question_whose_text_is_included_from_another_file_is_held_and_hints_are_noted():
    shared = '<include xmlns="http://www.w3.org/2001/XInclude" href="assets/text.xml"/>'
    (row,) = read(tao(ASKED, shared + '<infoControl title="提示"><p>想一想</p></infoControl>'))

    assert row.outcome is Outcome.HELD
    assert row.notes == ("文件中的提示没有导入。",)


def test_an_item_that_prints_a_variable_is_rejected():
    (row,) = read(tao(ASKED, '<p>某值 <printedVariable identifier="X"/></p>'))

    assert row.outcome is Outcome.REJECTED
    assert "printedVariable" in row.reason


def test_a_question_that_a_test_names_and_the_package_has_not_is_rejected():
    test = (
        '<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="t" title="t"><testPart '
        'identifier="p"><assessmentSection identifier="s" title="s" visible="true">\n'
        '<assessmentItemRef identifier="i1" href="../items/i1/qti.xml"/>\n'
        '<assessmentItemRef identifier="i2" href="../items/i2/qti.xml"/></assessmentSection></testPart>'
        "</assessmentTest>"
    )
    rows = packed({"tests/test.xml": test, "items/i1/qti.xml": tao(ASKED)}).rows

    assert {row.where: str(row.outcome) for row in rows} == {
        "items/i1/qti.xml": "good",
        "tests/test.xml line 3": "rejected",
    }


def moodle(kind, *inner, text="甲？"):
    return (
        f'<question type="{kind}"><questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>'
        f"{''.join(inner)}</question>\n"
    )


ANSWERS = "".join(
    f'<answer fraction="{worth}"><text>{text}</text><feedback><text>{said}</text></feedback></answer>'
    for worth, text, said in (("100", "一", "对"), ("0", "二", ""))
)
UNKNOWN = (
    "calculated", "calculatedmulti", "calculatedsimple", "ddimageortext", "description", "random",
    "randomsamatch", "essayautograde", "coderunner",
)  # fmt: skip


def test_a_bank_of_moodle_is_accounted_for_one_by_one():
    rows = read(
        "<quiz><question type='category'><category><text>$course$/top/电工/高//低压</text></category>"
        "</question>"
        + moodle("multichoice", ANSWERS)
        + moodle("essay", "<responseformat>noinline</responseformat>")
        + moodle("essay", "<attachmentsrequired>1</attachmentsrequired>")
        + moodle("cloze", text="选 {1:MULTIRESPONSE:=甲#对~乙} 和 {2:MCS:=丙~丁}。")
        + "".join(moodle(kind, ANSWERS) for kind in UNKNOWN)
        + "</quiz>"
    )

    choice, upload, attached, cloze, *others = rows
    assert (choice.outcome, choice.point) == ("good", "高/低压")
    assert "反馈" in choice.notes[-1]
    assert (upload.outcome, attached.outcome) == ("rejected", "held")
    assert "以文件作答" in upload.reason
    assert "以文件作答" in attached.reason
    assert "MULTIRESPONSE" in cloze.reason
    assert "MCS" in cloze.reason
    assert [row.outcome for row in others] == ["rejected"] * len(UNKNOWN)
    assert all(kind in row.reason for row, kind in zip(others, UNKNOWN, strict=True))
