"""Texts that an item of QTI takes in from another file of its package (XInclude): put where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import join, normpath
from urllib.parse import unquote

from lxml.etree import _Element

from trainhub.exams.bank.exchange.encodings import text_of
from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package
from trainhub.kernel.errors import Invalid

MOST_BYTES = 2_000_000
"""In all: one long text, taken in by each of two thousand items, would take minutes."""
MOST_PLACES = 2_000
_ADDRESSES = ("src", "data", "href")


@dataclass
class Includes:
    """What may still be taken in out of a package."""

    package: Package
    left: int = MOST_BYTES
    tries: int = MOST_PLACES

    def put(self, root: _Element, name: str) -> None:
        """Put texts of other files where an item asks for them; one that cannot be had holds the item."""
        for place in list(root.iter("include")):
            address = place.get("href") or ""
            target = normpath(join(name.rpartition("/")[0], unquote(address).partition("#")[0])).lstrip("/")
            parent = place.getparent()
            if parent is None or "://" in address or place.get("xpointer") or target not in self.package:
                continue
            try:
                self._put(place, parent, target, address)
            except Invalid:
                continue

    def _put(self, place: _Element, parent: _Element, target: str, address: str) -> None:
        self.tries -= 1
        if self.left <= 0 or self.tries < 0:
            return
        content = self.package.read(target)
        self.left -= len(content)
        if self.left < 0:
            return
        is_text = place.get("parse") == "text"
        inner = place.makeelement("div") if is_text else parse(content)
        if next(inner.iter("include"), None) is not None:
            return
        if is_text:
            inner.text = text_of(content).strip()
        else:
            _move_addresses(inner, unquote(address).rpartition("/")[0])
        inner.tail = place.tail
        parent.replace(place, inner)


def _move_addresses(root: _Element, folder: str) -> None:
    """Let a text say where its pictures lie as the file sees it that takes it in."""
    for each in root.iter():
        for name in _ADDRESSES:
            said = each.get(name) or ""
            if folder and said and ":" not in said and not said.startswith(("/", "#")):
                each.set(name, normpath(f"{folder}/{said}"))
