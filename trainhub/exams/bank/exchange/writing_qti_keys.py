"""What counts as right in items of QTI: the declarations of their responses."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import Credit, ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, Number, Rubric, Scene
from trainhub.exams.bank.exchange.areas import NO_SIZE, Size
from trainhub.exams.bank.exchange.writing_qti_hazards import map_areas

RESPONSE = "RESPONSE"


def _declaration(number: int, cardinality: str, base: str, values: Sequence[str]) -> _Element:
    name = RESPONSE if number == 0 else f"{RESPONSE}{number + 1}"
    declaration = etree.Element(
        "responseDeclaration", identifier=name, cardinality=cardinality, baseType=base
    )
    if values:
        correct = etree.SubElement(declaration, "correctResponse")
        for value in values:
            etree.SubElement(correct, "value").text = value
    return declaration


_CARDINALITIES = {
    ItemType.TRUE_FALSE: ("single", "identifier"),
    ItemType.SINGLE: ("single", "identifier"),
    ItemType.MULTIPLE: ("multiple", "identifier"),
    ItemType.ORDERING: ("ordered", "identifier"),
    ItemType.MATCHING: ("multiple", "directedPair"),
}


def declarations(kind: ItemType, body: ItemBody, size: Size = NO_SIZE) -> list[_Element]:
    """Return the declarations of an item's responses, each with its key.

    Args:
        kind: type of the item.
        body: what it says.
        size: of the picture in which hazards are.
    """
    match body.detail:
        case Blanks(blanks):
            found = []
            for place, blank in enumerate(blanks):
                declaration = _declaration(place, "single", "string", blank.accepted[:1])
                _map(declaration, dict.fromkeys(blank.accepted, 1.0), blank.case_sensitive)
                found.append(declaration)
            return found
        case Number(value):
            return [_declaration(0, "single", "float", [str(value)])]
        case Rubric(model=model):
            return [_declaration(0, "single", "string", [model] if model else [])]
        case Scene():
            marked = _declaration(0, "single" if body.detail.most_marks == 1 else "multiple", "point", [])
            map_areas(marked, body.detail, size)
            return [marked]
    if kind not in _CARDINALITIES:
        return []
    declaration = _declaration(0, *_CARDINALITIES[kind], _values(kind, body))
    if kind is ItemType.MULTIPLE and body.credit is Credit.PARTIAL:
        _map(declaration, dict.fromkeys(body.answer, 1.0))
    return [declaration]


def _values(kind: ItemType, body: ItemBody) -> Sequence[str]:
    if kind is ItemType.TRUE_FALSE:
        return ["true" if body.answer == ("T",) else "false"]
    return [f"{pair[0]} M{pair[1:]}" for pair in body.answer] if kind is ItemType.MATCHING else body.answer


def _map(declaration: _Element, earned: dict[str, float], is_exact: bool = True) -> None:
    mapping = etree.SubElement(declaration, "mapping", defaultValue="0")
    for key, marks in earned.items():
        entry = etree.SubElement(mapping, "mapEntry", mapKey=key, mappedValue=f"{marks:g}")
        entry.set("caseSensitive", "true" if is_exact else "false")
