"""Formulas on paper: outlines within the line, as on the screen."""

from __future__ import annotations

from reportlab.lib.units import mm

from trainhub.exams.bank.formulas import EM, Unreadable, drawing_of, outlines
from trainhub.exams.bank.rich import FORMULAS, Element, Nodes, words
from trainhub.exams.bank.rich.formulas import written
from trainhub.exams.bank.texts import told
from trainhub.kernel.figures import Figure, reach, sign_for


def printed(nodes: Nodes) -> str:
    """Return nodes for printing."""
    return words(nodes, _say)


def beyond(text: str, size: float) -> tuple[float, float]:
    """Return how many millimetres the formulas of a line reach beyond it, above and below."""
    above, below = reach(text)
    return max(0.0, (above - 1.0) * size / mm), max(0.0, (below - 0.4) * size / mm)


def _say(element: Element) -> str:
    if element.tag not in FORMULAS:
        return told(element)
    try:
        return sign_for(written(element.tag, element.name), lambda: _figure(element))
    except Unreadable:
        return written(element.tag, element.name)


def _figure(element: Element) -> Figure:
    drawing = drawing_of(element.name, element.tag == "equation")
    left, top, width, height = (each / EM for each in drawing.box)
    strokes = tuple((name, tuple(each / EM for each in points)) for name, points in outlines(drawing))
    heights = [point for _name, points in strokes for point in points[1::2]]
    return Figure(left, width, -min(heights, default=top), max(heights, default=top + height), strokes)
