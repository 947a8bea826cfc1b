"""Curves as a page draws them: places in a picture, worked out on the server, and the table behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 34, 14, 46
STYLES = 8
"""How many lines can be told apart by dash and colour."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A curve: its name, its way in the picture, where its name stands, and how it is drawn."""

    name: str
    path: str
    end: Point
    style: int
    is_strong: bool = False


@dataclass(frozen=True)
class Dot:
    """Something observed: where, and how large."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Plot:
    """A picture of curves.

    Args:
        lines: the curves.
        dots: what was observed.
        across: marks of the horizontal axis: place and text.
        up: marks of the vertical axis.
        posts: upright lines: place and text.
        columns: heads of the table that says the same.
        table: its rows.
    """

    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    posts: tuple[tuple[float, str], ...]
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Frame:
    """From numbers to places: the lowest and highest number of each axis."""

    low: float
    high: float
    top: float = 1.0

    def x(self, value: float) -> float:
        """Return the place of a number on the horizontal axis."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (value - self.low) / (self.high - self.low), 1)

    def y(self, value: float) -> float:
        """Return the place of a number on the vertical axis."""
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(1.0, value / self.top), 1)

    def line(self, name: str, points: Sequence[Point], style: int = 0, *, is_strong: bool = False) -> Line:
        """Return a curve through some points, with its name at the last of them."""
        places = [(self.x(across), self.y(up)) for across, up in points]
        path = " ".join(f"{across},{up}" for across, up in places)
        return Line(name, path, places[-1] if places else (0.0, 0.0), style % STYLES, is_strong)

    def dot(self, across: float, up: float, weight: float) -> Dot:
        """Return an observation whose area grows with its weight, from 0 to 1."""
        return Dot(self.x(across), self.y(up), round(2.5 + 5.5 * min(1.0, weight) ** 0.5, 1))


def apart(lines: Sequence[Line], least: float = 17) -> tuple[Line, ...]:
    """Move the names of curves that end close together apart, so that each can be read."""
    placed: list[Line] = []
    lowest = float(HEIGHT - BOTTOM)
    for each in sorted(lines, key=lambda line: -line.end[1]):
        height = min(each.end[1], lowest)
        placed.append(replace(each, end=(each.end[0], height)))
        lowest = height - least
    return tuple(reversed(placed))


def percent(share: float | None) -> str:
    """Return a share in per cent; a dash for none."""
    return "–" if share is None else f"{round(100 * share)} %"
