"""The level of an accident: a threshold includes its number, the highest of three decides (493号 art. 3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainhub import regulations
from trainhub.kernel.errors import Invalid
from trainhub.regulations import AccidentLevel
from trainhub.regulations.accidents import level_by
from trainhub.regulations.loading import read_figures

DAY = date(2026, 7, 8)
THRESHOLDS = next(row["value"] for row in read_figures() if row["key"] == "accident.levels")
ORDER = [AccidentLevel.ORDINARY, AccidentLevel.SERIOUS, AccidentLevel.GRAVE, AccidentLevel.ESPECIALLY_GRAVE]
MILLION = 100_000_000
counts = st.tuples(st.integers(0, 60), st.integers(0, 200), st.integers(0, 300 * MILLION))


@pytest.mark.parametrize(
    ("deaths", "injuries", "loss", "level"),
    [
        (0, 0, 0, "ordinary"),
        (2, 9, 10 * MILLION - 1, "ordinary"),
        (3, 0, 0, "serious"),
        (9, 0, 0, "serious"),
        (0, 10, 0, "serious"),
        (0, 49, 0, "serious"),
        (0, 0, 10 * MILLION, "serious"),
        (0, 0, 50 * MILLION - 1, "serious"),
        (10, 0, 0, "grave"),
        (29, 99, 100 * MILLION - 1, "grave"),
        (0, 50, 0, "grave"),
        (0, 0, 50 * MILLION, "grave"),
        (30, 0, 0, "especially_grave"),
        (0, 100, 0, "especially_grave"),
        (0, 0, 100 * MILLION, "especially_grave"),
    ],
)
def test_a_threshold_includes_its_number(app, deaths, injuries, loss, level):
    regulations.load_figures()

    assert regulations.accident_level(deaths, injuries, loss, on=DAY) == level


@given(counts)
def test_the_highest_of_the_three_decides(triple):
    deaths, injuries, loss = triple
    alone = [
        level_by(THRESHOLDS, deaths, 0, 0),
        level_by(THRESHOLDS, 0, injuries, 0),
        level_by(THRESHOLDS, 0, 0, loss),
    ]

    assert level_by(THRESHOLDS, *triple) == max(alone, key=ORDER.index)


@given(counts, counts)
def test_a_graver_consequence_never_lowers_the_level(first, more):
    graver = tuple(a + b for a, b in zip(first, more, strict=True))

    assert ORDER.index(level_by(THRESHOLDS, *graver)) >= ORDER.index(level_by(THRESHOLDS, *first))


def test_negative_counts_are_refused(app):
    with pytest.raises(Invalid):
        regulations.accident_level(-1, 0, 0, on=DAY)
