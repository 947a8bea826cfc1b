"""Points and places on pictures of other programs: hazards where their marks can be said, else why not."""

from __future__ import annotations

import base64
import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Region
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
SAMPLES = SHARED / "qti" / "instructure" / "items_2.2"
POINT = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response_point"
RIGHT = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"
MAPPED = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"
RECT = '<areaMapEntry shape="rect" coords="0,0,10,30" mappedValue="1"/>'
CIRCLE = '<areaMapEntry shape="circle" coords="20,15,5" mappedValue="1"/>'
PICTURE = '<object type="image/png" width="40" height="30" data="p.png">车间</object>'


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def picture():
    target = io.BytesIO()
    Image.new("RGB", (80, 60), "red").save(target, "PNG")
    return target.getvalue()


def read(text, files=("p.png",)):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("item.xml", text)
        for name in files:
            package.writestr(name, picture())
    (row,) = read_content(target.getvalue()).rows
    assert row.where == "item.xml"
    return row


def points(entries, mapping='defaultValue="0"', most="2", template=POINT, shown=PICTURE, processing=""):
    cardinality = "single" if most == "1" else "multiple"
    return (
        '<assessmentItem identifier="i" title="t" adaptive="false" timeDependent="false">'
        f'<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="point">'
        f"<areaMapping {mapping}>{entries}</areaMapping></responseDeclaration><itemBody>"
        f'<selectPointInteraction responseIdentifier="R" maxChoices="{most}"><prompt>标出隐患。</prompt>'
        f'{shown}</selectPointInteraction></itemBody><responseProcessing template="{template}">{processing}'
        "</responseProcessing></assessmentItem>"
    )


def as_qti_3(text):
    """The same item by the names of QTI 3.0, with its picture as an ``img``."""

    def hyphened(found):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", found[0]).lower()

    text = re.sub(
        r'<object type="image/png" (.*?) data="p.png">(.*?)</object>', r'<img src="p.png" \1 alt="\2"/>', text
    )
    text = re.sub(r"(?<=<)/?(?!object|img|p\b)\w+|\s\w+(?==)", hyphened, text)
    text = re.sub(r"<(/?)(?!object|img|/|p\b)", r"<\1qti-", text)
    space = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
    return text.replace("<qti-assessment-item", f'<qti-assessment-item xmlns="{space}"', 1)


@pytest.mark.parametrize("version", ["2", "3.0"])
def test_points_on_a_picture_whose_marks_are_ours_come_in_as_hazards(version):
    text = points(RECT + CIRCLE, 'lowerBound="0" defaultValue="-0.25"', "3")
    row = read(as_qti_3(text) if version == "3.0" else text)

    assert (row.outcome, row.type, row.body.stem) == (Outcome.GOOD, ItemType.HAZARD_SPOTTING, "标出隐患。")
    scene = row.body.detail
    assert (scene.false_percent, scene.most_marks) == (25, 3)
    assert scene.regions[0].corners == ((0, 0), (2500, 0), (2500, 10_000), (0, 10_000))
    assert scene.regions[1] == Region(scene.regions[1].name, ((3750, 3333), (6250, 6667)), is_ellipse=True)
    assert [each.description for each in row.body.media] == ["车间"]
    assert row.body.media[0].name == scene.medium
    assert any("编号" in note for note in row.notes)


@pytest.mark.parametrize(
    ("shape", "coords", "corners"),
    [
        ("ellipse", "20,15,10,5", ((2500, 3333), (7500, 6667))),
        ("poly", "0,0, 20,0, 20,15, 0,0", ((0, 0), (5000, 0), (5000, 5000))),
        ("rect", "25%,50%,75%,100%", ((2500, 5000), (7500, 5000), (7500, 10_000), (2500, 10_000))),
        ("rect", "20,15,50,40", ((5000, 5000), (10_000, 5000), (10_000, 10_000), (5000, 10_000))),
    ],
)
def test_every_shape_becomes_an_area(shape, coords, corners):
    row = read(points(f'<areaMapEntry shape="{shape}" coords="{coords}" mappedValue="2"/>', most="1"))

    assert (row.outcome, row.body.detail.most_marks) == (Outcome.GOOD, 1)
    assert row.body.detail.regions[0].corners == corners


