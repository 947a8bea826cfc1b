"""The order of questions and options: by chance, recorded, and undone without loss."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.factories.delivery import QUESTIONS, Choice
from trainhub.exams.delivery.form import draw_form as draw
from trainhub.exams.delivery.form import drawable, in_the_paper, read_form, write_form


def draw_form(questions, chance):
    return draw([drawable(*each) for each in questions], chance)


@given(st.integers())
def test_a_form_holds_every_question_and_option_once_and_reads_back(seed):
    form = draw_form(QUESTIONS, random.Random(seed))

    assert read_form(write_form(form)) == form
    assert sorted(place.number for place in form) == list(range(1, 11))
    assert all(sorted(place.options) == list("ABCD") for place in form if place.type != "true_false")


@given(st.integers(), st.integers(0, 9), st.integers(0, 3))
def test_what_a_candidate_chose_is_what_is_marked(seed, which, letter):
    form = draw_form(QUESTIONS, random.Random(seed))
    place = form[which]
    chosen = "TFTF"[letter] if place.type == "true_false" else "ABCD"[letter]
    answer = [chosen] if place.type == "multiple" else chosen

    marked = in_the_paper(form, {which + 1: answer})[place.number]

    expected = chosen if place.type == "true_false" else place.options[letter]
    assert marked == ([expected] if place.type == "multiple" else expected)


def test_types_stay_together_so_that_nobody_jumps_between_kinds_of_question():
    form = draw_form(QUESTIONS, random.Random(3))
    assert [place.type for place in form] == ["true_false"] * 4 + ["single"] * 4 + ["multiple"] * 2


def test_options_that_speak_of_their_neighbours_keep_their_places():
    bound = [Choice("A", "停止作业"), Choice("B", "撤离现场"), Choice("C", "以上都对"), Choice("D", "A和B")]
    for seed in range(20):
        (place,) = draw_form([(1, "single", bound)], random.Random(seed))
        assert place.options == ("A", "B", "C", "D")


def test_two_candidates_rarely_see_the_same_order():
    forms = {write_form(draw_form(QUESTIONS, random.Random(seed))) for seed in range(50)}
    assert len(forms) == 50


def test_every_order_of_the_options_is_drawn_about_as_often_as_any_other():
    question = (1, "single", [Choice(key, key) for key in "ABCD"])
    chance = random.Random(5)
    drawn = Counter(draw_form([question], chance)[0].options for _each in range(24 * 200))

    assert len(drawn) == 24
    # Chi-square with 23 degrees of freedom exceeds 49.7 once in a thousand; the seed is fixed.
    assert sum((count - 200) ** 2 / 200 for count in drawn.values()) < 49.7


def test_many_options_are_moved_too():
    question = (1, "ordering", [Choice(key, key) for key in "ABCDEFGH"])
    drawn = {draw_form([question], random.Random(seed))[0].options for seed in range(50)}

    assert len(drawn) > 45
    assert all(sorted(each) == list("ABCDEFGH") for each in drawn)
