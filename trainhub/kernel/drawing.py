"""Marks on a page: text, lines, boxes, pictures, QR codes; in millimetres from the top left corner."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from trainhub.kernel.figures import Figure, draw, runs
from trainhub.kernel.typeface import FACE, broken_lines, printable, text_width

INK = HexColor("#1a1f2b")
GREY = HexColor("#5a6272")
RULE = HexColor("#c9cfda")
WHITE = HexColor("#ffffff")


class Drawing:
    """What can be put on the page of a document."""

    canvas: Canvas
    height: float

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
