"""Moodle XML and QTI of all versions: what can be taken in is, and what cannot is named one by one."""

from __future__ import annotations

import io
import os
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from trainhub.exams.bank.content import Option
from trainhub.exams.bank.details import Blank, Number, Target, Unit
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.errors import Invalid

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
SAMPLES = SHARED / "qti" / "instructure"
samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared question packages are not here")


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def moodle(inner, kind="multichoice"):
    text = f'<?xml version="1.0"?><quiz>\n<question type="{kind}">{inner}</question></quiz>'
    (row,) = read_content(text.encode()).rows
    return row


def stem(text):
    return f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>'


def answer(fraction, text):
    return f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text></answer>'


def item(body, declaration="", version="2p2", more=""):
    text = (
        f'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v{version}" identifier="i" title="t" '
        f'adaptive="false" timeDependent="false">{declaration}<itemBody>{body}</itemBody>{more}'
        "</assessmentItem>"
    )
    (row,) = read_content(text.encode()).rows
    return row


def declared(values, cardinality="single", base="identifier"):
    inner = "".join(f"<value>{value}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{inner}</correctResponse></responseDeclaration>"
    )


def choices(*names):
    return "".join(f'<simpleChoice identifier="{name}">选项{name}</simpleChoice>' for name in names)


def test_html_that_holds_only_text_becomes_text():
    html = (
        "<div><p>先&nbsp;<span>验电</span>，</p><ul><li>CO<sub>2</sub></li><li>m<sup>2</sup></li></ul></div>"
    )

    said = from_html(html)

    assert said.text == "先 验电，\nCO₂\nm²"
    assert not said.lost


def test_what_plain_text_would_lose_is_named():
    assert from_html("x<sup>abc</sup> <math><mi>a</mi></math>").lost == ("sup", "math")
    assert from_html('<img src="a/阀门.png">').files == ("a/阀门.png",)
    assert from_html("<script>alert(1)</script>甲").text == "甲"


def test_a_moodle_choice_is_read_with_its_explanation():
    why = "<generalfeedback format='html'><text>&lt;p&gt;见规程&lt;/p&gt;</text></generalfeedback>"
    row = moodle(stem("<p>先做什么？</p>") + why + answer(100, "<p>验电</p>") + answer(0, "挂牌"))

    assert row.outcome is Outcome.GOOD
    assert (row.where, row.type, row.body.answer, row.body.explanation) == (
        "line 2",
        "single",
        ("A",),
        "见规程",
    )


def test_a_moodle_choice_without_a_right_answer_is_rejected():
    row = moodle(stem("甲？") + answer(0, "一") + answer(0, "二"))

    assert row.outcome is Outcome.REJECTED


def test_a_moodle_question_with_a_picture_is_held_and_the_file_named():
    row = moodle(stem('<img src="@@PLUGINFILE@@/valve.png"> 是什么？') + answer(100, "阀") + answer(0, "泵"))

    assert row.outcome is Outcome.HELD
    assert "valve.png" in row.reason


def test_moodle_numbers_carry_tolerance_and_units():
    units = (
        "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
        "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>"
    )
    value = '<answer fraction="100"><text>1.5</text><tolerance>0.1</tolerance></answer>'
    row = moodle(stem("多长？") + value + units, "numerical")

    expected = Number(Decimal("1.5"), Decimal("0.1"), "m", (Unit("cm", Decimal("0.01")),))
    assert row.body.detail == expected


def test_moodle_holes_become_blanks():
    row = moodle(stem("上限 {1:SHORTANSWER:=36~=三十六} 伏，误差 {1:NUMERICAL:=2:0.5}。"), "cloze")

    assert row.body.stem == "上限 ____ 伏，误差 ____。"
    assert row.body.detail.blanks == (Blank(("36", "三十六")), Blank(("2",), tolerance=Decimal("0.5")))


def test_moodle_types_without_a_place_here_are_named():
    row = moodle(stem("甲？"), "ddimageortext")

    assert row.outcome is Outcome.REJECTED
    assert "ddimageortext" in row.reason


@pytest.mark.parametrize("version", ["2p1", "2p2"])
def test_a_qti_choice_is_read(version):
    row = item(
        f'<p>甲？</p><choiceInteraction responseIdentifier="R">{choices("x", "y")}</choiceInteraction>',
        declared(["y"]),
        version,
    )

    assert (row.outcome, row.type, row.body.answer) == ("good", "single", ("B",))
    assert row.body.options == (Option("A", "选项x"), Option("B", "选项y"))


def test_a_qti_3_item_is_read_as_one_of_qti_2():
    text = (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="t" '
        'time-dependent="false"><qti-response-declaration identifier="R" cardinality="ordered" '
        'base-type="identifier"><qti-correct-response><qti-value>y</qti-value><qti-value>x</qti-value>'
        "</qti-correct-response></qti-response-declaration><qti-item-body><p>排序</p>"
        '<qti-order-interaction response-identifier="R">'
        '<qti-simple-choice identifier="x">一</qti-simple-choice>'
        '<qti-simple-choice identifier="y">二</qti-simple-choice></qti-order-interaction></qti-item-body>'
        "</qti-assessment-item>"
    )
    (row,) = read_content(text.encode()).rows

    assert (row.type, row.body.answer) == ("ordering", ("B", "A"))


def test_a_qti_key_that_names_no_option_is_rejected():
    row = item(
        f'<p>甲？</p><choiceInteraction responseIdentifier="R">{choices("x", "y")}</choiceInteraction>',
        declared(["z"]),
    )

    assert row.outcome is Outcome.REJECTED
    assert "z" in row.reason


def test_unsupported_qti_interactions_are_named_one_by_one():
    row = item('<p>甲？</p><graphicOrderInteraction responseIdentifier="R"/><p><drawingInteraction/></p>')

    assert row.outcome is Outcome.REJECTED
    assert "graphicOrderInteraction" in row.reason
    assert "drawingInteraction" in row.reason


def test_a_qti_matching_keeps_both_sides():
    sides = "".join(
        "<simpleMatchSet>"
        + "".join(
            f'<simpleAssociableChoice identifier="{each}">{each}</simpleAssociableChoice>' for each in names
        )
        + "</simpleMatchSet>"
        for names in (("红", "绿"), ("停", "行", "等"))
    )
    row = item(
        f'<matchInteraction responseIdentifier="R"><prompt>配对</prompt>{sides}</matchInteraction>',
        declared(["红 停", "绿 行"], "multiple", "directedPair"),
    )

    assert row.body.answer == ("A1", "B2")
    assert row.body.detail.targets[2] == Target("3", "等")


def packed(folder):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                package.write(file, str(file.relative_to(folder)))
    return target.getvalue()


@samples
def test_every_sample_file_ends_with_a_judgement_and_a_reason_for_each_item():
    counted = Counter()
    for file in sorted(SAMPLES.rglob("*")):
        if file.suffix not in (".xml", ".qti"):
            continue
        try:
            rows = read_content(file.read_bytes()).rows
        except Invalid as refusal:
            assert str(refusal), file
            counted["refused"] += 1
            continue
        for row in rows:
            counted[row.outcome] += 1
            assert row.outcome is Outcome.GOOD or row.reason, (file, row.where)
            assert row.outcome is not Outcome.GOOD or row.body is not None
        assert len({row.where for row in rows}) == len(rows), file

    assert counted[Outcome.GOOD] >= 45
    assert counted[Outcome.GOOD] + counted[Outcome.HELD] + counted[Outcome.REJECTED] >= 205


@samples
def test_every_sample_package_is_read_and_its_places_name_the_file_inside():
    for manifest in SAMPLES.rglob("imsmanifest.xml"):
        try:
            parsed = read_content(packed(manifest.parent))
        except Invalid as refusal:
            assert str(refusal)
            continue
        assert parsed.form == "qti"
        assert all(".xml" in row.where or ".qti" in row.where for row in parsed.rows)


@samples
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("items_1.2/matching.xml", ["matching"]),
        ("items_1.2/ordering.xml", ["ordering"]),
        ("items_1.2/numeric_margin_error_percent.xml", ["numeric"]),
        ("items_1.2/canvas_multiple_fib.xml", ["fill_in"]),
        ("items_1.2/essay.xml", ["constructed"]),
        ("items_2.2/order.xml", ["ordering"]),
        ("items_2.2/inline_choice.xml", ["single"]),
        ("items_2.1/match2.xml", ["matching"]),
    ],
)
def test_the_samples_are_read_as_the_types_they_are(name, kinds):
    assert [row.type for row in read_content((SAMPLES / name).read_bytes()).rows] == kinds


@samples
def test_a_margin_in_percent_becomes_a_tolerance():
    (row,) = read_content((SAMPLES / "items_1.2/numeric_margin_error_percent.xml").read_bytes()).rows

    assert row.body.detail == Number(Decimal("200.0"), Decimal("40.0"))
