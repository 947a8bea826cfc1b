"""The bank's HTML as elements of QTI: what QTI has no tag for is written with those that it has."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.exchange.found import BLANK

UNDERLINED = "trainhub-underlined"
_TYPES = {"audio": "audio/mpeg", "video": "video/mp4"}


def lay(parent: _Element, markup: str) -> _Element:
    """Write well-formed markup into an element.

    Tables get the ``tbody`` that QTI asks for, sound and film become an ``object``, and what is underlined is
    emphasised with a class, for QTI 2 knows no other way.
    """
    told = etree.fromstring(f"<div>{markup}</div>", etree.XMLParser(resolve_entities=False, no_network=True))
    for table in list(told.iter("table")):
        rows = etree.Element("tbody")
        rows.extend(list(table))
        table.append(rows)
    for each in list(told.iter("u")):
        each.tag = "em"
        each.set("class", UNDERLINED)
    for each in list(told.iter("audio", "video")):
        said, where, tail = each.get("title") or "", each.get("src") or "", each.tail
        kind = _TYPES[str(each.tag)]
        each.clear()
        each.tag, each.tail, each.text = "object", tail, said
        each.set("data", where)
        each.set("type", kind)
    parent.text = told.text
    parent.extend(list(told))
    return parent


def ask_in(stem: _Element, name: str) -> None:
    """Put a field in the place of each blank of a text, wherever in its layout it stands."""
    for element in list(stem.iter()):
        first, *rest = (element.text or "").split(BLANK)
        element.text = first
        for place, piece in enumerate(rest):
            element.insert(place, _asked(piece))
        parent = element.getparent()
        if element is stem or parent is None:
            continue
        first, *rest = (element.tail or "").split(BLANK)
        element.tail = first
        for place, piece in enumerate(rest, start=parent.index(element) + 1):
            parent.insert(place, _asked(piece))
    for number, asked in enumerate(stem.iter("textEntryInteraction"), start=1):
        asked.set("responseIdentifier", name if number == 1 else f"{name}{number}")


def _asked(behind: str) -> _Element:
    asked = etree.Element("textEntryInteraction")
    asked.tail = behind
    return asked
