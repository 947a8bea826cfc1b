"""Nodes shown: as HTML for the pages of the house, as lists for the script of the candidate's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import get_locale
from markupsafe import Markup, escape

from trainhub.exams.bank.formulas import EM, Unreadable, drawing_of
from trainhub.exams.bank.rich.formulas import FORMULAS, said, written
from trainhub.exams.bank.rich.nodes import BLOCKS, INLINE, MEDIA, Element, Nodes

Address = Callable[[str], str | None]
"""Where a reader gets the file with a digest; None if they cannot have it."""


_SHAPES = {tag: Markup(f"<{tag}{{}}>{{}}</{tag}>") for tag in (*INLINE, *BLOCKS)}  # noqa: S704  (tags of ours)
_PLAYERS = {
    "audio": Markup('<audio class="item-file" controls preload="metadata" src="{}" aria-label="{}"></audio>'),
    "video": Markup('<video class="item-file" controls preload="metadata" src="{}" aria-label="{}"></video>'),
}

_DRAWN = Markup(
    '<svg class="{}" role="img" aria-label="{}" width="{}em" height="{}em" viewBox="{}">'
    '<path d="{}"></path></svg>'
)


def as_html(nodes: Nodes, address: Address) -> Markup:
    """Return nodes as HTML in which every character is escaped and every tag is one of ours."""
    return Markup("").join(_html(nodes, address))


def _html(nodes: Nodes, address: Address) -> Iterator[Markup]:
    for node in nodes:
        if isinstance(node, str):
            yield escape(node)
        elif node.tag == "br":
            yield Markup("<br>")
        elif node.tag in MEDIA:
            yield _medium(node, address)
        elif node.tag in FORMULAS:
            yield _formula(node)
        elif node.tag in INLINE or node.tag in BLOCKS:
            inner = as_html(node.children, address)
            yield _SHAPES[node.tag].format(_spans(node), inner)


def _spans(node: Element) -> Markup:
    across, down = node.spans
    told = Markup(' colspan="{}"').format(across) if across > 1 else Markup("")
    return told + (Markup(' rowspan="{}"').format(down) if down > 1 else Markup(""))


def _medium(node: Element, address: Address) -> Markup:
    medium = node.medium
    where = None if medium is None else address(medium.digest)
    if medium is None or where is None:
        return Markup('<span class="item-file">[{}]</span>').format(
            medium.description if medium else node.name
        )
    if node.tag == "img":
        return Markup('<img class="item-file" src="{}" alt="{}">').format(where, medium.description)
    return _PLAYERS[node.tag].format(where, medium.description)


def _formula(node: Element) -> Markup:
    """Return a formula as outlines with its words; one that cannot be drawn as it is written."""
    try:
        drawing = drawing_of(node.name, node.tag == "equation")
    except Unreadable:
        return escape(written(node.tag, node.name))
    _left, _top, width, height = drawing.box
    language = "en" if str(get_locale()).startswith("en") else "zh"
    return _DRAWN.format(
        node.tag, said(node, language), width / EM, height / EM, " ".join(map(str, drawing.box)), drawing.path
    )


def as_lists(nodes: Nodes) -> list[Any]:
    """Return nodes as plain lists: a text, a tag with its children, a file with digest, type, description.

    A formula is its outlines, their box in points of an em, and its words in both languages.
    """
    return [each if isinstance(each, str) else _list(each) for each in nodes]


def _list(node: Element) -> list[Any]:
    if node.tag in FORMULAS:
        words = {language: said(node, language) for language in ("zh", "en")}
        try:
            drawing = drawing_of(node.name, node.tag == "equation")
        except Unreadable:
            return [node.tag, "", [0, 0, 0, 0], words, EM]
        return [node.tag, drawing.path, list(drawing.box), words, EM]
    if node.medium is not None:
        return [node.tag, node.medium.digest, node.medium.content_type, node.medium.description]
    if node.spans != (1, 1):
        return [node.tag, as_lists(node.children), list(node.spans)]
    return [node.tag, as_lists(node.children)]
