"""What exports of Moodle hold beside the plain case: files of one name, holes in layout, several numbers."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from trainhub.exams.bank.details import Blank
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def picture(colour):
    target = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(target, "PNG")
    return target.getvalue()


def file(colour, name="image.png"):
    coded = base64.b64encode(picture(colour)).decode()
    return f'<file name="{name}" path="/" encoding="base64">{coded}</file>'


def said(tag, html, files="", more="", extra=""):
    return f'<{tag} format="html"{extra}><text><![CDATA[{html}]]></text>{files}{more}</{tag}>'


def read(kind, *inner):
    (row,) = read_content(f'<quiz><question type="{kind}">{"".join(inner)}</question></quiz>'.encode()).rows
    return row


def answer(text, fraction=100, more="", files=""):
    return said("answer", text, files, more, f' fraction="{fraction}"')


SHOWN = '<img src="@@PLUGINFILE@@/image.png" alt="图">'


def test_files_of_one_name_stay_with_the_text_that_brought_them():
    row = read(
        "multichoice",
        said("questiontext", f"<p>看图{SHOWN}</p>", file("red")),
        "<single>true</single>",
        answer(f"<p>甲{SHOWN}</p>", 100, files=file("green")),
        answer(f"<p>乙{SHOWN}</p>", 0, files=file("red")),
    )

    colours = {
        medium.name: Image.open(io.BytesIO(clean.content)).convert("RGB").getpixel((0, 0))
        for medium in row.body.media
        for clean in row.media
        if clean.digest == medium.digest
    }
    texts = (row.body.stem, *(option.text for option in row.body.options))
    shown = [colours[text.partition('src="')[2].partition('"')[0]] for text in texts]
    assert shown == [(255, 0, 0), (0, 128, 0), (255, 0, 0)]


def test_a_file_that_stands_with_the_question_is_found_from_its_answers_too():
    row = read(
        "multichoice",
        said("questiontext", "<p>看图</p>", file("red")),
        "<single>true</single>",
        answer(f"<p>甲{SHOWN}</p>"),
        answer("乙", 0),
    )

    assert (row.outcome, len(row.body.media)) == (Outcome.GOOD, 1)


def test_holes_in_a_text_with_a_picture_say_what_they_say_without_one():
    row = read(
        "cloze", said("questiontext", f"<p>{SHOWN}填 {{1:SA:=a&amp;b&lt;c~=d&#39;e}}</p>", file("red"))
    )

    assert row.body.detail.blanks == (Blank(("a&b<c", "d'e")),)


@pytest.mark.parametrize(
    "holes", ["{1:SA:=甲} {2:mr:=甲~乙}", "{1:MC:=甲~乙} {2:multichoice:=甲~乙}", "{1:SA:=甲} {2:SA:=乙"]
)
def test_a_hole_that_is_not_understood_does_not_show_its_key_in_the_question(holes):
    row = read("cloze", said("questiontext", f"<p>填 {holes}</p>"))

    assert row.outcome is Outcome.REJECTED


def test_numbers_of_a_hole_with_tolerances_of_their_own_are_held():
    row = read("cloze", said("questiontext", "<p>填 {1:NM:=5:0.1~=7:1}</p>"))

    assert row.outcome is Outcome.HELD


def test_several_numbers_that_earn_the_whole_mark_are_held():
    row = read("numerical", said("questiontext", "几？"), answer("5"), answer("6"))
    alone = read("numerical", said("questiontext", "几？"), answer("5"), answer("6", 50), answer("*", 0))

    assert (row.outcome, alone.outcome) == (Outcome.HELD, Outcome.GOOD)


def test_an_order_that_its_own_numbers_contradict_is_held():
    inner = said("questiontext", "排"), answer("一", 2), answer("二", 1), answer("三", 3)

    assert read("ordering", *inner).outcome is Outcome.HELD
    assert read("ordering", inner[0], answer("一", 1), answer("二", 2)).outcome is Outcome.GOOD
