"""The bank's HTML as elements of QTI: what QTI has no tag for is written with those that it has."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.exchange.carrying_formulas import to_mathml
from trainhub.exams.bank.exchange.found import BLANK
from trainhub.exams.bank.formulas.mathml import SPACE as MATHML
from trainhub.exams.bank.rich.nodes import BLOCKS
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

__all__ = ["MATHML", "UNDERLINED", "ask_in", "copy_formula", "lay"]

UNDERLINED = "trainhub-underlined"
_TYPES = {
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "mp4": "mp4", "webm": "webm",
}  # fmt: skip
_LINES_ALONE = ("p", "strong", "em", "u", "sub", "sup")
"""Tags in which QTI takes words and pictures, but no blocks."""


def lay(parent: _Element, markup: str) -> _Element:
    """Write well-formed markup into an element.

    Tables get the ``tbody`` that QTI asks for, sound and film become an ``object``, and what is underlined is
    emphasised with a class, for QTI 2 knows no other way. Formulas become MathML.

    Raises:
        Invalid: a block stands where QTI has no place for one.
    """
    told = etree.fromstring(f"<div>{markup}</div>", etree.XMLParser(resolve_entities=False, no_network=True))
    for each in told.iter(*_LINES_ALONE):
        if any(child.tag in BLOCKS for child in each):
            raise Invalid(_("A paragraph, list or table stands inside of a line; QTI has no place for it."))
    for table in list(told.iter("table")):
        rows = etree.Element("tbody")
        rows.extend(list(table))
        table.append(rows)
    for each in list(told.iter("u")):
        each.tag = "em"
        each.set("class", UNDERLINED)
    for each in list(told.iter("audio", "video")):
        said, where, tail = each.get("title") or "", each.get("src") or "", each.tail
        kind = _kind(str(each.tag), where)
        each.clear()
        each.tag, each.tail, each.text = "object", tail, said
        each.set("data", where)
        each.set("type", kind)
    to_mathml(told)
    parent.text = told.text
    parent.extend(list(told))
    return parent


def _kind(tag: str, where: str) -> str:
    """Return the type of a sound or film by the ending of its name, which is of our making."""
    kind = _TYPES.get(where.rpartition(".")[2], "mp4")
    return kind if "/" in kind else f"{tag}/{kind}"


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


def copy_formula(source: _Element, target: _Element) -> None:
    """Copy MathML into its own namespace; both versions write it alike."""
    target.attrib.update(source.attrib)
    target.text, target.tail = source.text, source.tail
    for child in source:
        copy_formula(child, etree.SubElement(target, f"{{{MATHML}}}{child.tag!s}"))