@pytest.mark.parametrize("head", ["data:image/png;base64,", "DATA:image/png;charset=utf-8;base64,"])
def test_a_picture_in_its_own_address_is_measured_as_well(head):
    address = head + base64.b64encode(picture()).decode().replace("+", "%2B")
    shown = f'<object type="image/png" data="{address}">车间</object>'
    row = read(points('<areaMapEntry shape="rect" coords="0,0,20,60" mappedValue="1"/>', shown=shown), ())

    assert (row.outcome, len(row.body.media)) == (Outcome.GOOD, 1)
    assert row.body.detail.regions[0].corners == ((0, 0), (2500, 0), (2500, 10_000), (0, 10_000))


@pytest.mark.parametrize("size", ['width="40"', 'height="30"', 'width="40px" height="30"'])
def test_of_a_size_with_one_side_the_other_follows_from_the_picture(size):
    row = read(points(RECT, shown=PICTURE.replace('width="40" height="30"', size)))

    assert row.body.detail.regions[0].corners == ((0, 0), (2500, 0), (2500, 10_000), (0, 10_000))


def test_a_picture_without_a_size_is_measured():
    shown = PICTURE.replace(' width="40" height="30"', "")
    row = read(points('<areaMapEntry shape="rect" coords="0,0,40,60" mappedValue="1"/>', shown=shown))

    assert row.body.detail.regions[0].corners[2] == (5000, 10_000)


@pytest.mark.parametrize(
    "text",
    [
        points(RECT.replace('"1"', '"2"') + CIRCLE),
        points(RECT + CIRCLE.replace('"1"', '"-1"')),
        points(RECT + CIRCLE, 'defaultValue="-0.5"'),
        points(RECT + CIRCLE, 'lowerBound="-1" defaultValue="-0.5"'),
        points(RECT + CIRCLE, 'lowerBound="0" defaultValue="-2"'),
        points(RECT + CIRCLE, 'lowerBound="0" defaultValue="-0.333"'),
        points(RECT + CIRCLE, 'defaultValue="0.5"'),
        points(RECT + CIRCLE, 'upperBound="1"'),
        points(RECT + CIRCLE, 'lowerBound="1" defaultValue="0"'),
        points(RECT + CIRCLE, most="1"),
        points(RECT + CIRCLE, most="60"),
        points(RECT + CIRCLE, template=RIGHT),
        points(RECT + CIRCLE, template="", processing="<setOutcomeValue><divide><mapResponsePoint "
               'identifier="R"/></divide></setOutcomeValue>'),
        points('<areaMapEntry shape="circle" coords="2,2,5" mappedValue="1"/>'),
    ],
)  # fmt: skip
def test_points_that_are_marked_in_another_way_are_held_with_the_reason(text):
    row = read(text)

    assert (row.outcome, row.type) == (Outcome.HELD, ItemType.HAZARD_SPOTTING)
    assert row.reason and row.body.detail.regions


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (points(""), ["p.png"]),
        (points(RECT.replace('"1"', '"0"')), ["p.png"]),
        (points(RECT.replace("rect", "default")), ["p.png"]),
        (points(RECT.replace("0,0,10,30", "0,0,10")), ["p.png"]),
        (points(RECT.replace('"1"', '"viel"')), ["p.png"]),
        (points(RECT, shown=""), ["p.png"]),
        (points(RECT, shown='<object type="image/png" data="p.png"/>'), []),
    ],
)
def test_points_without_an_area_or_a_picture_are_rejected_with_the_reason(text, files):
    row = read(text, files)

    assert row.outcome is Outcome.REJECTED
    assert row.reason


@pytest.mark.parametrize(
    ("count", "outcome", "reason"),
    [(100, Outcome.HELD, "请标出 1 至 20 处隐患"), (101, Outcome.REJECTED, "超过 100 个，未读取")],
)
def test_thousands_of_areas_of_a_hostile_file_are_not_read(count, outcome, reason):
    row = read(points(RECT * count))
    assert row.outcome is outcome
    assert reason in row.reason


def test_points_whose_picture_the_package_has_not_are_held():
    row = read(points(RECT), [])

    assert row.outcome is Outcome.HELD
    assert "p.png" in row.reason


