"""Classical statistics agree with hand and with R, in whatever order, whatever is missing."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trainhub.exams.bank.statistics.classical import ItemFigures, item_figures, kr20, reliability
from trainhub.exams.bank.statistics.distractors import OptionFigures, option_figures, score_groups
from trainhub.exams.bank.statistics.drift import Sat, shifts
from trainhub.exams.bank.statistics.flags import FlagKind, flags_of, sentence
from trainhub.exams.bank.statistics.report import describe
from trainhub.exams.bank.statistics.responses import Missing, Options, Responses

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
PSYCHOMETRICS = SHARED / "psychometrics"
references = pytest.mark.skipif(not PSYCHOMETRICS.is_dir(), reason="the shared reference values are not here")

GUTTMAN = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=float)
"""Four candidates and three items on a perfect scale: everything about it can be worked out by hand."""

matrices = st.tuples(st.integers(2, 25), st.integers(2, 8)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0]))
)


def responses(marks, options=()):
    marks = np.array(marks, dtype=float)
    return Responses(tuple(f"Q{place}" for place in range(marks.shape[1])), marks, options)


def close(one, other):
    return (one is None and other is None) or one == pytest.approx(other, abs=1e-9)


def rows_of(name):
    with (PSYCHOMETRICS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@references
@pytest.mark.parametrize("dataset", ["lsat6", "lsat7"])
def test_every_item_figure_is_the_one_that_r_computes(dataset):
    marks = np.loadtxt(PSYCHOMETRICS / f"{dataset}.csv", delimiter=",", skiprows=1)
    wanted = [row for row in rows_of("reference_items.csv") if row["dataset"] == dataset]
    for figures, row in zip(item_figures(marks), wanted, strict=True):
        assert figures.facility == pytest.approx(float(row["p"]), abs=1e-9)
        assert figures.deviation == pytest.approx(float(row["sd"]), abs=1e-9)
        assert figures.item_total == pytest.approx(float(row["r_item_total"]), abs=1e-9)
        assert figures.item_rest == pytest.approx(float(row["r_item_rest"]), abs=1e-9)
        assert figures.alpha_if_dropped == pytest.approx(float(row["alpha_if_dropped"]), abs=1e-9)


@references
@pytest.mark.parametrize("dataset", ["lsat6", "lsat7"])
def test_every_figure_of_the_whole_is_the_one_that_r_computes(dataset):
    marks = np.loadtxt(PSYCHOMETRICS / f"{dataset}.csv", delimiter=",", skiprows=1)
    (row,) = [row for row in rows_of("reference_reliability.csv") if row["dataset"] == dataset]
    whole = reliability(marks)
    for name, column in {
        "mean": "mean",
        "deviation": "sd_sample",
        "alpha": "alpha_raw",
        "alpha_standardised": "alpha_std",
        "kr20": "kr20_popvar",
        "kr20_sample_variance": "kr20_sampvar",
        "guttman_lambda6": "guttman_l6",
        "sem": "sem_sample",
    }.items():
        assert getattr(whole, name) == pytest.approx(float(row[column]), abs=1e-9), name


def test_a_perfect_scale_gives_what_one_works_out_by_hand():
    first, second, third = item_figures(GUTTMAN)
    whole = reliability(GUTTMAN)
    assert (first.facility, second.facility, third.facility) == (0.75, 0.5, 0.25)
    assert first.item_total == pytest.approx(0.375 / (0.1875**0.5 * 1.25**0.5))
    assert second.item_rest == pytest.approx(0.25 / (0.5 * 0.5**0.5))
    assert second.alpha_if_dropped == pytest.approx(2 * (1 - 0.5 / (2 / 3)))
    assert [each.upper_lower for each in (first, second, third)] == [1, 1, 1]
    assert whole.alpha == pytest.approx(1.5 * (1 - 0.625 / 1.25))
    assert whole.kr20_sample_variance == pytest.approx(1.5 * (1 - 0.625 / (5 / 3)))
    assert whole.sem == pytest.approx((5 / 3 * 0.25) ** 0.5)


def test_candidates_of_one_total_share_the_places_at_the_border():
    marks = [[1, 1, 1]] + [[1, 0, 0], [0, 1, 0], [0, 0, 1]] + [[0, 0, 0]] * 3
    upper_lower = {round(each.upper_lower, 9) for each in item_figures(np.array(marks, dtype=float))}
    assert upper_lower == {round((1 + 1 / 3) / 2, 9)}


@pytest.mark.parametrize("others", range(2, 24))
def test_items_that_agree_throughout_leave_no_error_of_measurement(others):
    # Alpha is 1 up to rounding, on either side of it; the root of that rest would not be small.
    assert reliability(np.array([[1, 1]] + [[0, 0]] * others, dtype=float)).sem == 0


@given(matrices, st.randoms(use_true_random=False))
def test_the_order_of_candidates_changes_nothing(marks, chance):
    order = list(range(len(marks)))
    chance.shuffle(order)
    for one, other in zip(item_figures(marks), item_figures(marks[order]), strict=True):
        assert all(close(getattr(one, name), getattr(other, name)) for name in vars(one))
    one, other = reliability(marks), reliability(marks[order])
    assert all(close(getattr(one, name), getattr(other, name)) for name in vars(one))


@given(matrices, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_no_item_and_not_the_whole(marks, chance):
    order = list(range(marks.shape[1]))
    chance.shuffle(order)
    before, after = item_figures(marks), item_figures(marks[:, order])
    for place, figures in zip(order, after, strict=True):
        assert all(close(getattr(figures, name), getattr(before[place], name)) for name in vars(figures))
    assert close(reliability(marks).alpha, reliability(marks[:, order]).alpha)


@given(matrices)
def test_kr20_is_alpha_for_marks_of_nothing_and_one(marks):
    whole = reliability(marks)
    assert close(whole.kr20, whole.alpha)
    if whole.kr20 is not None:
        assert whole.kr20_sample_variance >= whole.kr20 - 1e-12


@given(matrices)
def test_dropping_an_item_gives_the_alpha_of_the_others(marks):
    for place, figures in enumerate(item_figures(marks)):
        assert close(figures.alpha_if_dropped, reliability(np.delete(marks, place, axis=1)).alpha)


def test_kr20_is_not_computed_of_marks_in_between():
    marks = np.array([[0.5, 1], [1, 1], [0, 0]])
    assert kr20(marks) is None
    assert reliability(marks).alpha is not None


@pytest.mark.parametrize(
    "marks", [[[1, 1]], [[1, 1], [1, 1]], [[1], [0]], [[1, 0], [0, 1]]], ids=["one", "same", "item", "level"]
)
def test_what_cannot_be_computed_is_none_and_nothing_breaks(marks):
    report = describe(responses(marks))
    assert report.whole.alpha is None
    assert report.whole.sem is None


def test_an_unanswered_question_is_wrong_unless_only_complete_rows_are_asked_for():
    gaps = responses([[1, np.nan], [1, 1], [0, 0]])
    as_marked, complete = describe(gaps), describe(gaps, missing=Missing.COMPLETE)
    assert (as_marked.candidates, as_marked.complete, as_marked.items[1].unanswered) == (3, 2, 1)
    assert as_marked.items[1].figures.facility == pytest.approx(1 / 3)
    assert (complete.candidates, complete.complete, complete.items[1].figures.facility) == (2, 2, 0.5)


def test_each_option_is_counted_with_who_chose_it():
    chosen = tuple(frozenset(each) for each in ["A", "A", "B", ""])
    options = Options(frozenset("A"), ("A", "B", "C"), chosen)
    total, own = np.array([3.0, 2, 1, 0]), np.array([1.0, 1, 0, 0])
    figures = option_figures(options, total, own)
    assert {name: each.count for name, each in figures.items()} == {"A": 2, "B": 1, "C": 0}
    assert (figures["A"].is_key, figures["B"].share, figures["C"].point_biserial) == (True, 0.25, None)
    assert figures["A"].point_biserial == pytest.approx(0.5 / (0.5 * 1.25**0.5))


def test_equal_totals_are_in_one_group_whatever_their_order():
    assert score_groups(np.array([5.0, 5, 5, 5])).tolist() == [2, 2, 2, 2]
    assert score_groups(np.arange(10.0)).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def group(size=200, seed=3, wrong_key=False):
    """Ten questions of four options; at the first one, what is right is said to be wrong if asked for."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=size)
    columns, marks = [], []
    for place in range(10):
        knows = chance.random(size) < 1 / (1 + np.exp(-(1.5 * ability + (place - 4) * 0.2)))
        guess = chance.choice(list("BCD"), size=size)
        chosen = np.where(knows, "A", guess)
        key = "B" if wrong_key and place == 0 else "A"
        columns.append(Options(frozenset(key), tuple("ABCD"), tuple(frozenset(each) for each in chosen)))
        marks.append((chosen == key).astype(float))
    return np.array(marks).T, tuple(columns)


