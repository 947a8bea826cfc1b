"""The nodes of a rich text: read from its canonical HTML without trust, whatever the database says it is.

What is not on the list of ``TAGS`` does not become a node: a stored text that was tampered with shows its
words and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from trainhub.exams.bank.details import Medium
from trainhub.exams.bank.rich.formulas import FORMULAS, split

INLINE = ("strong", "em", "u", "sub", "sup")
BLOCKS = ("p", "ul", "ol", "li", "table", "tr", "th", "td")
MEDIA = ("img", "audio", "video")
TAGS = frozenset({*INLINE, *BLOCKS, *MEDIA, "br"})
MOST_NODES = 2000
DEEPEST = 12
WIDEST = 20
_OF_LIST, _OF_TABLE, _OF_ROW = ("li",), ("tr",), ("th", "td")
CHILDREN = {"ul": _OF_LIST, "ol": _OF_LIST, "table": _OF_TABLE, "tr": _OF_ROW}
"""What may stand in these alone; anything else in them is left out."""

_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True)
class Element:
    """A piece of a rich text that is more than characters.

    Args:
        tag: one of ``TAGS`` or of ``FORMULAS``.
        children: what stands in it.
        name: of a picture, sound or film: which of the item's files; of a formula its LaTeX.
        spans: of a cell: how many columns and rows it covers.
        medium: the file that ``name`` stands for, once it was looked up.
    """

    tag: str
    children: Nodes = ()
    name: str = ""
    spans: tuple[int, int] = (1, 1)
    medium: Medium | None = None


Node = str | Element
Nodes = tuple[Node, ...]


@dataclass
class _Open:
    tag: str
    children: list[Node] = field(default_factory=list)
    spans: tuple[int, int] = (1, 1)


class _Reader(HTMLParser):
    """Builds nodes of what is allowed; everything else loses its tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [_Open("")]
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += 1
        told = {name: value or "" for name, value in attrs}
        if tag not in TAGS or self.count > MOST_NODES:
            return
        if tag == "br":
            self._put(Element("br"))
        elif tag in MEDIA:
            self._put(Element(tag, name=told.get("src", "")))
        elif len(self.open) <= DEEPEST:
            spans = (_span(told.get("colspan")), _span(told.get("rowspan"))) if tag in _OF_ROW else (1, 1)
            self.open.append(_Open(tag, spans=spans))

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self.open[1:]):
            return
        while self._close() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.count += 1
        if self.count <= MOST_NODES:
            self._put(data)

    def _close(self) -> str:
        done = self.open.pop()
        self._put(Element(done.tag, _tidy(done.tag, done.children), spans=done.spans))
        return done.tag

    def _put(self, node: Node) -> None:
        allowed = CHILDREN.get(self.open[-1].tag)
        if allowed is None or (isinstance(node, Element) and node.tag in allowed):
            if not (
                allowed is None
                and isinstance(node, Element)
                and node.tag in (*_OF_LIST, *_OF_TABLE, *_OF_ROW)
            ):
                self.open[-1].children.append(node)
            elif isinstance(node, Element):
                self.open[-1].children.extend(node.children)

    def nodes(self) -> Nodes:
        """Return what was read."""
        while len(self.open) > 1:
            self._close()
        return _tidy("", self.open[0].children)


def _span(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and 1 <= int(text) <= WIDEST else 1


def _tidy(tag: str, children: Iterable[Node]) -> Nodes:
    """Join texts, make spaces one, take them from the edges of blocks, leave out what is empty."""
    joined: list[Node] = []
    for node in children:
        if isinstance(node, str) and joined and isinstance(joined[-1], str):
            joined[-1] += node
        elif not (isinstance(node, Element) and _is_empty(node)):
            joined.append(node)
    spaced = [_SPACES.sub(" ", each) if isinstance(each, str) else each for each in joined]
    tidy = [each for node in spaced for each in _with_formulas(node)]
    if tag not in INLINE:
        tidy = [_trimmed(tidy, place) for place in range(len(tidy))]
    return tuple(each for each in tidy if each != "")


def _with_formulas(node: Node) -> Iterator[Node]:
    """Yield a node, or the pieces of a text with the formulas between them."""
    if not isinstance(node, str) or "\\" not in node:
        yield node
        return
    for tag, piece in split(node):
        yield Element(tag, name=piece) if tag else piece


def _trimmed(nodes: list[Node], place: int) -> Node:
    """Take the space from a text where it touches the edge of a block or a line's break."""
    text = nodes[place]
    if not isinstance(text, str):
        return text
    if place == 0 or _breaks(nodes[place - 1]):
        text = text.lstrip(" ")
    if place == len(nodes) - 1 or _breaks(nodes[place + 1]):
        text = text.rstrip(" ")
    return text


def _breaks(node: Node) -> bool:
    return isinstance(node, Element) and (node.tag in ("br", "equation") or node.tag in BLOCKS)


def _is_empty(node: Element) -> bool:
    return not node.children and node.tag not in ("br", "th", "td", *MEDIA, *FORMULAS)


def read_nodes(text: str) -> Nodes:
    """Return the nodes of a rich text, files not looked up."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.nodes()


def nodes_of(text: str, media: Iterable[Medium]) -> Nodes:
    """Return the nodes of a rich text; what names a file that the item has not is left out."""
    known = {medium.name: medium for medium in media}
    return tuple(_looked_up(read_nodes(text), known))


def _looked_up(nodes: Nodes, known: dict[str, Medium]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag in MEDIA:
            medium = known.get(node.name)
            if medium is not None:
                yield Element(tag_for(medium.content_type), name=node.name, medium=medium)
        elif node.tag in FORMULAS:
            yield node
        else:
            yield Element(node.tag, tuple(_looked_up(node.children, known)), spans=node.spans)


def tag_for(content_type: str) -> str:
    """Return the element that shows a file of a kind."""
    return {"audio": "audio", "video": "video"}.get(content_type.partition("/")[0], "img")


def plain_nodes(text: str) -> Nodes:
    """Return a plain text as nodes: its lines with breaks between them."""
    nodes: list[Node] = []
    for place, line in enumerate(text.splitlines()):
        if place:
            nodes.append(Element("br"))
        if line:
            nodes.append(line)
    return tuple(nodes)


def names_in(nodes: Nodes) -> Iterator[str]:
    """Yield the names of the files that a text shows, in order."""
    for node in nodes:
        if isinstance(node, Element):
            if node.tag in MEDIA:
                yield node.name
            yield from names_in(node.children)


def words(nodes: Nodes, say: Callable[[Element], str]) -> str:
    """Return a text without its layout: blocks on lines of their own, cells apart by bars.

    Args:
        nodes: of the text.
        say: what stands for a picture, sound, film or formula.
    """
    lines = "".join(_words(nodes, say)).split("\n")
    return "\n".join(line.strip(" ") for line in lines if line.strip(" "))


def _words(nodes: Nodes, say: Callable[[Element], str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag in MEDIA or node.tag == "formula":
            yield say(node)
        elif node.tag == "equation":
            yield f"\n{say(node)}\n"
        elif node.tag == "br":
            yield "\n"
        elif node.tag in _OF_ROW:
            yield from _words(node.children, say)
            yield " | "
        elif node.tag in BLOCKS:
            yield "\n"
            yield from _words(node.children, say)
            yield "\n"
        else:
            yield from _words(node.children, say)