def test_points_added_up_by_the_file_itself_and_without_a_bound_come_in():
    adding = (
        '<setOutcomeValue identifier="SCORE"><sum><mapResponsePoint identifier="R"/></sum></setOutcomeValue>'
    )
    row = read(points(RECT + CIRCLE, most="0", template="", processing=adding))

    assert (row.outcome, row.body.detail.most_marks) == (Outcome.GOOD, 40)
    assert any("40" in note for note in row.notes)


def hotspots(key="", mapping="", most="1", template=RIGHT):
    cardinality = "single" if most == "1" else "multiple"
    values = "".join(f"<value>{each}</value>" for each in key)
    correct = f"<correctResponse>{values}</correctResponse>" if key else ""
    places = "".join(
        f'<hotspotChoice identifier="{name}" shape="rect" coords="{left},0,{left + 8},30" '
        f'hotspotLabel="{label}"/>'
        for name, left, label in (("A", 0, "无护栏"), ("B", 10, ""), ("C", 20, "电缆破损"))
    )
    return (
        '<assessmentItem identifier="i" title="t" adaptive="false" timeDependent="false">'
        f'<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="identifier">{correct}'
        f'{mapping}</responseDeclaration><itemBody><hotspotInteraction responseIdentifier="R" '
        f'maxChoices="{most}"><prompt>哪里有隐患？</prompt>{PICTURE}{places}</hotspotInteraction></itemBody>'
        f'<responseProcessing template="{template}"/></assessmentItem>'
    )


def mapped(entries, more='defaultValue="0"'):
    inner = "".join(f'<mapEntry mapKey="{key}" mappedValue="{worth}"/>' for key, worth in entries.items())
    return f"<mapping {more}>{inner}</mapping>"


@pytest.mark.parametrize("version", ["2", "3.0"])
@pytest.mark.parametrize(
    ("text", "found", "cost", "most"),
    [
        (hotspots("A"), ["无护栏"], 0, 1),
        (hotspots(mapping=mapped({"A": 1, "C": 1}), most="3", template=MAPPED), ["无护栏", "电缆破损"], 0, 3),
        (
            hotspots("AC", mapped({"A": 2, "C": 2, "B": -1}, 'lowerBound="0"'), "3", MAPPED),
            ["无护栏", "电缆破损"],
            50,
            3,
        ),
    ],
)
def test_places_of_which_some_are_to_be_chosen_come_in_as_hazards_and_a_note_says_so(
    version, text, found, cost, most
):
    row = read(as_qti_3(text) if version == "3.0" else text)

    assert (row.outcome, row.type) == (Outcome.GOOD, ItemType.HAZARD_SPOTTING), row.reason
    scene = row.body.detail
    assert ([each.name for each in scene.regions], scene.false_percent, scene.most_marks) == (
        found,
        cost,
        most,
    )
    assert any("寻找" in note for note in row.notes)


@pytest.mark.parametrize(
    "text",
    [
        hotspots("AC", most="3"),
        hotspots(mapping=mapped({"A": 1, "C": 2}), most="3", template=MAPPED),
        hotspots(mapping=mapped({"A": 1, "C": 1, "B": -1}), most="3", template=MAPPED),
        hotspots(mapping=mapped({"A": 1, "C": -1}, 'lowerBound="0"'), most="3", template=MAPPED),
        hotspots(mapping=mapped({"A": 1, "C": 1}), most="1", template=MAPPED),
    ],
)
def test_places_that_are_marked_in_another_way_are_held_with_the_reason(text):
    row = read(text)

    assert (row.outcome, row.type) == (Outcome.HELD, ItemType.HAZARD_SPOTTING)
    assert row.reason and row.body.detail.regions


def test_places_of_which_none_is_right_are_rejected():
    assert read(hotspots()).outcome is Outcome.REJECTED
    assert read(hotspots(mapping=mapped({"B": 0}), template=MAPPED)).outcome is Outcome.REJECTED


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared question packages are not here")
@pytest.mark.parametrize(("name", "shown"), [("select_point", "uk.png"), ("hotspot", "ukair.png")])
def test_the_samples_of_another_program_come_in(name, shown):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.write(SAMPLES / f"{name}.xml", f"{name}.xml")
        package.write(SAMPLES / "images" / shown, f"images/{shown}")
    (row,) = read_content(target.getvalue()).rows

    assert (row.outcome, row.type) == (Outcome.GOOD, ItemType.HAZARD_SPOTTING), row.reason
    assert (len(row.body.detail.regions), row.body.detail.most_marks) == (1, 1)
