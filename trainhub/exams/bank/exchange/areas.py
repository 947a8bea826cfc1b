"""Areas of a picture as QTI's shapes, in points of the picture, and as the bank's corners.

The bank counts in ten-thousandths of width and height, QTI in whole points or in percent. A shape is coarser
than the corners from which it came, so our exports carry these beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from trainhub.exams.bank.details import WHOLE_PICTURE, Region

Size = tuple[int, int]
"""Width and height in points."""

NO_SIZE: Size = (0, 0)

Corners = tuple[tuple[int, int], ...]
Shape = tuple[str, str]
"""A shape of QTI and its coordinates."""

_NUMBER = re.compile(r"\s*(-?\d{1,6}(?:\.\d{1,6})?)(%?)\s*", re.ASCII)
_COUNTED = re.compile(r"[ep]\d{1,5}(?:,\d{1,5}){3,}", re.ASCII)
_MOST_NUMBERS = 200
_LONGEST = 4_000


class Unreadable(Exception):
    """A shape that tells no area."""


def shape_of(region: Region, size: Size) -> Shape:
    """Return the area of a hazard as the shape of QTI that is nearest to it.

    Args:
        region: a hazard in a picture.
        size: of the picture.
    """
    if not region.is_ellipse:
        box = _box(region.corners)
        shown = [_point(across, down, size) for across, down in box or region.corners]
        return "rect" if box else "poly", ",".join(f"{across},{down}" for across, down in shown)
    (left, top), (right, bottom) = region.corners
    across, down = _point(left + right, top + bottom, size, 2 * WHOLE_PICTURE)
    wide, high = _point(abs(right - left), abs(bottom - top), size, 2 * WHOLE_PICTURE)
    wide, high = max(1, wide), max(1, high)
    if wide == high:
        return "circle", f"{across},{down},{wide}"
    return "ellipse", f"{across},{down},{wide},{high}"


def _point(across: int, down: int, size: Size, whole: int = WHOLE_PICTURE) -> tuple[int, int]:
    """Return the nearest point; halves go up."""
    return (2 * across * size[0] + whole) // (2 * whole), (2 * down * size[1] + whole) // (2 * whole)


def _box(corners: Corners) -> Corners | None:
    """Return two opposite corners of a rectangle that stands upright; None if it is another polygon."""
    if len(corners) != 4 or len(set(corners)) != 4:
        return None
    sides = [
        sum(here != there for here, there in zip(corner, corners[place - 1], strict=True))
        for place, corner in enumerate(corners)
    ]
    (left, top), (right, bottom) = (tuple(f(each) for each in zip(*corners, strict=True)) for f in (min, max))
    spans = {(left, top), (right, top), (right, bottom), (left, bottom)}
    return ((left, top), (right, bottom)) if sides == [1] * 4 and set(corners) == spans else None


def region_of(name: str, shape: Shape, size: Size) -> Region:
    """Return a hazard in the area of a shape; what of a rectangle lies beside the picture is left away.

    Args:
        name: what is wrong there.
        shape: and its coordinates.
        size: of the picture in the points in which they are.

    Raises:
        Unreadable: it is no area, or one that only the whole picture has.
    """
    kind, numbers = shape[0], _numbers(shape, size)
    if kind in ("circle", "ellipse"):
        x, y, wide, high = numbers if kind == "ellipse" else (*numbers, numbers[-1])
        return Region(name, _corners([x - wide, y - high, x + wide, y + high], size), is_ellipse=True)
    if kind == "rect":
        (left, top), (right, bottom) = _corners(numbers, size)
        left, right = (min(max(each, 0), WHOLE_PICTURE) for each in (min(left, right), max(left, right)))
        top, bottom = (min(max(each, 0), WHOLE_PICTURE) for each in (min(top, bottom), max(top, bottom)))
        return Region(name, ((left, top), (right, top), (right, bottom), (left, bottom)))
    corners = _corners(numbers, size)
    return Region(name, corners[:-1] if corners[0] == corners[-1] else corners)


def _numbers(shape: Shape, size: Size) -> list[Fraction]:
    """Return coordinates in points; those in percent are shares of the width and the height by turns.

    Raises:
        Unreadable: they are not those of their shape.
    """
    kind, coords = shape
    found = [_NUMBER.fullmatch(each) for each in coords[:_LONGEST].split(",")]
    counts = {"circle": (3,), "ellipse": (4,), "rect": (4,), "poly": range(6, _MOST_NUMBERS, 2)}
    if len(found) not in counts.get(kind, ()):
        raise Unreadable
    numbers = []
    for place, each in enumerate(found):
        if each is None or (each[2] and kind == "circle" and place == 2):
            raise Unreadable
        numbers.append(Fraction(each[1]) * (Fraction(size[place % 2], 100) if each[2] else 1))
    if kind in ("circle", "ellipse") and min(numbers[2:]) <= 0:
        raise Unreadable
    return numbers


def _corners(numbers: Sequence[Fraction], size: Size) -> Corners:
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return tuple(
        (round(across * WHOLE_PICTURE / size[0]), round(down * WHOLE_PICTURE / size[1]))
        for across, down in pairs
    )


def write_corners(regions: Sequence[Region]) -> str:
    """Return the corners of hazards as one word."""
    return ";".join(
        ("e" if each.is_ellipse else "p") + ",".join(f"{across},{down}" for across, down in each.corners)
        for each in regions
    )


def read_corners(word: str) -> list[Region]:
    """Return hazards without names from the word of ``write_corners``; none if it is none."""
    told = word.split(";")
    if not all(_COUNTED.fullmatch(each) and each.count(",") % 2 for each in told):
        return []
    regions = []
    for each in told:
        places = [int(place) for place in each[1:].split(",")]
        pairs = tuple(zip(places[::2], places[1::2], strict=True))
        regions.append(Region("", pairs, is_ellipse=each[0] == "e"))
    return regions if all(not each.is_ellipse or len(each.corners) == 2 for each in regions) else []
