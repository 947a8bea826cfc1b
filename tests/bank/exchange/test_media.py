"""Pictures travel with their questions: out of every packaged form, and back the same; nothing else does."""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import replace
from html import escape

import pytest
from PIL import Image
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff
from tests.factories.every_type import CONSTRUCTED, FILL_IN, ORDERING, TRUE_FALSE, options, targets
from trainhub.exams.bank.content import ItemBody, ItemType, Medium
from trainhub.exams.bank.details import Blank, Blanks, Matching
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.writing import carried
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.layout import with_layout
from trainhub.exams.bank.media import clean_medium, clear_media
from trainhub.exams.bank.models import Item
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db, transaction


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def picture(form="PNG", colour="red"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, form)
    return out.getvalue()


DRAWING, PHOTO = clean_medium(picture()), clean_medium(picture("JPEG", "blue"))
FILES = {each.digest: each.content for each in (DRAWING, PHOTO)}
MEDIA = [
    Medium("drawing.png", DRAWING.digest, "image/png", '压力表 "A" <b>&'),
    Medium("photo.jpg", PHOTO.digest, "image/jpeg", "照片"),
]
CHOICE = ItemBody(
    "<p>看<strong>图</strong>：<u>读数</u> a &lt; b</p><table><tr><th>x</th><td colspan=2>y"
    "</td></tr></table>",
    options("<em>1</em>.2", "1<sup>3</sup>", '<img src="photo.jpg">'),
    ("A",),
    "<p>因为<sub>2</sub></p>",
    "《安全生产法》 第 1 条",
)
PAIRS = ItemBody(
    "配<br>对",
    options("<em>甲</em>", "乙"),
    ("A1", "B2"),
    detail=Matching(targets("<strong>一</strong>", "二")),
)
RICH = [
    (ItemType.SINGLE, CHOICE),
    (ItemType.TRUE_FALSE, replace(TRUE_FALSE, stem="<ul><li>对吗</li></ul>")),
    (ItemType.MATCHING, PAIRS),
    (ItemType.ORDERING, replace(ORDERING, stem="<em>按先后</em>排列")),
    (ItemType.CONSTRUCTED, replace(CONSTRUCTED, stem="<em>简述</em>")),
    (ItemType.FILL_IN, replace(FILL_IN, stem="<p>高<em>____</em>米，____ 挂____用。</p>")),
]


@pytest.mark.parametrize(("form", "version"), [("moodle", "2.2"), ("qti", "2.2"), ("qti", "3.0")])
@pytest.mark.parametrize(("kind", "body"), RICH)
def test_layout_and_files_come_back_as_they_went_out(kind, body, form, version):
    assert carried(kind, with_layout(body, True, MEDIA), form, version, FILES).lost == ()


@pytest.mark.parametrize(("answer", "is_left_out"), [("2.0", False), ("a&lt;b", True), ("<b>", True)])
def test_an_answer_that_looks_like_markup_keeps_a_text_with_holes_out_of_moodle(answer, is_left_out):
    detail = Blanks((Blank((answer,)), Blank(("乙",))))
    body = with_layout(ItemBody("<em>甲</em>____和____。", (), (), detail=detail), True, [])

    assert carried(ItemType.FILL_IN, body, "moodle").is_left_out is is_left_out


ITEM = (
    '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="a" title="a" '
    'adaptive="false" timeDependent="false"><responseDeclaration identifier="RESPONSE" cardinality="single" '
    'baseType="identifier"><correctResponse><value>x</value></correctResponse></responseDeclaration>'
    '<itemBody>{body}<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1">'
    '<simpleChoice identifier="x">甲</simpleChoice><simpleChoice identifier="y">乙</simpleChoice>'
    "</choiceInteraction></itemBody></assessmentItem>"
)


