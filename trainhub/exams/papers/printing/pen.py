"""Writing down a page: a place that moves on, breaks lines and begins new pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trainhub.exams.papers.content import PaperContent
from trainhub.exams.papers.printing.laying import Block, Picture
from trainhub.kernel.i18n import _
from trainhub.kernel.pdf import GREY, INK, Document
from trainhub.kernel.typeface import broken_lines

LEFT, TOP, WIDTH = 18.0, 26.0, 174.0
TEXT, SMALL, LINE = 10.5, 8.5, 5.8
RISE = 4.3
"""From a baseline up to the upper edge of its line."""


@dataclass(frozen=True)
class Cover:
    """What stands on every printed form beside the questions.

    Args:
        title: what is examined.
        centre: who holds the examination.
        code: of the form.
        control: the beginning of the hash of the sealed paper, by which a page is known to belong to it.
    """

    title: str
    centre: str
    code: str
    control: str


Printed = tuple[bytes, int]
"""A document and how many pages it has."""


class Pen:
    """A pen on the pages of a document.

    Args:
        document: with its first page begun.
        y: where it begins.

    ``files`` are the pictures of the question that is being written, by their digests, ``marks`` its marks.
    """

    def __init__(self, document: Document, y: float = TOP) -> None:
        self.document, self.y = document, y
        self.files: Mapping[str, Picture] = {}
        self.marks = 0

    def room(self, height: float) -> None:
        """Go to a new page unless so much room is left on this one."""
        if self.y + height > self._foot:
            self.document.new_page()
            self.y = TOP

    @property
    def _foot(self) -> float:
        return self.document.height - 20

    def line(self, text: str, *, left: float = LEFT, size: float = TEXT, strong: bool = False) -> None:
        """Write one line."""
        self.room(LINE)
        self.document.text(left, self.y, text, size, strong=strong)
        self.y += LINE * size / TEXT

    def words(
        self,
        text: str,
        *,
        left: float = LEFT,
        width: float | None = None,
        size: float = TEXT,
        hang: float = 0,
    ) -> None:
        """Write a text in as many lines as it takes; lines after the first begin further in."""
        wide = (WIDTH + LEFT - left) if width is None else width
        first = True
        for paragraph in text.split("\n"):
            for line in broken_lines(paragraph, size, wide - hang):
                self.line(line, left=left if first else left + hang, size=size)
                first = False

    def block(self, block: Block, left: float = LEFT) -> None:
        """Put a block below what stands here, on a new page if there is no room for it."""
        page, whole = self.document.page, self._foot - TOP
        together = block.height + block.following
        self.room(together if together <= whole else block.height)
        heading = block.heading
        if heading is not None and self.document.page > page and heading.height + block.height <= whole:
            self._draw(heading, left)
        self._draw(block, left)

    def _draw(self, block: Block, left: float) -> None:
        block.draw(self.document, left, self.y - RISE)
        self.y += block.height

    def height_of(self, texts: Sequence[str], width: float, size: float = TEXT) -> float:
        """Return the height that texts take."""
        lines = sum(len(broken_lines(part, size, width)) for text in texts for part in text.split("\n"))
        return lines * LINE * size / TEXT

    def rule(self, left: float, width: float) -> None:
        """Draw a line to write on, at the present place."""
        self.document.line(left, self.y + 1, left + width, self.y + 1, colour=GREY)

    def rules(self, number: int, *, left: float = LEFT, width: float = WIDTH) -> None:
        """Draw lines to write on, one below the other."""
        for _each in range(number):
            self.room(9)
            self.y += 8
            self.document.line(left, self.y, left + width, self.y, colour=GREY)
        self.y += 4

    def box(self, left: float, mark: str, size: float = 5.0) -> float:
        """Draw a box with a mark in it, to be filled in; return where the next begins."""
        self.document.box(left, self.y - 3.9, size, size, edge=INK, radius=0.8)
        self.document.text(left + size / 2, self.y - 0.2, mark, 8, colour=GREY, align="centre")
        return left + size + 1.4

    def gap(self, height: float = 2.4) -> None:
        """Leave some room."""
        self.y += height


def written(kind: str, cover: Cover, content: PaperContent, write: Callable[[Document], None]) -> Printed:
    """Return a document whose every page says form, control hash and how many pages there are.

    Args:
        kind: what it is, in the band.
        cover: of the form.
        content: the paper.
        write: writes the pages.
    """

    def once(pages: int) -> tuple[bytes, int]:
        footer = _(
            "Form %(code)s · control %(control)s · %(pages)s pages in all",
            code=cover.code,
            control=cover.control,
            pages=pages or "?",
        )
        document = Document("exam", kind, f"{cover.title} {content.code}", footer=footer)
        document.new_page()
        write(document)
        return document.bytes(), document.page

    return once(once(0)[1])