def kinds(item):
    return {flag.kind for flag in item.flags}


def test_sound_questions_get_no_flag():
    marks, options = group()
    assert all(not each.flags for each in describe(responses(marks, options)).items)


def test_a_wrong_key_is_flagged_with_the_option_that_the_good_ones_chose():
    marks, options = group(wrong_key=True)
    report = describe(responses(marks, options))
    (flag,) = [each for each in report.items[0].flags if each.kind is FlagKind.KEY_LIKELY_WRONG]
    assert flag.values == {"option": "A", "key": "B"}
    assert all(FlagKind.KEY_LIKELY_WRONG not in kinds(each) for each in report.items[1:])


def test_a_wrong_key_is_flagged_from_marks_alone():
    marks, _options = group(wrong_key=True)
    assert FlagKind.KEY_LIKELY_WRONG in kinds(describe(responses(marks)).items[0])


@pytest.mark.parametrize("others", [0, 3])
def test_a_wrong_key_is_flagged_where_nearly_everybody_chose_the_same_other_option(others):
    marks, options = group()
    chosen = ["A"] * (200 - others) + ["C"] * others
    marks[:, 0] = 0
    easy = Options(frozenset("B"), tuple("ABCD"), tuple(frozenset(each) for each in chosen))
    report = describe(responses(marks, (easy, *options[1:])))
    (flag,) = [each for each in report.items[0].flags if each.kind is FlagKind.KEY_LIKELY_WRONG]
    assert flag.values == {"option": "A", "key": "B", "percent": round((200 - others) / 2)}


def test_the_sentence_of_a_question_too_hard_counts_the_options_that_it_has():
    def told(options, key, values):
        offered = {name: OptionFigures(name in key, 1, 0.25, None, None, (None,) * 5) for name in options}
        figures = ItemFigures(0.1, 0.3, 0.3, 0.3, 0.5, 0.3)
        (flag,) = [each for each in flags_of(figures, 100, offered) if each.kind is FlagKind.TOO_HARD]
        assert flag.values == {"percent": 10} | values
        return sentence(flag, lambda text, **filled: text % filled)

    assert "among its 4 options would give 25 %" in told("ABCD", "B", {"options": 4, "guess": 25})
    assert "among its 3 options would give 33 %" in told("ABC", "B", {"options": 3, "guess": 33})
    for options, key in (("ABCD", "AC"), (["甲方", "乙方"], ["甲方"]), ((), ())):
        assert "guessing" not in told(options, key, {})


def test_too_easy_too_hard_and_dead_options_are_flagged():
    marks, options = group()
    marks[:, 0], marks[:, 1] = 1, 0
    marks[:10, 1] = 1
    fewer = Options(options[2].key, (*"ABCDE",), options[2].chosen)
    report = describe(responses(marks, (None, None, fewer, *options[3:])))
    assert FlagKind.TOO_EASY in kinds(report.items[0])
    assert FlagKind.TOO_HARD in kinds(report.items[1])
    (dead,) = report.items[2].flags
    assert (dead.kind, dead.values) == (FlagKind.DEAD_DISTRACTOR, {"options": "E"})


def test_a_handful_of_candidates_raises_no_flag():
    assert all(not each.flags for each in describe(responses(np.ones((9, 3)))).items)


def test_a_better_group_is_no_drift_and_one_item_that_moves_alone_is():
    earlier = {f"Q{place}": Sat(400, 160 + 10 * place) for place in range(8)}
    later = {name: Sat(400, each.reached + 60) for name, each in earlier.items()}
    assert not any(each.is_drift for each in shifts(earlier, later).values())
    later["Q3"] = Sat(400, 380)
    assert [name for name, each in shifts(earlier, later).items() if each.is_drift] == ["Q3"]


def test_two_common_items_are_too_few_to_tell_drift_from_another_group():
    sat = {"Q1": Sat(400, 100), "Q2": Sat(400, 300)}
    assert shifts(sat, {"Q1": Sat(400, 390), "Q2": Sat(400, 300)}) == {}
