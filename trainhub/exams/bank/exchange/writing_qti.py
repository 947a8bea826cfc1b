"""Items as QTI 2.2 or 3.0: a package with one file an item and a manifest."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import Credit, ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, Matching, Number, Rubric
from trainhub.exams.bank.exchange.facts import MARK, facts_of, write_facts
from trainhub.exams.bank.exchange.found import BLANK
from trainhub.exams.bank.exchange.writing_layout import with_addresses
from trainhub.exams.bank.exchange.writing_qti_layout import ask_in, lay
from trainhub.exams.bank.exchange.writing_qti_marks import processing

VERSIONS = ("2.2", "3.0")
_SPACES = {
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_KINDS = {"2.2": "imsqti_item_xmlv2p2", "3.0": "imsqti_item_xmlv3p0"}
_SCHEMAS = {"2.2": "QTIv2.2 Package", "3.0": "QTI Package"}
_MANIFESTS = {
    "2.2": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "3.0": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
}
_TEMPLATES = {
    "2.2": "http://www.imsglobal.org/question/qti_v2p2/rptemplates/",
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
}
_HTML = frozenset(
    "div p br span ul ol li strong em u sub sup table tbody tr th td img audio video object".split()
)
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
RESPONSE = "RESPONSE"

Pair = tuple[ItemType, ItemBody]


def write_package(
    items: Sequence[Pair], version: str = "2.2", files: Mapping[str, bytes] = MappingProxyType({})
) -> bytes:
    """Return items as a package."""
    manifest = etree.Element("manifest", identifier="manifest", nsmap={None: _MANIFESTS[version]})
    metadata = etree.SubElement(manifest, "metadata")
    etree.SubElement(metadata, "schema").text = _SCHEMAS[version]
    etree.SubElement(metadata, "schemaversion").text = "2.2.0" if version == "2.2" else "3.0.0"
    etree.SubElement(manifest, "organizations")
    resources = etree.SubElement(manifest, "resources")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (kind, body) in enumerate(items, start=1):
            name = f"items/item{number:05d}.xml"
            resource = etree.SubElement(
                resources, "resource", identifier=f"item{number:05d}", type=_KINDS[version], href=name
            )
            etree.SubElement(resource, "file", href=name)
            folder = f"media{number:05d}"
            package.writestr(name, write_item(kind, body, f"item{number:05d}", version, folder))
            for medium in body.media if body.rich else ():
                etree.SubElement(resource, "file", href=f"{folder}/{medium.name}")
                package.writestr(f"{folder}/{medium.name}", files[medium.digest])
        package.writestr("imsmanifest.xml", _bytes(manifest))
    return target.getvalue()


def write_item(
    kind: ItemType, body: ItemBody, identifier: str, version: str = "2.2", folder: str = "media"
) -> bytes:
    """Return one item as a file; ``folder`` is where its pictures, sound and films lie in the package."""
    if body.rich:
        body = with_addresses(body, lambda name: f"../{folder}/{name}")
    root = etree.Element("assessmentItem", identifier=identifier, title=identifier)
    root.set("label", write_facts(_facts(kind, body)))
    root.set("adaptive", "false")
    root.set("timeDependent", "false")
    root.set("toolName", MARK)
    for declaration in _declarations(kind, body):
        root.append(declaration)
    etree.SubElement(root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    if body.explanation:
        etree.SubElement(
            root, "outcomeDeclaration", identifier="FEEDBACK", cardinality="single", baseType="identifier"
        )
    root.append(_item_body(kind, body))
    if kind is not ItemType.CONSTRUCTED:
        root.append(processing(kind, body, _TEMPLATES[version], ".xml" if version == "3.0" else ""))
    if body.explanation:
        root.append(_feedback(body, version))
    return _bytes(_named(root, version))


def _facts(kind: ItemType, body: ItemBody) -> dict[str, str]:
    facts = facts_of(kind, body)
    match body.detail:
        case Number(tolerance=tolerance):
            facts["tolerance"] = str(tolerance)
        case Blanks(blanks):
            for place, blank in enumerate(blanks):
                if blank.tolerance is not None:
                    facts[f"tolerance{place}"] = str(blank.tolerance)
    return facts


def _blanks(body: ItemBody) -> Sequence[object]:
    return body.detail.blanks if isinstance(body.detail, Blanks) else ()


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


def _declarations(kind: ItemType, body: ItemBody) -> list[_Element]:
    match body.detail:
        case Blanks(blanks):
            found = []
            for place, blank in enumerate(blanks):
                declaration = _declaration(place, "single", "string", blank.accepted[:1])
                _map(declaration, dict.fromkeys(blank.accepted, 1.0))
                found.append(declaration)
            return found
        case Number(value):
            return [_declaration(0, "single", "float", [str(value)])]
        case Rubric(model=model):
            return [_declaration(0, "single", "string", [model] if model else [])]
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


def _map(declaration: _Element, earned: dict[str, float]) -> None:
    mapping = etree.SubElement(declaration, "mapping", defaultValue="0")
    for key, marks in earned.items():
        etree.SubElement(mapping, "mapEntry", mapKey=key, mappedValue=f"{marks:g}")


def _say(parent: _Element, text: str, rich: bool = False) -> _Element:
    """Write a text into an element; the end of a line is a ``br``, of a rich one the markup is markup."""
    if rich:
        return lay(parent, text)
    first, *rest = text.split("\n")
    parent.text = first
    for line in rest:
        etree.SubElement(parent, "br").tail = line
    return parent


def _item_body(kind: ItemType, body: ItemBody) -> _Element:
    inner = etree.Element("itemBody")
    match body.detail:
        case Rubric(criteria) if criteria:
            block = etree.SubElement(inner, "rubricBlock", view="scorer", use="scoring")
            lines = etree.SubElement(block, "ul")
            for place, each in enumerate(criteria, start=1):
                _say(etree.SubElement(lines, "li", id=f"criterion{place}_{each.points}"), each.text)
    if body.source_article:
        block = etree.SubElement(inner, "rubricBlock", view="author", use="ext:source")
        _say(etree.SubElement(block, "p", {"class": "source"}), body.source_article)
    stem = etree.SubElement(inner, "div" if body.rich else "p", {"class": "stem"})
    if kind is ItemType.FILL_IN:
        if body.rich:
            ask_in(lay(stem, body.stem), RESPONSE)
        else:
            _say_with_blanks(stem, body.stem, len(_blanks(body)))
        return inner
    _say(stem, body.stem, body.rich)
    if isinstance(body.detail, Number):
        line = etree.SubElement(inner, "p")
        etree.SubElement(line, "textEntryInteraction", responseIdentifier=RESPONSE)
        unit = etree.SubElement(line, "span", {"class": "unit"})
        unit.text = body.detail.unit
        return inner
    inner.append(_interaction(kind, body))
    return inner


def _say_with_blanks(stem: _Element, text: str, count: int) -> None:
    """Write a text whose first blanks are asked for."""
    pieces = text.split(BLANK, count)
    _say(stem, pieces[0])
    for place, piece in enumerate(pieces[1:]):
        name = RESPONSE if place == 0 else f"{RESPONSE}{place + 1}"
        last = etree.SubElement(stem, "textEntryInteraction", responseIdentifier=name)
        first, *rest = piece.split("\n")
        last.tail = first
        for line in rest:
            etree.SubElement(stem, "br").tail = line


def _interaction(kind: ItemType, body: ItemBody) -> _Element:
    if kind is ItemType.CONSTRUCTED:
        return etree.Element("extendedTextInteraction", responseIdentifier=RESPONSE)
    if kind is ItemType.MATCHING and isinstance(body.detail, Matching):
        asked = etree.Element(
            "matchInteraction", responseIdentifier=RESPONSE, shuffle="true", maxAssociations="0"
        )
        left, right = etree.SubElement(asked, "simpleMatchSet"), etree.SubElement(asked, "simpleMatchSet")
        for option in body.options:
            _say(
                etree.SubElement(left, "simpleAssociableChoice", identifier=option.key, matchMax="0"),
                option.text,
                body.rich,
            )
        for target in body.detail.targets:
            _say(
                etree.SubElement(right, "simpleAssociableChoice", identifier=f"M{target.key}", matchMax="0"),
                target.text,
                body.rich,
            )
        return asked
    if kind is ItemType.ORDERING:
        asked = etree.Element("orderInteraction", responseIdentifier=RESPONSE, shuffle="true")
    else:
        most = "0" if kind is ItemType.MULTIPLE else "1"
        asked = etree.Element(
            "choiceInteraction", responseIdentifier=RESPONSE, shuffle="true", maxChoices=most
        )
    options = [(option.key, option.text) for option in body.options]
    for key, text in options or [("true", "正确"), ("false", "错误")]:
        _say(etree.SubElement(asked, "simpleChoice", identifier=key), text, body.rich)
    return asked


def _feedback(body: ItemBody, version: str) -> _Element:
    feedback = etree.Element(
        "modalFeedback", outcomeIdentifier="FEEDBACK", identifier="explanation", showHide="hide"
    )
    holder = etree.SubElement(feedback, "contentBody") if version == "3.0" else feedback
    shown = etree.SubElement(holder, "div" if body.rich else "p", {"class": "explanation"})
    _say(shown, body.explanation, body.rich)
    return feedback


def _named(root: _Element, version: str) -> _Element:
    """Return a tree in the namespace of a version, with the names that it uses."""
    space = _SPACES[version]
    target = etree.Element(f"{{{space}}}{_tag(str(root.tag), version)}", nsmap={None: space})
    _copy(root, target, space, version)
    return target


def _copy(source: _Element, target: _Element, space: str, version: str) -> None:
    for name, value in source.attrib.items():
        html = str(source.tag) in _HTML or version == "2.2"
        target.set(str(name) if html else _CAPITAL.sub("-", str(name)).lower(), str(value))
    target.text, target.tail = source.text, source.tail
    for child in source:
        _copy(child, etree.SubElement(target, f"{{{space}}}{_tag(str(child.tag), version)}"), space, version)


def _tag(name: str, version: str) -> str:
    if version == "2.2" or name in _HTML:
        return name
    return "qti-" + _CAPITAL.sub("-", name).lower()


def _bytes(root: _Element) -> bytes:
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
