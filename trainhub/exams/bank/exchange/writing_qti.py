"""Items and cases as QTI 2.2 or 3.0: one file each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, Matching, Number, Rubric, Scene
from trainhub.exams.bank.exchange.areas import NO_SIZE
from trainhub.exams.bank.exchange.facts import MARK, facts_of, write_facts
from trainhub.exams.bank.exchange.found import BLANK
from trainhub.exams.bank.exchange.writing_layout import with_addresses
from trainhub.exams.bank.exchange.writing_qti_case import Case, stimulus_of
from trainhub.exams.bank.exchange.writing_qti_hazards import (
    facts_of_scene,
    name_hazards,
    select_points,
    size_of_scene,
)
from trainhub.exams.bank.exchange.writing_qti_keys import RESPONSE, declarations
from trainhub.exams.bank.exchange.writing_qti_layout import MATHML, ask_in, copy_formula, lay
from trainhub.exams.bank.exchange.writing_qti_marks import processing

VERSIONS = ("2.2", "3.0")
_SPACES = {
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_TEMPLATES = {
    "2.2": "http://www.imsglobal.org/question/qti_v2p2/rptemplates/",
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
}
_HTML = frozenset(
    "div p br span ul ol li strong em u sub sup table tbody tr th td img audio video object".split()
)
SOURCE_USE = "ext:source"
"""QTI 2.2 lets a rubric have any use; QTI 3 has three, and lets others begin with ``ext:``."""
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def write_stimulus(
    body: ItemBody, identifier: str, version: str, folder: str, facts: Mapping[str, str]
) -> bytes:
    """Return a case without its questions as a file; ``facts`` are what only we read of it."""
    if body.rich:
        body = with_addresses(body, lambda name: f"../{folder}/{name}")
    root = stimulus_of(body, identifier, facts)
    _say(_stem(root[0], body), body.stem, body.rich)
    return in_bytes(_named(root, version))


def write_item(
    kind: ItemType,
    body: ItemBody,
    identifier: str,
    version: str = "2.2",
    folder: str = "media",
    facts: Mapping[str, str] = MappingProxyType({}),
    case: Case | None = None,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """Return one item as a file.

    Args:
        kind: its type.
        body: what it says.
        identifier: of the item in its package.
        version: of QTI.
        folder: where its pictures, sound and films lie in the package.
        facts: what only we read of it, beside what the body says.
        case: on which it is a question.
        files: those that it shows, by their digests; a scene is measured.

    Raises:
        Invalid: QTI has no place for what it says.
    """
    if body.rich:
        body = with_addresses(body, lambda name: f"../{folder}/{name}")
    root = etree.Element("assessmentItem", identifier=identifier, title=identifier)
    root.set("label", write_facts(_facts(kind, body) | dict(facts)))
    root.set("adaptive", "false")
    root.set("timeDependent", "false")
    root.set("toolName", MARK)
    size = size_of_scene(body, body.detail, files) if isinstance(body.detail, Scene) else NO_SIZE
    for declaration in declarations(kind, body, size):
        root.append(declaration)
    etree.SubElement(root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    if body.explanation:
        etree.SubElement(
            root, "outcomeDeclaration", identifier="FEEDBACK", cardinality="single", baseType="identifier"
        )
    if case is not None:
        etree.SubElement(root, "assessmentStimulusRef", identifier=case.identifier, href=case.href)
    root.append(_item_body(kind, body))
    if isinstance(body.detail, Scene):
        root[-1].append(select_points(body, body.detail, size, folder, version == "3.0"))
    if kind is not ItemType.CONSTRUCTED:
        root.append(processing(kind, body, _TEMPLATES[version], ".xml" if version == "3.0" else ""))
    if body.explanation:
        root.append(_feedback(body))
    return in_bytes(_named(root, version))


def _facts(kind: ItemType, body: ItemBody) -> dict[str, str]:
    facts = facts_of(kind, body)
    match body.detail:
        case Number(tolerance=tolerance, units=units):
            facts["tolerance"] = str(tolerance)
            if units:
                facts["units"] = ",".join(f"{quote(each.name, safe='')}:{each.factor}" for each in units)
        case Scene():
            facts |= facts_of_scene(body.detail)
        case Blanks(blanks):
            for place, blank in enumerate(blanks):
                if blank.tolerance is not None:
                    facts[f"tolerance{place}"] = str(blank.tolerance)
    return facts


def _blanks(body: ItemBody) -> Sequence[object]:
    return body.detail.blanks if isinstance(body.detail, Blanks) else ()


def _say(parent: _Element, text: str, rich: bool = False) -> _Element:
    """Write a text into an element; the end of a line is a ``br``, of a rich one the markup is markup."""
    if rich:
        return lay(parent, text)
    first, *rest = text.split("\n")
    parent.text = first
    for line in rest:
        etree.SubElement(parent, "br").tail = line
    return parent


def _put_rubrics(inner: _Element, body: ItemBody) -> None:
    """Write what candidates do not see into a body: what earns points, and what the item rests on."""
    match body.detail:
        case Rubric(criteria) if criteria:
            block = etree.SubElement(inner, "rubricBlock", view="scorer", use="scoring")
            lines = etree.SubElement(block, "ul")
            for place, each in enumerate(criteria, start=1):
                _say(etree.SubElement(lines, "li", id=f"criterion{place}_{each.points}"), each.text)
        case Scene():
            name_hazards(inner, body.detail)
    if body.source_article:
        block = etree.SubElement(inner, "rubricBlock", view="author", use=SOURCE_USE)
        _say(etree.SubElement(block, "p", {"class": "source"}), body.source_article)


def _item_body(kind: ItemType, body: ItemBody) -> _Element:
    """Return the body of an item; what asks for marks on a picture is still missing in it."""
    inner = etree.Element("itemBody")
    _put_rubrics(inner, body)
    stem = _stem(inner, body)
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
    if not isinstance(body.detail, Scene):
        inner.append(_interaction(kind, body))
    return inner


def _stem(inner: _Element, body: ItemBody) -> _Element:
    return etree.SubElement(inner, "div" if body.rich else "p", {"class": "stem"})


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


def _feedback(body: ItemBody) -> _Element:
    feedback = etree.Element(
        "modalFeedback", outcomeIdentifier="FEEDBACK", identifier="explanation", showHide="hide"
    )
    shown = etree.SubElement(feedback, "div" if body.rich else "p", {"class": "explanation"})
    _say(shown, body.explanation, body.rich)
    return feedback


def _named(root: _Element, version: str) -> _Element:
    """Return a tree in the namespace of a version, with the names that it uses."""
    space = _SPACES[version]
    if version == "3.0":
        _wrap(root)
    target = etree.Element(f"{{{space}}}{_tag(str(root.tag), version)}", nsmap={None: space})
    _copy(root, target, space, version)
    return target


def _wrap(root: _Element) -> None:
    """Give rubrics and feedback the body that QTI 3 asks for."""
    for each in list(root.iter("rubricBlock", "modalFeedback")):
        inner = etree.Element("contentBody")
        inner.extend(list(each))
        each.append(inner)


def _copy(source: _Element, target: _Element, space: str, version: str) -> None:
    for name, value in source.attrib.items():
        html = str(source.tag) in _HTML or version == "2.2"
        target.set(str(name) if html else _CAPITAL.sub("-", str(name)).lower(), str(value))
    target.text, target.tail = source.text, source.tail
    for child in source:
        if child.tag == "math":
            copy_formula(child, etree.SubElement(target, f"{{{MATHML}}}math", nsmap={None: MATHML}))
            continue
        _copy(child, etree.SubElement(target, f"{{{space}}}{_tag(str(child.tag), version)}"), space, version)


def _tag(name: str, version: str) -> str:
    if version == "2.2" or name in _HTML:
        return name
    return "qti-" + _CAPITAL.sub("-", name).lower()


def in_bytes(root: _Element) -> bytes:
    """Return a tree as a file."""
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
