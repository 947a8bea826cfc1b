"""Printed documents: an embedded Chinese face, the band of the side on every page, QR codes as vectors.

Measures are millimetres from the top left corner, as one reads. A character that the face does not hold is
printed as its code point, never as an empty box, so that a rare name stays recognisable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from trainhub.kernel.figures import Figure, draw, figure_of, runs

FACE = "NotoSansSC"
FONT_FILE = Path(__file__).with_name("fonts") / "NotoSansSC-Regular.ttf"
INK = HexColor("#1a1f2b")
GREY = HexColor("#5a6272")
RULE = HexColor("#c9cfda")
WHITE = HexColor("#ffffff")
NO_LINE_START = frozenset("，。、；：？！）】》」』”’％,.;:?!)]}%")


@dataclass(frozen=True)
class SideMark:
    """The mark of a side: a colour and its word (培训, 考试, 监督), never colour alone.

    Args:
        word: in Chinese.
        word_en: in English.
        colour: of the band.
        tint: of quiet surfaces.
    """

    word: str
    word_en: str
    colour: Color
    tint: Color


SIDES = {
    "training": SideMark("培训", "Training", HexColor("#14694a"), HexColor("#e8f3ee")),
    "exam": SideMark("考试", "Examination", HexColor("#2f3e9e"), HexColor("#eceefa")),
    "oversight": SideMark("监督", "Oversight", HexColor("#46505f"), HexColor("#edf0f3")),
    "core": SideMark("安培考", "trainhub", HexColor("#46505f"), HexColor("#edf0f3")),
}


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


class Document:
    """A PDF document of one side (文件), written page by page.

    Args:
        side: training, exam, oversight or core.
        title: of the document, shown by readers and in the band.
        title_en: the second label.
        footer: words at the foot of every page.
        size: width and height of a page in points.
    """

    def __init__(
        self,
        side: str,
        title: str,
        title_en: str = "",
        *,
        footer: str = "",
        size: tuple[float, float] = A4,
    ) -> None:
        self.mark = SIDES[side]
        self.title, self.title_en, self.footer = title, title_en, footer
        self.width, self.height = size[0] / mm, size[1] / mm
        register_face()
        self._target = BytesIO()
        # The published types take the name of the first font for a number.
        face: Any = FACE
        self.canvas = Canvas(
            self._target, pagesize=size, pageCompression=1, lang="zh-CN", initialFontName=face
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor("trainhub")
        self.canvas.setCreator("trainhub")
        self.page = 0

    def new_page(self, *, band: bool = True) -> None:
        """Begin a page with the band of the side and the foot."""
        if self.page:
            self.canvas.showPage()
        self.page += 1
        if band:
            self.band()
        self._foot()

    def band(self, height: float = 16) -> None:
        """Draw the band of the side with its word and the document's title."""
        self.box(0, 0, self.width, height, fill=self.mark.colour)
        self.text(15, height / 2 + 2.1, self.mark.word, 17, colour=WHITE, strong=True)
        self.text(
            15 + text_width(self.mark.word, 17) + 3, height / 2 + 1.9, self.mark.word_en, 9, colour=WHITE
        )
        self.text(self.width - 15, height / 2 + 0.2, self.title, 12, colour=WHITE, align="right", strong=True)
        self.text(self.width - 15, height / 2 + 4.6, self.title_en, 7.5, colour=WHITE, align="right")

    def _foot(self) -> None:
        y = self.height - 9
        self.line(15, y - 4.5, self.width - 15, y - 4.5)
        self.text(15, y, self.footer, 7.5, colour=GREY)
        number = f"{self.mark.word} · 第 {self.page} 页 / Page {self.page}"
        self.text(self.width - 15, y, number, 7.5, colour=GREY, align="right")

    def text(
        self,
        x: float,
        y: float,
        text: object,
        size: float = 10,
        *,
        colour: Color = INK,
        align: str = "left",
        strong: bool = False,
    ) -> None:
        """Write one line; ``y`` is its baseline; ``strong`` thickens the strokes."""
        words = printable(text)
        x -= {"left": 0.0, "right": 1.0, "centre": 0.5}[align] * text_width(words, size)
        for each in runs(words):
            if isinstance(each, Figure):
                self._figure(x, y, each, size, colour)
            else:
                self._words(x, y, each, size, colour, strong)
            x += each.width * size / mm if isinstance(each, Figure) else text_width(each, size)

    def _figure(self, x: float, y: float, figure: Figure, size: float, colour: Color) -> None:
        self.canvas.saveState()
        self.canvas.setFillColor(colour)
        draw(self.canvas, figure, x * mm, (self.height - y) * mm, size)
        self.canvas.restoreState()

    def _words(self, x: float, y: float, words: str, size: float, colour: Color, strong: bool) -> None:
        written = self.canvas.beginText(x * mm, (self.height - y) * mm)
        written.setFont(FACE, size)
        written.setFillColor(colour)
        if strong:
            self.canvas.saveState()
            self.canvas.setLineWidth(size * 0.028)
            self.canvas.setStrokeColor(colour)
            written.setTextRenderMode(2)
        written.textOut(words)
        if strong:
            written.setTextRenderMode(0)
        self.canvas.drawText(written)
        if strong:
            self.canvas.restoreState()

    def paragraph(
        self, x: float, y: float, text: object, width: float, size: float = 9.5, *, colour: Color = INK
    ) -> float:
        """Write a text in lines of at most ``width``; returns the baseline of the line after the last."""
        for line in broken_lines(text, size, width):
            self.text(x, y, line, size, colour=colour)
            y += size * 0.58
        return y

    def labelled(
        self,
        x: float,
        y: float,
        label: str,
        label_en: str,
        value: object,
        size: float = 12,
        width: float = 80,
    ) -> float:
        """Write a value under its two labels, smaller or broken until it fits; returns the next baseline."""
        self.text(x, y, label, 8, colour=GREY)
        self.text(x + text_width(label, 8) + 1.5, y, label_en, 6.5, colour=GREY)
        y += size * 0.48 + 0.8
        while size > 8 and text_width(value, size) > width:
            size -= 0.5
        for line in broken_lines(value, size, width):
            self.text(x, y, line, size, strong=True)
            y += size * 0.5
        return y

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, colour: Color = RULE, dashed: bool = False
    ) -> None:
        """Draw a hair line."""
        self.canvas.saveState()
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(0.6)
        if dashed:
            self.canvas.setDash(2, 2)
        self.canvas.line(x1 * mm, (self.height - y1) * mm, x2 * mm, (self.height - y2) * mm)
        self.canvas.restoreState()

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Color | None = None,
        edge: Color | None = None,
        radius: float = 0,
    ) -> None:
        """Draw a rectangle whose top left corner is given."""
        self.canvas.saveState()
        if fill is not None:
            self.canvas.setFillColor(fill)
        if edge is not None:
            self.canvas.setStrokeColor(edge)
            self.canvas.setLineWidth(0.8)
        self.canvas.roundRect(
            x * mm,
            (self.height - y - height) * mm,
            width * mm,
            height * mm,
            radius * mm,
            fill=int(fill is not None),
            stroke=int(edge is not None),
        )
        self.canvas.restoreState()

    def picture(self, x: float, y: float, width: float, height: float, content: BytesIO) -> None:
        """Draw a picture into a rectangle; ``y`` is its upper edge."""
        bottom = (self.height - y - height) * mm
        self.canvas.drawImage(ImageReader(content), x * mm, bottom, width * mm, height * mm, mask="auto")

    def qr(self, x: float, y: float, size: float, content: str) -> None:
        """Draw a QR code (GB/T 18284, error correction M) as vectors, with its quiet zone."""
        matrix = [list(row) for row in segno.make_qr(content, error="m").matrix_iter(scale=1, border=4)]
        self.box(x, y, size, size, fill=WHITE)
        step = size / len(matrix) * mm
        path = self.canvas.beginPath()
        for row, cells in enumerate(matrix):
            for start, length in _runs(cells):
                top = (self.height - y) * mm - (row + 1) * step
                path.rect(x * mm + start * step, top, length * step, step)
        self.canvas.saveState()
        self.canvas.setFillColor(HexColor("#000000"))
        self.canvas.drawPath(path, fill=1, stroke=0)
        self.canvas.restoreState()

    def table(
        self,
        x: float,
        y: float,
        widths: Sequence[float],
        rows: Sequence[Sequence[object]],
        *,
        size: float = 9,
    ) -> float:
        """Write rows under a tinted heading row, on new pages as needed; returns the ``y`` below the last."""
        heading, *body = rows
        y = self._table_row(x, y, widths, heading, size, heading=True)
        for row in body:
            if y + self._row_height(widths, row, size) > self.height - 18:
                self.new_page()
                y = self._table_row(x, 22, widths, heading, size, heading=True)
            y = self._table_row(x, y, widths, row, size)
        return y

    def _row_height(self, widths: Sequence[float], row: Sequence[object], size: float) -> float:
        pairs = zip(row, widths, strict=True)
        return 3 + size * 0.5 * max(len(broken_lines(cell, size, width - 3)) for cell, width in pairs)

    def _table_row(
        self,
        x: float,
        y: float,
        widths: Sequence[float],
        row: Sequence[object],
        size: float,
        *,
        heading: bool = False,
    ) -> float:
        height = self._row_height(widths, row, size)
        if heading:
            self.box(x, y, sum(widths), height, fill=self.mark.tint)
        left = x
        for cell, width in zip(row, widths, strict=True):
            baseline = y + 1.5 + size * 0.36
            for line in broken_lines(cell, size, width - 3):
                self.text(left + 1.5, baseline, line, size, strong=heading)
                baseline += size * 0.5
            left += width
        self.line(x, y + height, x + sum(widths), y + height)
        return y + height

    def bytes(self) -> bytes:
        """End the document and return it."""
        if not self.page:
            self.new_page()
        self.canvas.save()
        return self._target.getvalue()


def _runs(cells: Sequence[Any]) -> list[tuple[int, int]]:
    """Return (start, length) of each run of dark modules in a row."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(cells):
        if not dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs
