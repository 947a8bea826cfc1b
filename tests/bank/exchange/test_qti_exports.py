"""QTI as other systems pack it: names given twice, lopsided ranges, files by other systems' names."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from PIL import Image

from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome

CHOICE = (
    '<response_lid ident="r"><render_choice>{}</render_choice></response_lid></presentation><resprocessing>'
    '<respcondition><conditionvar><varequal respident="r">A</varequal></conditionvar><setvar>1</setvar>'
    "</respcondition></resprocessing></item></questestinterop>"
)
ITEM = (
    '<assessmentItem identifier="i" title="t">'
    '<responseDeclaration identifier="R" cardinality="{cardinality}" '
    'baseType="{base}"><correctResponse><value>{key}</value></correctResponse>{mapping}</responseDeclaration>'
    "<itemBody>{body}</itemBody><responseProcessing>{processing}</responseProcessing></assessmentItem>"
)
COMPARED = '<variable identifier="R"/><correct identifier="R"/>'


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def picture():
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(target, "PNG")
    return target.getvalue()


def old(stem, names="AB"):
    labels = "".join(
        f'<response_label ident="{name}"><material><mattext>{place}</mattext></material></response_label>'
        for place, name in enumerate(names)
    )
    return f"<questestinterop><item><presentation>{stem}{CHOICE.format(labels)}"


def html(text):
    return f'<material><mattext texttype="text/html">{text}</mattext></material>'


def item(body, key="a", *, cardinality="single", base="identifier", mapping="", processing=""):
    said = {"cardinality": cardinality, "base": base, "mapping": mapping, "processing": processing}
    return ITEM.format(body=body, key=key, **said)


def outcome(text):
    (row,) = read_content(text.encode()).rows
    return row.outcome


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    (row,) = read_content(target.getvalue()).rows
    return row


def test_a_key_that_two_options_bear_is_rejected():
    choices = "".join(f"<simpleChoice identifier='a'>{text}</simpleChoice>" for text in "一二")
    asked = f"甲？<choiceInteraction responseIdentifier='R'>{choices}</choiceInteraction>"
    side = "<simpleAssociableChoice identifier='{0}'>{0}</simpleAssociableChoice>"
    sides = "".join(
        f"<simpleMatchSet>{side.format(one)}{side.format(two)}</simpleMatchSet>" for one, two in ("ab", "xx")
    )
    matched = f"配<matchInteraction responseIdentifier='R'>{sides}</matchInteraction>"

    assert outcome(old(html("甲？"), "AA")) is Outcome.REJECTED
    assert outcome(item(asked)) is Outcome.REJECTED
    assert outcome(item(matched, "a x", cardinality="multiple", base="directedPair")) is Outcome.REJECTED


@pytest.mark.parametrize(
    ("processing", "mapping", "expected"),
    [
        (f'<equal toleranceMode="absolute" tolerance="0.5 0.5">{COMPARED}</equal>', "", Outcome.GOOD),
        (f'<equal toleranceMode="absolute" tolerance="0.5 2">{COMPARED}</equal>', "", Outcome.HELD),
        (
            f'<equalRounded roundingMode="decimalPlaces" figures="1">{COMPARED}</equalRounded>',
            "",
            Outcome.HELD,
        ),
        ("", '<mapping><mapEntry mapKey="36.0" mappedValue="1"/></mapping>', Outcome.GOOD),
        ("", '<mapping><mapEntry mapKey="42" mappedValue="1"/></mapping>', Outcome.HELD),
    ],
)
def test_numbers_of_which_more_are_right_than_a_tolerance_says_are_held(processing, mapping, expected):
    body = "几伏？<textEntryInteraction responseIdentifier='R'/>"

    assert outcome(item(body, "36", base="float", processing=processing, mapping=mapping)) is expected


@pytest.mark.parametrize(("low", "expected"), [("4.9", Outcome.GOOD), ("4", Outcome.HELD)])
def test_a_number_of_canvas_that_lies_beside_the_middle_of_its_range_is_held(low, expected):
    text = (
        f"<questestinterop><item><presentation>{html('几？')}<response_num ident='r'>"
        "<render_fib fibtype='Decimal'/></response_num></presentation><resprocessing><respcondition>"
        f"<conditionvar><or><varequal respident='r'>5</varequal>"
        f"<and><vargte respident='r'>{low}</vargte><varlte respident='r'>5.1</varlte></and></or>"
        "</conditionvar><setvar>100</setvar></respcondition></resprocessing></item></questestinterop>"
    )

    assert outcome(text) is expected


@pytest.mark.parametrize(
    ("shown", "held"),
    [
        ("$IMS-CC-FILEBASE$/Uploaded%20Media/p.png?canvas_=1", "web_resources/Uploaded Media/p.png"),
        ("%24IMS-CC-FILEBASE%24/p.png", "p.png"),
        ("@X@EmbeddedFile.requestUrlStub@X@bbcswebdav/xid-12_1", "csfiles/home_dir/fire__xid-12_1.png"),
    ],
)
def test_files_come_along_by_the_names_that_canvas_and_blackboard_give_them(shown, held):
    stem = html(f'&lt;p&gt;看&lt;img src="{shown}" alt="图"&gt;&lt;/p&gt;')
    row = packed({"quiz/a.xml": old(stem), held: picture(), "csfiles/fire__xid-1_1.png": b"other"})

    assert (row.outcome, len(row.body.media)) == (Outcome.GOOD, 1)


def test_a_picture_that_an_old_item_holds_in_itself_comes_along():
    coded = base64.b64encode(picture()).decode()
    inside = f'<matimage imagtype="image/png" embedded="base64">{coded}</matimage>'
    (row,) = read_content(old(f"<material><mattext>看</mattext>{inside}</material>").encode()).rows

    assert (row.outcome, len(row.body.media)) == (Outcome.GOOD, 1)
