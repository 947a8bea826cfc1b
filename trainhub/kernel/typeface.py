"""The embedded Chinese face: which characters it holds, how wide a text is, where its lines break.

Measures are millimetres. A character that the face does not hold is printed as its code point, never as an
empty box, so that a rare name stays recognisable.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from trainhub.kernel.figures import Figure, figure_of, runs

FACE = "NotoSansSC"


FONT_FILE = Path(__file__).with_name("fonts") / "NotoSansSC-Regular.ttf"


NO_LINE_START = frozenset("，。、；：？！）】》」』”’％,.;:?!)]}%")
NO_LINE_END = frozenset("（【《「『“‘([{")


@cache
def _face() -> TTFont:
    font = TTFont(FACE, str(FONT_FILE))
    pdfmetrics.registerFont(font)
    return font


def register_face() -> str:
    """Make the Chinese face known to ReportLab; returns its name for use in styles."""
    _face()
    return FACE


def missing_characters(text: str) -> list[str]:
    """Return the characters of a text that the face does not hold, each once, in order."""
    known = _face().face.charToGlyph
    return list(dict.fromkeys(each for each in text if ord(each) not in known and not each.isspace()))


def printable(text: object) -> str:
    """Return a text that prints whole: a character without a glyph is named by its code point."""
    known = _face().face.charToGlyph
    written = []
    for each in str(text):
        if each.isspace():
            written.append(" ")
        elif ord(each) in known or figure_of(each) is not None:
            written.append(each)
        elif each.isprintable():
            written.append(f"〔U+{ord(each):04X}〕")
    return "".join(written)


def text_width(text: object, size: float) -> float:
    """Return the width of a text in millimetres."""
    face, wide = register_face(), 0.0
    for each in runs(printable(text)):
        if isinstance(each, Figure):
            wide += each.width * size
        else:
            wide += float(pdfmetrics.stringWidth(each, face, size))
    return wide / mm


def broken_lines(text: object, size: float, width: float) -> list[str]:
    """Break a text into lines of a width in millimetres; Chinese between characters, Latin between words."""
    lines: list[str] = []
    line = ""
    for piece in pieces(printable(text)):
        fits = text_width(line + piece, size) <= width
        if line and not fits and piece not in NO_LINE_START:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line] if line or not lines else lines


def pieces(text: str) -> list[str]:
    """Return what a line may be broken between: Chinese characters, Latin words, spaces."""
    pieces: list[str] = []
    word = ""
    for each in text:
        if each == " " or ord(each) >= 0x2E80:
            pieces += [word, each] if word else [each]
            word = ""
        else:
            word += each
            if len(word) >= 40:
                pieces.append(word)
                word = ""
    return [*pieces, word] if word else pieces
