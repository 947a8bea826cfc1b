"""HTML from anywhere made the bank's: cleaned by nh3, then written in the one form in which it is stored."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import nh3

from trainhub.exams.bank.rich.formulas import FORMULAS, written
from trainhub.exams.bank.rich.nodes import MEDIA, TAGS, Element, Nodes, read_nodes

_ALIKE = {
    "b": "strong", "i": "em", "ins": "u", "div": "p", "section": "p", "h1": "p", "h2": "p", "h3": "p",
    "h4": "p", "h5": "p", "h6": "p", "blockquote": "p", "pre": "p", "caption": "p",
}  # fmt: skip
"""Tags that mean what one of ours means."""

_ATTRIBUTES = {
    "img": {"src"}, "audio": {"src"}, "video": {"src"},
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}  # fmt: skip
_TAG = re.compile(r"(</?)(b|i|ins|div|section|h[1-6]|blockquote|pre|caption)(?=[\s/>])")
_GONE = {
    "script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript", "form", "select",
    "textarea", "title", "head", "xmp", "plaintext",
}  # fmt: skip
_NAME = re.compile(r"[\w.-]{1,60}")
LONGEST_HTML = 100_000


def clean_html(sent: str) -> str:
    """Return HTML in the bank's form: only its tags, no attribute but the name of a file and spans of cells.

    ``nh3`` reads it as a browser does and takes out what is not allowed; what is left is read into nodes and
    written again, so that one text has one form.
    """
    cleaned = nh3.clean(
        sent[:LONGEST_HTML],
        tags={*TAGS, *_ALIKE},
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=_only_names,
        url_schemes=set(),
        link_rel=None,
    )
    ours = _TAG.sub(lambda found: found[1] + _ALIKE[found[2]], cleaned)
    return write_nodes(read_nodes(ours))


def _only_names(tag: str, attribute: str, value: str) -> str | None:
    """Let a file be named, never addressed."""
    if attribute == "src":
        return value if tag in MEDIA and is_name(value) else None
    return value


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of an item's file."""
    return _NAME.fullmatch(text) is not None and "__" not in text and text.strip(".") != ""


def canonical(text: str) -> bool:
    """Tell whether a text stands in the bank's form already."""
    return clean_html(text) == text


def write_nodes(nodes: Nodes) -> str:
    """Return nodes in the form in which they are stored."""
    return "".join(_written(nodes))


def _written(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield html.escape(node, quote=False)
        elif node.tag in FORMULAS:
            yield html.escape(written(node.tag, node.name), quote=False)
        elif node.tag in MEDIA:
            if is_name(node.name):
                yield f'<{node.tag} src="{node.name}">'
        elif node.tag == "br":
            yield "<br>"
        else:
            yield f"<{node.tag}{_spans(node)}>{write_nodes(node.children)}</{node.tag}>"


def _spans(node: Element) -> str:
    across, down = node.spans
    told = f' colspan="{across}"' if across > 1 else ""
    return told + (f' rowspan="{down}"' if down > 1 else "")
