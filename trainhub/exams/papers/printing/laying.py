"""Laying a question's text out for print: lines, pictures, lists and tables, one below the other.

A new node that stands on its own is one function in ``BLOCKS``: it returns the blocks of an element.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from PIL import Image

from trainhub.exams.bank.rich import Element, Nodes
from trainhub.exams.papers.printing.atoms import Atom, Style, broken, draw_line, inline
from trainhub.kernel.pdf import Document
from trainhub.kernel.typeface import text_width

LEADING, GAP, LIST_INDENT = 0.552, 1.4, 6.0
HIGHEST_PICTURE, DOTS_A_MM, LONGEST_SIDE = 95.0, 5.5, 1600


@dataclass(frozen=True)
class Block:
    """What is not broken over two pages.

    Args:
        height: in millimetres.
        width: that it truly takes.
        draw: draws it; (document, left, top).
        is_line: whether it is one line of text.
        heading: what stands above it once more where it begins a page: the heading of its table.
        following: height of what must not be parted from it, below.
    """

    height: float
    width: float
    draw: Callable[[Document, float, float], None]
    is_line: bool = False
    heading: Block | None = None
    following: float = 0.0


class Picture:
    """A picture that a question shows, as it came; made ready for paper when it is drawn.

    Args:
        content: in clear.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        with Image.open(io.BytesIO(content)) as opened:
            self.size, self._is_photo = opened.size, opened.format == "JPEG"

    @cached_property
    def printed(self) -> bytes:
        """The picture as paper shows it: on white, no finer than print."""
        with Image.open(io.BytesIO(self._content)) as opened:
            picture = opened.convert("RGBA")
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        white.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        out = io.BytesIO()
        white.save(out, "JPEG" if self._is_photo else "PNG", quality=90)
        return out.getvalue()


@dataclass(frozen=True)
class Setting:
    """What a text is laid out with: how it is written, how wide, and the pictures that it shows by digest."""

    style: Style
    width: float
    files: Mapping[str, Picture]

    def within(self, width: float) -> Setting:
        """The same in less width."""
        return Setting(self.style, width, self.files)


def blocks(nodes: Nodes, setting: Setting) -> list[Block]:
    """Return the blocks of a text, from top to bottom."""
    return list(_blocks(nodes, setting))


def _blocks(nodes: Nodes, setting: Setting) -> Iterator[Block]:
    atoms: list[Atom] = []
    for each in inline(nodes, setting.style):
        if isinstance(each, Atom):
            atoms.append(each)
            continue
        yield from _lines(atoms, setting)
        atoms = []
        if isinstance(each, Element):
            yield from BLOCKS.get(each.tag, _children)(each, setting)
    yield from _lines(atoms, setting)


def _lines(atoms: list[Atom], setting: Setting) -> Iterator[Block]:
    for line in broken(atoms, setting.width):
        yield line_block(line, setting.style.size)


def line_block(line: list[Atom], size: float) -> Block:
    """Return one line as a block; what is higher than characters makes room for itself."""
    above = max(each.above for each in line)
    usual = size * LEADING
    height = max(usual, above + max(each.below for each in line) + 0.6)
    rest = height - above - max(each.below for each in line)
    base = above + rest / 2

    def draw(document: Document, left: float, top: float) -> None:
        draw_line(document, left, top + base, line)

    return Block(height, sum(each.width for each in line), draw, is_line=True)


def _children(element: Element, setting: Setting) -> Iterator[Block]:
    yield from _blocks(element.children, setting)


def _nothing(_element: Element, _setting: Setting) -> Iterator[Block]:
    """A break: the line before it has ended by that."""
    return iter(())


def _paragraph(element: Element, setting: Setting) -> Iterator[Block]:
    yield from _blocks(element.children, setting)


def _picture(element: Element, setting: Setting) -> Iterator[Block]:
    medium = element.medium
    if medium is None or medium.digest not in setting.files:
        return
    picture = setting.files[medium.digest]
    natural = picture.size[0] / DOTS_A_MM, picture.size[1] / DOTS_A_MM
    scale = min(1.0, setting.width / natural[0], HIGHEST_PICTURE / natural[1])
    width, height = natural[0] * scale, natural[1] * scale

    def draw(document: Document, left: float, top: float) -> None:
        document.picture(left, top + GAP, width, height, io.BytesIO(picture.printed))

    yield Block(height + 2 * GAP, width, draw)


def _list(element: Element, setting: Setting) -> Iterator[Block]:
    numbered = element.tag == "ol"
    for number, item in enumerate(_of(element, "li"), start=1):
        mark = f"{number}." if numbered else "·"
        inner = _blocks(item.children, setting.within(setting.width - LIST_INDENT))
        yield from hung(list(inner), mark, LIST_INDENT, setting.style.size)


def hung(inner: list[Block], mark: str, indent: float, size: float) -> Iterator[Block]:
    """Yield blocks further in, a mark before the first line; a picture that comes first gets one above it."""
    for place, block in enumerate(inner):
        said = mark if place == 0 else ""
        yield _shifted(block, said, indent, size)


def _shifted(block: Block, mark: str, indent: float, size: float) -> Block:
    usual = size * LEADING

    def draw(document: Document, left: float, top: float) -> None:
        if mark:
            line = top + (block.height - usual if block.is_line else 0) / 2
            document.text(left, line + usual / 2 + size * 0.125, mark, size)
        block.draw(document, left + indent, top)

    heading = None if block.heading is None else _shifted(block.heading, "", indent, size)
    return replace(block, width=block.width + indent, draw=draw, heading=heading)


def _of(element: Element, *tags: str) -> list[Element]:
    return [each for each in element.children if isinstance(each, Element) and each.tag in tags]


def marked_width(mark: str, size: float, least: float) -> float:
    """Return how far in a text stands whose mark goes before it."""
    return max(least, text_width(mark, size) + 1.5)


def _table(element: Element, setting: Setting) -> Iterator[Block]:
    from trainhub.exams.papers.printing.tables import table_blocks

    yield from table_blocks(element, setting)


BLOCKS: dict[str, Callable[[Element, Setting], Iterator[Block]]] = {
    "br": _nothing,
    "p": _paragraph,
    "img": _picture,
    "ul": _list,
    "ol": _list,
    "table": _table,
}
"""How each element on its own is laid out; what has no entry shows what stands in it."""

__all__ = ["BLOCKS", "Block", "Picture", "Setting", "blocks", "hung", "line_block", "marked_width"]
