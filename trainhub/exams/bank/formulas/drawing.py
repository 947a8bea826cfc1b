"""A formula drawn: one path of outlines, computed from its LaTeX, never stored nor taken from outside."""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from trainhub.exams.bank.formulas.mathml import shape_of
from trainhub.exams.bank.formulas.reading import read_latex
from trainhub.exams.bank.formulas.tree import Unreadable
from trainhub.kernel.i18n import _

EM = 500
"""Points of a drawing to one em."""

AXIS = 125
"""How far above the base line the middle of a drawing lies: where the middle of small letters is."""

LONGEST_PATH = 150_000
_PIECE = re.compile(r"[MLQCZ]|-?[0-9.]+(?:e-?[0-9]+)?")
_LOCK = threading.Lock()
_TAKES = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}


@dataclass(frozen=True)
class Drawing:
    """Outlines of a formula.

    Args:
        left: of the base line's beginning, in points, ``EM`` to one em.
        width: in points.
        above: how far it reaches above the middle, and as far below.
        path: in the language of SVG, of ``M l q c z`` and whole numbers alone.
    """

    left: int
    width: int
    above: int
    path: str

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, width and height, the base line being at zero."""
        return (self.left, -AXIS - self.above, self.width, 2 * self.above)


@lru_cache(maxsize=512)
def drawing_of(latex: str, is_block: bool = False) -> Drawing:
    """Return a formula drawn.

    Raises:
        Unreadable: it is none that can be read or drawn.
    """
    shape = f'<math display="{"block" if is_block else "inline"}">{shape_of(read_latex(latex))}</math>'
    # Its face takes a fifth of a second to read: only a process that draws has it.
    from trainhub.exams.bank.formulas.setting import set_in_type

    with _LOCK:
        drawn = set_in_type(shape, EM)
    segments = list(_segments(drawn))
    path = _path(segments)
    if not path or len(path) > LONGEST_PATH:
        raise Unreadable(_("The formula is too complicated; write it more simply."))
    left, top, width, height = (float(each) for each in (drawn.get("viewBox") or "").split())
    above = max(-top - AXIS, top + height + AXIS, 0.4 * EM)
    return Drawing(round(left), round(width), round(above), path)


Segment = tuple[str, tuple[float, ...]]


def _segments(drawn: ET.Element) -> Iterator[Segment]:
    """Yield the strokes of all that was drawn, in absolute points."""
    for element in drawn.iter():
        if element.tag == "path":
            yield from _strokes(element.get("d") or "")
        elif element.tag == "rect":
            x, y, width, height = (float(element.get(name) or 0) for name in ("x", "y", "width", "height"))
            height = max(height, EM / 25)
            yield from (
                ("M", (x, y)), ("L", (x + width, y)), ("L", (x + width, y + height)),
                ("L", (x, y + height)), ("Z", ()),
            )  # fmt: skip


def _strokes(written: str) -> Iterator[Segment]:
    pieces = _PIECE.findall(written)
    at = 0
    while at < len(pieces):
        name = pieces[at]
        count = _TAKES.get(name)
        if count is None or at + count >= len(pieces) + (count == 0):
            raise Unreadable(_("The formula cannot be drawn."))
        yield name, tuple(float(each) for each in pieces[at + 1 : at + 1 + count])
        at += 1 + count


def _path(segments: list[Segment]) -> str:
    """Return strokes as a path of whole numbers, each told from where the last one ended."""
    written: list[str] = []
    x = y = 0
    for name, numbers in segments:
        points = [round(each) for each in numbers]
        if name == "Z":
            written.append("z")
            continue
        if name == "M":
            x, y = points
            written.append(f"M{x} {y}")
            continue
        told = [each - (x, y)[place % 2] for place, each in enumerate(points)]
        x, y = points[-2:]
        if any(told):
            written.append(name.lower() + " ".join(map(str, told)).replace(" -", "-"))
    return "".join(written)


def outlines(drawing: Drawing) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the strokes of a drawing (``M L C Z``) in absolute points, for whoever draws without SVG."""
    x = y = 0
    for name, told in re.findall(r"([Mlqcz])([0-9 -]*)", drawing.path):
        numbers = [int(each) for each in re.findall(r"-?[0-9]+", told)]
        if name == "M":
            x, y = numbers
            yield "M", (x, y)
        elif name == "z":
            yield "Z", ()
        else:
            points = [each + (x, y)[place % 2] for place, each in enumerate(numbers)]
            if name == "q":
                (a, b, c, d) = points
                control = (x + 2 * (a - x) / 3, y + 2 * (b - y) / 3, c + 2 * (a - c) / 3, d + 2 * (b - d) / 3)
                points = [*(round(each) for each in control), c, d]
            yield ("L" if name == "l" else "C"), tuple(points)
            x, y = points[-2:]