def package(body, **files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("items/a.xml", ITEM.format(body=body))
        for name, content in files.items():
            archive.writestr(f"images/{name}.png", content)
    return target.getvalue()


def test_a_picture_of_a_qti_package_is_taken_in_with_its_description_and_kept_sealed():
    with transaction():
        staff = make_staff()
        bank_id, author = make_bank(staff).id, staff.author.id
    sent = package('<p>图中是<img src="../images/%E9%98%80.png" alt="阀门"/>？</p>', 阀=picture())
    report = import_items(read_content(sent), bank_id, None, file_name="a.zip", by=author)
    assert (report.rows, report.imported, report.held, report.rejected) == (1, 1, [], [])
    item = db.session.scalars(select(Item)).one()
    body = body_of(item.versions[-1])
    assert body.media == (Medium("阀.png", DRAWING.digest, "image/png", "阀门"),)
    assert clear_media(item.code, body) == {DRAWING.digest: DRAWING.content}
    db.session.rollback()
    again = import_items(read_content(sent), bank_id, None, file_name="a.zip", by=author)
    assert (again.imported, again.duplicates) == (0, 1)


HOSTILE = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<html><script>alert(1)</script></html>",
    "broken": b"\x89PNG\r\n\x1a\nbroken",
}


@pytest.mark.parametrize(
    "source",
    [
        *("../images/svg.png", "../images/html.png", "../images/broken.png", "../images/none.png"),
        *("../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://evil.example/a.png"),
        "data:image/svg+xml;base64,PHN2Zy8+",
    ],
)
def test_what_is_no_picture_of_the_package_holds_the_question_and_is_not_fetched(source):
    (row,) = read_content(package(f'<p>图？<img src="{source}" alt="a"/></p>', **HOSTILE)).rows
    assert row.outcome is Outcome.HELD and row.media == () and row.reason


def test_markup_that_a_file_brings_along_is_cleaned():
    cell = '<td style="z">b<script>alert(1)</script></td>'
    body = f'<p onclick="x()">a<table onload="y()"><tr>{cell}</tr></table></p>'
    (row,) = read_content(package(body)).rows
    assert row.body.rich and row.outcome is Outcome.GOOD
    assert row.body.stem in (
        "<p>a</p><table><tr><td>b</td></tr></table>",
        "a<table><tr><td>b</td></tr></table>",
    )


def test_a_moodle_question_brings_its_file_and_names_one_that_it_shows_nowhere():
    quiz = (
        '<quiz><question type="truefalse"><questiontext format="html"><text>{text}</text>'
        '<file name="g 1.png" path="/" encoding="base64">{file}</file></questiontext>'
        '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'
        "</question></quiz>"
    )
    coded = base64.b64encode(picture()).decode()
    shown = '<p>对吗？</p><img src="@@PLUGINFILE@@/g%201.png">'
    (row,) = read_content(quiz.format(text=escape(shown), file=coded).encode()).rows
    assert row.outcome is Outcome.GOOD and row.body.media[0].name == "g-1.png"
    assert any("g-1.png" in note for note in row.notes)
    (beside,) = read_content(quiz.format(text="对吗？", file=coded).encode()).rows
    assert beside.outcome is Outcome.HELD and "g 1.png" in beside.reason


def test_pictures_of_a_word_document_stand_where_they_stood():
    word, drawing = "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "a"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    shown = (
        f'<w:drawing><docPr xmlns="d" descr="阀门图"/><a:blip xmlns:a="{drawing}" xmlns:r="{relation}" '
        'r:embed="rId7"/></w:drawing>'
    )
    lines = [
        f"<w:t>1. 哪个是？</w:t>{shown}",
        f"<w:t>A. 甲</w:t>{shown}",
        "<w:t>B. 乙</w:t>",
        "<w:t>答案：A</w:t>",
    ]
    body = "".join(f"<w:p><w:r>{line}</w:r></w:p>" for line in lines)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>'
        )
        told = (
            '<Relationships><Relationship Id="rId7" Type="image" Target="media/image1.png"/></Relationships>'
        )
        archive.writestr("word/_rels/document.xml.rels", told)
        archive.writestr("word/media/image1.png", picture())
    (row,) = read_content(target.getvalue()).rows
    assert row.outcome is Outcome.GOOD
    assert row.body.stem == '哪个是？<img src="image1.png">'
    assert row.body.options[0].text == '甲<img src="image1.png">'
    assert row.body.media == (Medium("image1.png", DRAWING.digest, "image/png", "阀门图"),)
