"""What the marks of several assessors come to: a pure rule, exact from end to end.

Two assessors mark a response independently, in whole points of its rubric. If they are no further apart
than a limit, the response is worth the mean of the two. Otherwise a third marks it, and it is worth the mean
of the two that are nearest to each other; if one lies in the very middle, of the two higher ones. The mean is
kept in half points; the marks of the question are its share of them, rounded down to a whole mark once, at
the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

NEEDED = 2
"""Independent markings without which nothing is settled."""


def is_far_apart(one: int, other: int, points: int, limit_percent: int) -> bool:
    """Tell whether two markings differ by more than a share of all points of the rubric."""
    return abs(one - other) * 100 > limit_percent * points


def twice_the_mean(totals: Sequence[int], points: int, limit_percent: int) -> int | None:
    """Return twice what a response is worth, in points of its rubric; None while somebody has yet to mark it.

    Args:
        totals: what each assessor gave, in the order of their turns.
        points: all that the rubric gives.
        limit_percent: how far apart two may be, in per cent of the points.
    """
    if len(totals) < NEEDED:
        return None
    if len(totals) == NEEDED:
        one, other = totals
        return None if is_far_apart(one, other, points, limit_percent) else one + other
    return nearest_two(totals)


def nearest_two(totals: Sequence[int]) -> int:
    """Return the sum of the two markings that are nearest to each other; of equally near ones the higher."""
    ordered = sorted(totals)
    lower, higher = min(pairwise(ordered), key=lambda pair: (pair[1] - pair[0], -pair[1]))
    return lower + higher


def share_of(twice: int, points: int) -> Fraction:
    """Return the share of its marks that a response earns."""
    return Fraction(twice, 2 * points)
