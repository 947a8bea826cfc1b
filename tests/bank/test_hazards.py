"""Hazard spotting scored by hand: hits, false marks, overlaps, edges, ellipses, moments of a film."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.every_type import HAZARD_SPOTTING as BODY
from trainhub.exams.bank.authoring import Misread
from trainhub.exams.bank.authoring_regions import read_regions, write_regions
from trainhub.exams.bank.content import ItemType, check_body, read_body, write_body
from trainhub.exams.bank.corrected import _offered
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.hazards import lies_in, share_of
from trainhub.exams.bank.scoring import marks_for, score
from trainhub.exams.bank.statistics.flags import sentence
from trainhub.exams.bank.statistics.hazards import scene_figures
from trainhub.kernel.errors import Invalid

SQUARE = ((1000, 1000), (3000, 1000), (3000, 3000), (1000, 3000))
TWO = Scene(
    "p.png", (Region("one", SQUARE), Region("two", ((5000, 5000), (9000, 7000)), is_ellipse=True)), 50, 5
)
FILM = Scene("f.mp4", (Region("one", (), 2000, 4000), Region("two", (), 3000, 5000)), 25, 5)


@pytest.mark.parametrize(
    ("marks", "share"),
    [
        (["2000,2000", "7000,6000"], Fraction(1)),
        (["2000,2000"], Fraction(1, 2)),
        (["2000,2000", "2001,2001"], Fraction(1, 2)),  # a second mark on a hazard is neither
        (["2000,2000", "9999,0"], Fraction(1, 4)),
        (["9999,0"], Fraction(0)),  # never below zero
        (["2000,2000", "7000,6000", "0,0", "0,1", "0,2"], Fraction(1, 4)),
        (["1000,1000"], Fraction(1, 2)),  # the edge belongs to it
        (["9000,6000"], Fraction(1, 2)),
        (["9000,6001"], Fraction(0)),
        (["5001,5001"], Fraction(0)),  # in the rectangle around the ellipse, not in it
        (["2000,2000"] * 6, Fraction(0)),  # more marks than may be set
        (["10001,1"], Fraction(0)),
        (["2000,2000", "x"], Fraction(0)),
        ("2000,2000", Fraction(0)),
        ([], Fraction(0)),
    ],
)
def test_marks_on_a_picture_earn_what_was_computed_by_hand(marks, share):
    assert share_of(TWO, marks) == share


@pytest.mark.parametrize(
    ("marks", "share"),
    [
        (["2500", "4500"], Fraction(1)),
        (["3500", "3600"], Fraction(1)),  # both lie in both: one mark each
        (["3500"], Fraction(1, 2)),  # one mark counts for one hazard
        (["2000", "5000"], Fraction(1)),
        (["2500", "9000"], Fraction(3, 8)),
        (["2500,1"], Fraction(0)),
    ],
)
def test_moments_of_a_film_earn_likewise(marks, share):
    assert share_of(FILM, marks) == share


def test_a_mark_goes_where_most_hazards_are_hit():
    wide = Region("wide", ((0, 0), (10000, 0), (10000, 10000), (0, 10000)))
    scene = Scene("p.png", (wide, Region("one", SQUARE)), 50, 5)
    assert share_of(scene, ["2000,2000", "2100,2100"]) == 1
    assert share_of(scene, ["2000,2000", "9000,9000"]) == 1


@given(st.lists(st.tuples(st.integers(0, 10000), st.integers(0, 10000)), max_size=5))
@settings(max_examples=30, deadline=None)
def test_the_order_of_marks_is_no_matter_and_a_share_is_a_share(places):
    marks = [f"{x},{y}" for x, y in places]
    share = share_of(TWO, marks)
    assert 0 <= share <= 1 and share == share_of(TWO, marks[::-1])


def test_a_hollow_polygon_holds_only_what_lies_inside_of_its_edges():
    bow = Region(
        "u",
        ((0, 0), (9000, 0), (9000, 9000), (6000, 9000), (6000, 3000), (3000, 3000), (3000, 9000), (0, 9000)),
    )
    inside = [(1000, 8000), (7000, 8000), (4500, 2000), (3000, 5000)]
    assert all(lies_in(place, bow) for place in inside)
    assert not lies_in((4500, 5000), bow) and not lies_in((9001, 1), bow)


def test_the_marks_of_a_question_are_rounded_down_once():
    assert score("hazard_spotting", BODY, ["1800,5800", "3500,6000", "0,0"]) == Fraction(3, 8)
    assert marks_for(score("hazard_spotting", BODY, ["1800,5800", "3500,6000", "0,0"]), 5) == 1


def test_a_scene_is_written_and_read_the_same_by_the_bank_and_by_its_author():
    assert read_body(write_body(ItemType.HAZARD_SPOTTING, BODY)) == BODY
    assert read_regions(write_regions(BODY.detail.regions)) == BODY.detail.regions
    assert read_regions(write_regions(FILM.regions)) == FILM.regions
    assert read_regions("无帽：rectangle 30,40 10,20")[0].corners == ((10, 20), (30, 20), (30, 40), (10, 40))


@pytest.mark.parametrize(
    "line", ["无帽", "无帽: 12", "无帽: circle 1,2 3,4", ": 1,2 3,4 5,6", "无帽: ellipse 1,2", "a: 1,2 3 s"]
)
def test_a_line_that_says_no_place_is_refused_with_its_number(line):
    with pytest.raises(Misread, match="2"):
        read_regions("好: 1,2 3,4 5,6\n" + line)


@pytest.mark.parametrize(
    "change",
    [
        {"regions": ()},
        {"regions": (Region("", SQUARE),)},
        {"regions": (Region("a", SQUARE[:2]),)},
        {"regions": (Region("a", ((0, 0), (10, 10), (20, 20))),)},
        {"regions": (Region("a", ((0, 0), (10001, 0), (0, 10))),)},
        {"regions": (Region("a", (), 1, 2),)},
        {"false_percent": 101},
        {"most_marks": 3},
        {"most_marks": 41},
        {"medium": "other.png"},
    ],
)
def test_hazards_that_nobody_could_hit_are_refused(change):
    check_body(ItemType.HAZARD_SPOTTING, BODY)
    with pytest.raises(Invalid):
        check_body(ItemType.HAZARD_SPOTTING, replace(BODY, detail=replace(BODY.detail, **change)))


def test_a_corrected_key_may_move_hazards_and_never_the_picture():
    moved = replace(BODY, detail=replace(BODY.detail, regions=BODY.detail.regions[:2]))
    other = replace(BODY, media=(replace(BODY.media[0], digest="0" * 64),))
    assert _offered(BODY) == _offered(moved) != _offered(other)


def test_who_found_what_and_where_false_marks_fell_is_counted_by_candidates():
    beside = [["4480,8990", "2000,2000"], ["4520,9010", "4530,9020"], ["4490,9020"], ["4510,8980"]]
    responses = [["2000,2000", "7000,6000"], *beside, *[["2000,2000"]] * 12, ["0,0"] * 6, None, "2000,2000"]
    found = scene_figures(TWO, responses)
    assert [(each.number, each.count) for each in found.hazards] == [(1, 14), (2, 1)]
    assert (found.candidates, found.false_marks, found.misled) == (20, 5, 4), (
        "more marks than may be set: none"
    )
    # Four candidates at one place, though it lies in four squares; who set two marks there counts once.
    assert len(found.cells) == 4
    assert [(each.middle, each.count) for each in found.places] == [((4500, 9000), 4)]
    assert [(each.kind.value, each.values) for each in found.flags] == [
        ("hazard_lacking", {"percent": 20, "where": "45 % / 90 %"})
    ]
    unfound = scene_figures(TWO, responses + [None] * 20).flags
    assert [(each.kind.value, each.values) for each in unfound] == [("hazard_unfound", {"hazards": "2"})]
    assert scene_figures(TWO, responses[1:6]).flags == ()
    assert "may lack one" in sentence(found.flags[0], lambda text, **values: text % values)


def test_in_a_film_false_marks_are_counted_by_seconds_and_a_mark_finds_one_hazard():
    found = scene_figures(FILM, [["3500"], ["3500", "3600"], ["8900"], ["9100"], ["9300", "20000"]])
    assert sum(each.count for each in found.hazards) == 3
    assert found.cells == {(8, 0): 1, (9, 0): 2, (20, 0): 1}
    assert [(each.middle, each.count) for each in found.places] == [((9000,), 3)]
