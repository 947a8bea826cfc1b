"""Marks on a picture or film against its hazards: whole numbers from end to end, nothing rounded.

A mark counts for one hazard at most, and a hazard for one mark. Of hazards that overlap, marks are given to
as many as can be. A further mark on a hazard is neither hit nor false; a mark on nothing is false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trainhub.exams.bank.details import WHOLE_PICTURE, Region, Scene

Mark = tuple[int, ...]
"""Across and down in ten-thousandths of a picture, or a moment of a film in milliseconds."""

_POINT = re.compile(r"(0|[1-9]\d{0,4}),(0|[1-9]\d{0,4})", re.ASCII)
_MOMENT = re.compile(r"0|[1-9]\d{0,6}", re.ASCII)


@dataclass(frozen=True)
class Spotted:
    """What marks came to (标记结果): how many hazards were hit, and how many marks hit nothing."""

    hits: int
    false: int


def read_marks(texts: Iterable[str], in_film: bool) -> list[Mark] | None:
    """Return marks from texts, ``1234,5678`` on a picture, ``12500`` in a film; None if one is none."""
    marks: list[Mark] = []
    for text in texts:
        found = (_MOMENT if in_film else _POINT).fullmatch(text)
        mark = None if found is None else tuple(int(each) for each in text.split(","))
        if mark is None or (not in_film and max(mark) > WHOLE_PICTURE):
            return None
        marks.append(mark)
    return marks


def is_film(scene: Scene) -> bool:
    """Tell whether hazards are moments of a film."""
    return any(region.from_ms is not None for region in scene.regions)


def spotted(scene: Scene, marks: Sequence[Mark]) -> Spotted:
    """Return how many hazards some marks hit and how many marks hit nothing."""
    lying = _lying(scene, marks)
    return Spotted(len(_most_matched(lying)), sum(not each for each in lying))


def matched(scene: Scene, marks: Sequence[Mark]) -> set[int]:
    """Return which hazards some marks hit, by their places in the scene: as many as can be."""
    return _most_matched(_lying(scene, marks))


def _lying(scene: Scene, marks: Sequence[Mark]) -> list[list[int]]:
    return [[place for place, region in enumerate(scene.regions) if lies_in(mark, region)] for mark in marks]


def share_of(scene: Scene, response: Any) -> Fraction:
    """Return the share that a response earns: hits less what false marks cost, never below zero."""
    if not isinstance(response, list) or not all(isinstance(each, str) for each in response):
        return Fraction(0)
    marks = read_marks(response, is_film(scene))
    if marks is None or len(marks) > scene.most_marks:
        return Fraction(0)
    found = spotted(scene, marks)
    earned = found.hits - Fraction(found.false * scene.false_percent, 100)
    return max(Fraction(0), earned / len(scene.regions))


def are_alike(one: Sequence[Mark], other: Sequence[Mark], within: int) -> bool:
    """Tell whether two lists of marks say the same: one to one, none of a pair far from the other.

    Args:
        one: of one reader.
        other: of another; the order in which they were set tells nothing.
        within: how far across and how far down a pair may lie apart, in the units of marks.
    """
    if len(one) != len(other):
        return False
    near = [[place for place, mark in enumerate(other) if _is_near(each, mark, within)] for each in one]
    return len(_most_matched(near)) == len(one)


def _is_near(one: Mark, other: Mark, within: int) -> bool:
    return all(abs(here - there) <= within for here, there in zip(one, other, strict=True))


def lies_in(mark: Mark, region: Region) -> bool:
    """Tell whether a mark lies in a region; its edge belongs to it."""
    if region.from_ms is not None and region.to_ms is not None:
        return region.from_ms <= mark[0] <= region.to_ms
    if region.is_ellipse:
        return _in_ellipse(mark, region)
    return _in_polygon(mark, region.corners)


def _in_ellipse(mark: Mark, region: Region) -> bool:
    (left, top), (right, bottom) = region.corners
    across, down = 2 * mark[0] - left - right, 2 * mark[1] - top - bottom
    wide, high = (right - left) ** 2, (bottom - top) ** 2
    return across * across * high + down * down * wide <= wide * high


def _in_polygon(mark: Mark, corners: Sequence[tuple[int, int]]) -> bool:
    """Count how often a ray to the right crosses the edges."""
    x, y = mark
    inside = False
    for place, (x2, y2) in enumerate(corners):
        x1, y1 = corners[place - 1]
        turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and (turn > 0) == (y2 > y1):
            inside = not inside
    return inside


def _most_matched(lying: Sequence[Sequence[int]]) -> set[int]:
    """Return hazards that can be given a mark each that lies in them, as many as can be."""
    given: dict[int, int] = {}

    def give(mark: int, tried: set[int]) -> bool:
        for region in lying[mark]:
            if region not in tried:
                tried.add(region)
                if region not in given or give(given[region], tried):
                    given[region] = mark
                    return True
        return False

    for mark in range(len(lying)):
        give(mark, set())
    return set(given)
