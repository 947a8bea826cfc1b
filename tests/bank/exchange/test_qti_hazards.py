"""Hazards on a picture go out as points of QTI and come back as they were."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from tests.bank.exchange.profiles import assert_valid
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from trainhub.exams.bank.checking_media import MOST_MARKS
from trainhub.exams.bank.content import ItemBody, ItemType, Medium, check_body
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.exchange.areas import shape_of
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.writing import carried, write_items
from trainhub.exams.bank.hazards import lies_in, share_of
from trainhub.exams.bank.layout import with_layout
from trainhub.exams.bank.media import clean_medium
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.errors import Invalid

VERSIONS = ("2.2", "3.0")
KIND = ItemType.HAZARD_SPOTTING


def drawn(width, height, kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, kind)
    return out.getvalue()


PICTURES = [clean_medium(drawn(*size)) for size in ((40, 30), (1237, 911), (333, 20))]
PICTURES.append(clean_medium(drawn(80, 60, "JPEG")))
FILES = {each.digest: each.content for each in (*PICTURES, WORKSHOP)}
places = st.integers(0, 10_000)
corners = st.tuples(places, places)
names = st.text(st.sampled_from("甲乙 <>&\"';=,()%_。x"), min_size=1, max_size=20).filter(str.strip)
words = st.text(st.sampled_from("甲乙<>&\"'\n。x"), min_size=1, max_size=20).filter(lambda text: "甲" in text)


@st.composite
def regions(draw):
    box = (draw(corners), draw(corners))
    (left, top), (right, bottom) = box
    rectangle = ((left, top), (right, top), (right, bottom), (left, bottom))
    polygon = draw(st.lists(corners, min_size=3, max_size=40).map(tuple))
    kind = draw(st.sampled_from(["ellipse", "rectangle", "polygon"]))
    shape = {"ellipse": box, "rectangle": rectangle, "polygon": polygon}[kind]
    return Region(draw(names), shape, is_ellipse=kind == "ellipse")


@st.composite
def hazards(draw):
    picture, other = draw(st.permutations(PICTURES))[:2]
    kind = {"image/png": "png", "image/jpeg": "jpg"}
    medium = Medium(f"图.{kind[picture.content_type]}", picture.digest, picture.content_type, "“场景” & <一>")
    found = draw(st.lists(regions(), min_size=1, max_size=6))
    most = draw(st.integers(len(found), MOST_MARKS))
    detail = Scene(medium.name, tuple(found), draw(st.integers(0, 100)), most)
    body = ItemBody(draw(words), (), (), draw(st.one_of(st.just(""), words)), draw(words), detail=detail)
    if draw(st.booleans()):
        text = "<p>看<sup>2</sup></p><table><tr><td>表</td></tr></table>"
        shown = Medium(f"b.{kind[other.content_type]}", other.digest, other.content_type, "旁图")
        body = replace(body, stem=f'{text}<img src="{shown.name}">', explanation=text)
        body = replace(with_layout(body, True, [shown]), detail=detail)
    return replace(body, media=(*body.media, medium))


def is_sound(body):
    try:
        check_body(KIND, body)
    except Invalid:
        return False
    return True


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def written(body, version):
    return write_items([(KIND, body)], "qti", version, FILES)


def opened(package):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return etree.fromstring(archive.read("items/item00001.xml"))


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=hazards().filter(is_sound))
def test_hazards_on_a_picture_come_back_field_by_field_out_of_a_valid_package(version, body):
    package = written(body, version)

    assert_valid(package, version)
    (row,) = read_content(package).rows
    assert (row.outcome, row.type, row.body) == (Outcome.GOOD, KIND, body), row.reason
    assert carried(KIND, body, "qti", version, FILES).lost == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_another_program_counts_the_marks_on_a_picture_as_this_one_does(version):
    root = opened(written(HAZARD_SPOTTING, version))
    scene = HAZARD_SPOTTING.detail
    for marks in (
        ["1800,5800", "3500,6000"],
        ["1800,5800", "1810,5800", "100,100"],
        ["100,100", "200,200", "300,300", "1800,5800"],
        ["1800,5800", "3500,6000", "5000,9000", "8000,6000", "100,100"],
        [],
    ):
        assert scored_by_the_standard(root, marks) == share_of(scene, marks) * len(scene.regions)


def scored_by_the_standard(root, marks):
    """What the template ``map_response_point`` makes of some marks: its mapping, summed up."""
    processing = root.find("{*}responseProcessing")
    processing = root.find("{*}qti-response-processing") if processing is None else processing
    assert processing.get("template").endswith(("/map_response_point", "/map_response_point.xml"))
    mapping = next(root.iter("{*}areaMapping", "{*}qti-area-mapping"))
    shown = next(root.iter("{*}object", "{*}img"))
    size = int(shown.get("width")), int(shown.get("height"))
    points = [
        [round(int(place) * side / 10_000) for place, side in zip(mark.split(","), size, strict=True)]
        for mark in marks
    ]
    found, total = set(), Fraction(0)
    for point in points:
        inside = [number for number, each in enumerate(mapping) if is_inside(point, each)]
        if not inside:
            total += Fraction(mapping.get("defaultValue") or mapping.get("default-value"))
        found.update(inside[:1])
    total += sum(
        Fraction(mapping[each].get("mappedValue") or mapping[each].get("mapped-value")) for each in found
    )
    low = mapping.get("lowerBound") or mapping.get("lower-bound")
    return max(Fraction(low), total)


def is_inside(point, entry):
    (x, y), told = point, [int(each) for each in entry.get("coords").split(",")]
    if entry.get("shape") == "rect":
        return told[0] <= x <= told[2] and told[1] <= y <= told[3]
    wide, high = (told[2], told[3]) if entry.get("shape") == "ellipse" else (told[2], told[2])
    return Fraction(x - told[0], wide) ** 2 + Fraction(y - told[1], high) ** 2 <= 1


@given(hazards().filter(is_sound))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_middle_of_a_shape_lies_in_the_hazard_whose_shape_it_is(body):
    for region in body.detail.regions:
        kind, coords = shape_of(region, (10_000, 10_000))
        told = [int(each) for each in coords.split(",")]
        if kind == "rect":
            assert lies_in(((told[0] + told[2]) // 2, (told[1] + told[3]) // 2), region)
        elif kind != "poly":
            assert abs(2 * told[0] - sum(each[0] for each in region.corners)) <= 1


@pytest.mark.parametrize("version", VERSIONS)
def test_areas_that_somebody_changed_in_the_file_count_as_they_stand_there(version):
    was = HAZARD_SPOTTING.detail.regions
    size = WORKSHOP.width, WORKSHOP.height
    coords, moved = shape_of(was[1], size)[1], f"1,2,{size[0]},{size[1] // 2}"
    (row,) = read_content(change(written(HAZARD_SPOTTING, version), coords, moved)).rows
    now = row.body.detail.regions

    assert row.outcome is Outcome.GOOD
    assert [each.name for each in now] == [each.name for each in was]
    assert (now[0], now[2], now[3]) == (was[0], was[2], was[3])
    assert now[1].corners[2] == (10_000, 5_000)


def change(package, old, new):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("1.xml"):
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("version", VERSIONS)
def test_hazards_of_a_film_are_named_before_the_export(version):
    film = Medium("a.mp4", "0" * 64, "video/mp4", "片")
    body = ItemBody("标", (), (), detail=Scene("a.mp4", (Region("违章", (), 1000, 2000),)), media=(film,))

    assert carried(KIND, body, "qti", version, {film.digest: b"film"}).is_left_out
