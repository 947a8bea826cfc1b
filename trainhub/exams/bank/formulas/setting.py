"""Formulas set by ziamath in the STIX Two face; Chinese words come from the face of printed documents."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from importlib import resources
from typing import Any

from defusedxml.ElementTree import fromstring
from ziafont.font import Font
from ziamath.config import config
from ziamath.mathfont import MathFont
from ziamath.zmath import Math, loadedfonts

from trainhub.exams.bank.formulas.tree import Unreadable
from trainhub.kernel.i18n import _
from trainhub.kernel.typeface import FONT_FILE

_FACE = "trainhub"


def set_in_type(shape: str, size: int) -> ET.Element:
    """Return the SVG of a formula.

    Args:
        shape: MathML of our own making.
        size: points to one em.

    Raises:
        Unreadable: it cannot be drawn.
    """
    config.svg2, config.precision = False, 2
    try:
        return Math(_element(shape), size=size, font=_face()).svgxml()
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError) as problem:
        raise Unreadable(_("The formula cannot be drawn.")) from problem


def _element(shape: str) -> ET.Element:
    element: ET.Element = fromstring(shape)
    return element


class _Face(MathFont):
    """The face of formulas, with another one for what it does not hold."""

    def findglyph(self, char: str, variant: Any) -> Any:
        """Return the outline of a character."""
        glyph = super().findglyph(char, variant)
        return glyph if glyph.index > 0 or char.isspace() else _chinese().glyph(char)


@cache
def _face() -> str:
    file = resources.files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"
    loadedfonts[_FACE] = _Face(str(file))
    return _FACE


@cache
def _chinese() -> Font:
    return Font(str(FONT_FILE))
