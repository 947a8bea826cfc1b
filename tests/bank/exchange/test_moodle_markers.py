"""Moodle's markers on a picture as hazards and back, and its texts with gaps as choices and matchings."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from tests.bank.exchange.test_qti_hazards import FILES, KIND, PICTURES, drawn, hazards, is_sound
from trainhub.exams.bank.content import ItemBody, ItemType, Medium
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.writing import ALL, carried, write_items
from trainhub.exams.bank.hazards import share_of

SMALL, LARGE = PICTURES[0].digest, PICTURES[1].digest
BOX = ((1000, 5000), (3000, 5000), (3000, 7000), (1000, 7000))
HAZARDS = ItemBody(
    "标出隐患。",
    (),
    (),
    detail=Scene(
        "图.png", (Region("漏油", BOX), Region("无护栏", ((6000, 6000), (9000, 9000)), is_ellipse=True)), 0, 2
    ),
    media=(Medium("图.png", SMALL, "image/png", "车间"),),
)
CIRCLE = ("circle", "20,15;5", "1")
RECTANGLE = ("rectangle", "0,0;10,30", "1")


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def as_moodle_counts(body):
    """The same hazards where false marks cost nothing and there are as many marks as hazards."""
    scene = body.detail
    return replace(body, detail=replace(scene, false_percent=0, most_marks=len(scene.regions)))


def digest_of(body):
    return next(each.digest for each in body.media if each.name == body.detail.medium)


def read(kind, *inner):
    text = '<questiontext format="html"><text>标出隐患。</text></questiontext>'
    inner = inner if any("questiontext" in each for each in inner) else (text, *inner)
    (row,) = read_content(f'<quiz><question type="{kind}">{"".join(inner)}</question></quiz>'.encode()).rows
    return row


def picture(name="车间.png", size=(40, 30)):
    coded = base64.b64encode(drawn(*size)).decode()
    return f'<file name="{name}" path="/" encoding="base64">{coded}</file>'


def drag(number, text, count):
    count = "<infinite/>" if count is None else f"<noofdrags>{count}</noofdrags>"
    return f"<drag><no>{number}</no><text>{text}</text>{count}</drag>"


def drops(*areas):
    return "".join(
        f"<drop><no>{number}</no><shape>{shape}</shape><coords>{coords}</coords><choice>{choice}</choice></drop>"
        for number, (shape, coords, choice) in enumerate(areas, 1)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=hazards().map(as_moodle_counts).filter(is_sound))
def test_hazards_that_moodle_counts_as_we_do_come_back_field_by_field(body):
    lost = carried(KIND, body, "moodle", files=FILES).lost

    if digest_of(body) == LARGE:
        assert lost == (ALL,)
        return
    (row,) = read_content(write_items([(KIND, body)], "moodle", files=FILES)).rows
    assert (row.outcome, row.type, row.body, lost) == ("good", KIND, body, ()), row.reason


@pytest.mark.parametrize("change", [{"false_percent": 1}, {"most_marks": 9}])
def test_hazards_that_moodle_would_count_in_another_way_stay_out(change):
    scene = replace(HAZARDS.detail, **change)

    assert carried(KIND, HAZARDS, "moodle", files=FILES).lost == ()
    assert carried(KIND, replace(HAZARDS, detail=scene), "moodle", files=FILES).is_left_out


def test_moodle_gives_for_marks_on_the_picture_what_we_give():
    root = etree.fromstring(write_items([(KIND, HAZARDS)], "moodle", files=FILES))
    areas, markers = len(root.findall(".//drop")), int(root.findtext(".//noofdrags"))

    for marks in (["1800,5800"], ["1800,5800", "100,100"], ["100,100", "200,200"], []):
        hits = sum(1 for mark in marks if mark == "1800,5800")
        assert len(marks) <= markers and share_of(HAZARDS.detail, marks) * max(areas, len(marks)) == hits


def test_one_kind_of_marker_for_all_areas_is_hazard_spotting():
    row = read("ddmarker", picture(), drag(1, "隐患", 2), drops(CIRCLE, RECTANGLE))

    assert (row.outcome, row.type, row.body.stem) == ("good", KIND, "标出隐患。")
    scene = row.body.detail
    assert (scene.medium, scene.false_percent, scene.most_marks) == ("车间.png", 0, 2)
    assert scene.regions[0] == Region(scene.regions[0].name, ((3750, 3333), (6250, 6667)), is_ellipse=True)
    assert scene.regions[1].corners == ((0, 0), (2500, 0), (2500, 10_000), (0, 10_000))


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        ((drag(1, "隐患", None), drops(CIRCLE, RECTANGLE)), None),
        ((drag(1, "隐患", 3), drops(CIRCLE, RECTANGLE)), None),
        ((drag(1, "隐患", 1), drops(CIRCLE, RECTANGLE)), None),
        (
            (drag(1, "漏油", 1), drag(2, "无护栏", 1), drops(CIRCLE, (*RECTANGLE[:2], "2"))),
            ["漏油", "无护栏"],
        ),
    ],
)
def test_what_moodle_counts_in_another_way_or_names_is_held_with_the_areas(inner, names):
    row = read("ddmarker", picture(), *inner)

    assert (row.outcome, row.type, len(row.body.detail.regions)) == ("held", KIND, 2)
    assert names is None or [each.name for each in row.body.detail.regions] == names


@pytest.mark.parametrize(
    "inner",
    [
        (drag(1, "隐患", 1), drops(CIRCLE)),
        (picture(), drag(1, "隐患", 1)),
        (picture(), drag(1, "隐患", 1), drops(("circle", "a,b;c", "1"))),
        (picture(), drag(1, "隐患", 1), drops(("star", "1,2;3", "1"))),
        (picture(), drag(1, "隐患", 1), drops((*CIRCLE[:2], "7"))),
        (picture(), drag(1, "隐患", 1), drops(*[CIRCLE] * 101)),
    ],
)
def test_markers_without_a_picture_or_areas_that_can_be_read_are_rejected(inner):
    assert read("ddmarker", *inner).outcome == "rejected"


def gaps(text, tag, *words):
    boxes = "".join(f"<{tag}><text>{word}</text><group>{group}</group></{tag}>" for word, group in words)
    return f'<questiontext format="html"><text><![CDATA[<p>{text}</p>]]></text></questiontext>', boxes


@pytest.mark.parametrize(("kind", "tag"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])
def test_a_text_with_one_gap_is_a_single_choice_of_the_words_of_its_group(kind, tag):
    row = read(kind, *gaps("应佩戴[[2]]。", tag, ("手套", 1), ("面罩", 2), ("帽子", 2)))

    assert (row.outcome, row.type, row.body.stem) == ("good", ItemType.SINGLE, "应佩戴____。")
    assert ([each.text for each in row.body.options], row.body.answer) == (["面罩", "帽子"], ("A",))


@pytest.mark.parametrize(("kind", "tag"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])
def test_a_text_with_several_gaps_matches_each_with_its_word(kind, tag):
    row = read(kind, *gaps("红是[[2]]，黄是[[1]]。", tag, ("警告", 1), ("禁止", 1), ("指令", 1)))

    assert (row.outcome, row.type) == ("good", ItemType.MATCHING)
    assert row.body.stem == "红是（1）____，黄是（2）____。"
    texts = {each.key: each.text for each in row.body.detail.targets}
    assert [texts[pair[1:]] for pair in row.body.answer] == ["禁止", "警告"]
    assert sorted(texts.values()) == sorted(["警告", "禁止", "指令"])


def test_gaps_with_words_of_their_own_are_held_and_gaps_without_any_rejected():
    held = read("gapselect", *gaps("[[1]]与[[2]]。", "selectoption", ("甲", 1), ("乙", 2), ("丙", 2)))
    without = read("gapselect", *gaps("[[1]]与[[5]]。", "selectoption", ("甲", 1), ("乙", 1)))
    none = read("ddwtos", *gaps("没有空。", "dragbox", ("甲", 1), ("乙", 1)))

    assert [row.outcome for row in (held, without, none)] == ["held", "rejected", "rejected"]


def test_pictures_dragged_onto_a_picture_are_still_named():
    row = read("ddimageortext", picture())

    assert row.outcome == "rejected" and "ddimageortext" in row.reason
