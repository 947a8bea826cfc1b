"""Figures within lines of printed text: outlines, such as a formula's, with one private character for each.

The character goes through everything that measures and breaks lines like any other; whoever writes the line
draws the outlines in its place. It means something in this process alone and is never stored.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

FIRST, MOST = 0xF0000, 20_000

Stroke = tuple[str, tuple[float, ...]]


@dataclass(frozen=True)
class Figure:
    """Outlines on a base line (图形), measured in heights of the type around them.

    Args:
        left: where they begin.
        width: of the figure.
        above: how far it reaches above the base line.
        below: how far below.
        strokes: ``M``, ``L``, ``C`` and ``Z`` with points whose second number grows downwards.
    """

    left: float
    width: float
    above: float
    below: float
    strokes: tuple[Stroke, ...]


_figures: OrderedDict[str, Figure] = OrderedDict()
_signs: dict[str, str] = {}
_LOCK = threading.Lock()


def sign_for(key: str, make: Callable[[], Figure]) -> str:
    """Return the character that stands for a figure; the oldest make room when there are too many."""
    with _LOCK:
        if key in _signs:
            _figures.move_to_end(_signs[key])
            return _signs[key]
    figure = make()
    with _LOCK:
        sign = chr(FIRST + len(_figures))
        if len(_figures) >= MOST:
            sign, _gone = _figures.popitem(last=False)
            _signs.pop(next(name for name, held in _signs.items() if held == sign))
        _signs[key], _figures[sign] = sign, figure
        return sign


def figure_of(sign: str) -> Figure | None:
    """Return the figure for which a character stands."""
    return _figures.get(sign)


def runs(text: str) -> Iterator[str | Figure]:
    """Yield the figures of a line and the characters between them."""
    run = ""
    for each in text:
        figure = _figures.get(each)
        if figure is None:
            run += each
            continue
        if run:
            yield run
        yield figure
        run = ""
    if run:
        yield run


def reach(text: str) -> tuple[float, float]:
    """Return how far the figures of a line reach above and below its base line, in heights of its type."""
    found = [figure for each in text if (figure := _figures.get(each)) is not None]
    return max((each.above for each in found), default=0.0), max((each.below for each in found), default=0.0)


def draw(canvas: Any, figure: Figure, x: float, y: float, size: float) -> None:
    """Fill a figure's outlines on a canvas of ReportLab, the base line beginning at a place in points."""
    path = canvas.beginPath()
    for name, numbers in figure.strokes:
        points = [
            x + (each - figure.left) * size if place % 2 == 0 else y - each * size
            for place, each in enumerate(numbers)
        ]
        if name == "M":
            path.moveTo(*points)
        elif name == "L":
            path.lineTo(*points)
        elif name == "C":
            path.curveTo(*points)
        else:
            path.close()
    canvas.drawPath(path, fill=1, stroke=0, fillMode=1)
