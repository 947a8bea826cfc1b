"""Printed documents: an embedded Chinese face, the band of the side on every page, tables that go on.

Measures are millimetres from the top left corner, as one reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from trainhub.kernel.drawing import GREY, INK, RULE, WHITE, Drawing
from trainhub.kernel.typeface import FACE, broken_lines, register_face, text_width

__all__ = ["GREY", "INK", "RULE", "SIDES", "WHITE", "Document", "SideMark"]


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


class Document(Drawing):
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
