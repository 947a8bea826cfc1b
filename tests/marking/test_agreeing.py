"""What the marks of two and of three assessors come to: a rule without luck, exact to half a point."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainhub.exams.bank import marks_for
from trainhub.exams.marking.agreeing import nearest_two, share_of, twice_the_mean

TOTALS = st.integers(0, 40)


@pytest.mark.parametrize(
    ("totals", "worth"),
    [
        ((), None),
        ((7,), None),
        ((7, 7), 14),
        ((7, 9), 16),
        ((6, 9), None),
        ((6, 9, 9), 18),
        ((6, 9, 7), 13),
        ((4, 9, 0), 4),
        ((2, 8, 5), 13),
    ],
)
def test_two_near_ones_count_and_of_three_the_two_nearest(totals, worth):
    assert twice_the_mean(totals, 10, 20) == worth


@given(st.lists(TOTALS, min_size=2, max_size=4), TOTALS)
def test_the_nearest_two_lie_among_what_was_given_whatever_the_order(totals, more):
    worth = nearest_two(totals)
    assert worth == nearest_two(list(reversed(totals)))
    assert 2 * min(totals) <= worth <= 2 * max(totals)
    assert nearest_two([*totals, more, more]) >= 2 * min(*totals, more)


def test_half_points_are_kept_until_the_marks_are_rounded_down_once():
    assert share_of(15, 10) == Fraction(3, 4)
    assert (marks_for(share_of(15, 10), 8), marks_for(share_of(15, 10), 10)) == (6, 7)
