"""How another program is to mark an item of QTI: by a template where one fits, else written out."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import Credit, ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, Number, Scene

RESPONSE = "RESPONSE"


def processing(kind: ItemType, body: ItemBody, templates: str, ending: str) -> _Element:
    """Return the response processing of an item.

    Args:
        kind: type of the item.
        body: what it says.
        templates: address of the templates of the version.
        ending: of their names.
    """
    match body.detail:
        case Number(tolerance=tolerance):
            return _near(str(tolerance))
        case Blanks(blanks) if len(blanks) > 1:
            return _sum(len(blanks))
        case Blanks():
            name = "map_response"
        case Scene():
            name = "map_response_point"
        case _:
            name = "map_response" if body.credit is Credit.PARTIAL else "match_correct"
    return etree.Element("responseProcessing", template=f"{templates}{name}{ending}")


def _near(tolerance: str) -> _Element:
    """Return the mark of a number that may be off by a tolerance."""
    root = etree.Element("responseProcessing")
    when = etree.SubElement(etree.SubElement(root, "responseCondition"), "responseIf")
    equal = etree.SubElement(when, "equal", toleranceMode="absolute", tolerance=f"{tolerance} {tolerance}")
    etree.SubElement(equal, "variable", identifier=RESPONSE)
    etree.SubElement(equal, "correct", identifier=RESPONSE)
    outcome = etree.SubElement(when, "setOutcomeValue", identifier="SCORE")
    etree.SubElement(outcome, "baseValue", baseType="float").text = "1"
    return root


def _sum(count: int) -> _Element:
    """Return the marks of several blanks, added up."""
    root = etree.Element("responseProcessing")
    total = etree.SubElement(etree.SubElement(root, "setOutcomeValue", identifier="SCORE"), "sum")
    for place in range(count):
        name = RESPONSE if place == 0 else f"{RESPONSE}{place + 1}"
        etree.SubElement(total, "mapResponse", identifier=name)
    return root
