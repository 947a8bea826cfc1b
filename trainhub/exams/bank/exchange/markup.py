"""XML of strangers: no entities, no document types, nothing fetched, no more of it than people write."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from lxml import etree

from trainhub.exams.bank.exchange.encodings import markup_of
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

MAX_ELEMENTS = 300_000
MAX_DEPTH = 100
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_WORDS = re.compile(r"(?<=[a-z0-9])-([a-z0-9])")


def parse(content: bytes, most: int = MAX_ELEMENTS) -> etree._Element:
    """Return the root of an XML file with plain names: no namespaces, QTI 3's names as those of QTI 2.

    Args:
        content: the file.
        most: how many elements it may have.

    Raises:
        Invalid: it is not well-formed, declares entities, or is unreasonably large or deep.
    """
    clean = _inspected(_undeclared(content), most)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(clean, parser)
    except etree.XMLSyntaxError as problem:
        raise _broken(getattr(problem, "lineno", 0) or 0) from problem
    for element in root.iter():
        _rename(element)
    return root


def root_name(content: bytes) -> str:
    """Return the plain name of the outermost element of an XML file, empty if there is none.

    Raises:
        Invalid: it begins like one, but its text cannot be read.
    """
    try:
        text = markup_of(content)
    except Invalid:
        if content.lstrip().startswith(b"<"):
            raise
        return ""
    bare = re.sub(r"<!--.*?-->|<\?.*?\?>", "", text[:20_000], flags=re.DOTALL)
    found = re.search(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)", bare)
    return _plain(found.group(1)) if found else ""


def _undeclared(content: bytes) -> bytes:
    """Return a file in UTF-8 without its declaration."""
    text = markup_of(content).lstrip("\ufeff")
    return _DECLARATION.sub(lambda found: "\n" * found.group().count("\n"), text, count=1).encode()


def _inspected(content: bytes, most: int) -> bytes:
    """Walk through a file without building anything; return it with its document type blanked out."""
    parser = expat.ParserCreate(encoding="utf-8")
    depth = count = 0
    bounds = [0, 0]

    def begin(_name: str, _attributes: Any) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if count > most or depth > MAX_DEPTH:
            raise Invalid(_("The file has more elements than a file of questions needs; it was not read."))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_anything: Any) -> int:
        raise Invalid(_("The file declares XML entities, which no file of questions needs; it was not read."))

    def doctype_begins(*_anything: Any) -> None:
        bounds[0] = max(0, content.rfind(b"<!DOCTYPE", 0, parser.CurrentByteIndex + 9))

    def doctype_ends() -> None:
        bounds[1] = content.find(b">", parser.CurrentByteIndex) + 1

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = entity
    parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = entity
    parser.StartDoctypeDeclHandler, parser.EndDoctypeDeclHandler = doctype_begins, doctype_ends
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise _broken(problem.lineno) from problem
    return _blanked(content, bounds[0], bounds[1])


def _blanked(content: bytes, begin: int, end: int) -> bytes:
    """Return a file with spaces for its document type, whose lines stay."""
    if not end:
        return content
    kept = bytes(each if each == 10 else 32 for each in content[begin:end])
    return content[:begin] + kept + content[end:]


def _broken(line: int) -> Invalid:
    return Invalid(_("The XML of the file is broken at line %(line)s.", line=line))


def _rename(element: etree._Element) -> None:
    own_name = etree.QName(element).localname
    element.tag = _plain(own_name)
    for name, value in list(element.attrib.items()):
        plain = str(name).rpartition("}")[2]
        if not plain.startswith(("data-", "aria-")):
            plain = _WORDS.sub(lambda found: found.group(1).upper(), plain)
        if plain != name:
            del element.attrib[name]
            element.set(plain, value)
    if own_name == "qti-map-entry" and element.get("caseSensitive") is None:
        # What is not said means another thing in QTI 3.0 than before, and from here on both have one name.
        element.set("caseSensitive", "false")


def _plain(name: str) -> str:
    if not name.startswith("qti-"):
        return name
    return _WORDS.sub(lambda found: found.group(1).upper(), name.removeprefix("qti-"))
