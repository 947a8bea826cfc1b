"""QTI of every version, as a single file or as a package."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from posixpath import normpath
from urllib.parse import unquote

from lxml.etree import _Element

from trainhub.exams.bank.exchange.carrying import Files, no_files
from trainhub.exams.bank.exchange.found import numbered, rejected
from trainhub.exams.bank.exchange.markup import parse, root_name
from trainhub.exams.bank.exchange.packages import Package, opened
from trainhub.exams.bank.exchange.qti_1 import read_items
from trainhub.exams.bank.exchange.qti_2 import ITEM, read_item
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

OLD = "questestinterop"
MANIFEST = "imsmanifest.xml"
ROOTS = frozenset({OLD, ITEM, "assessmentTest", "assessmentSection", "assessmentStimulus", "manifest"})
_MARKUP = (".xml", ".qti")


def read_qti(content: bytes) -> ParsedFile:
    """Read a file or package of QTI.

    Raises:
        Invalid: it cannot be read, or holds no question.
    """
    if content.startswith(b"PK"):
        with opened(content) as package:
            parsed = _read_package(package)
    else:
        parsed = ParsedFile(numbered(_read_root(parse(content), "", "")), ())
    if not parsed.rows:
        raise Invalid(_("The file holds no question; it may only describe a test or a package."))
    return parsed


def _read_root(root: _Element, place: str, alone: str, files: Files = no_files) -> Iterable[Row]:
    """Return the rows of one file.

    Args:
        root: its outermost element.
        place: its name and a space, for files with many items.
        alone: its name, for a file that is one item.
        files: what the package holds beside it.
    """
    if root.tag == OLD:
        return list(read_items(root, place, files))
    if root.tag == ITEM:
        return [read_item(root, alone or f"line {root.sourceline}", files)]
    return []


def _read_package(package: Package) -> ParsedFile:
    rows: list[Row] = []
    warnings: list[tuple[str, str]] = []
    for name in package.names:
        if not name.lower().endswith(_MARKUP) or name.rpartition("/")[2].startswith("._"):
            continue
        try:
            content = package.read(name)
        except Invalid as problem:
            rows.append(rejected(name, str(problem)))
            continue
        if root_name(content) not in (OLD, ITEM, "manifest"):
            continue
        try:
            root = parse(content)
        except Invalid as problem:
            rows.append(rejected(name, str(problem)))
            continue
        if root.tag == "manifest":
            warnings += _missing(root, name, package)
        rows += _read_root(root, f"{name} ", name, partial(_part, package, name.rpartition("/")[0]))
    return ParsedFile(numbered(rows), tuple(warnings))


def _part(package: Package, folder: str, named: str) -> bytes | None:
    """Return a file of a package by the name that an item in a folder uses."""
    plain = unquote(named.partition("?")[0].partition("#")[0])
    if "://" in plain or plain.startswith(("/", "data:")):
        return None
    found = next(
        (each for each in (normpath(f"{folder}/{plain}".lstrip("/")), normpath(plain)) if each in package),
        None,
    )
    return None if found is None else package.read(found)


def _missing(manifest: _Element, name: str, package: Package) -> list[tuple[str, str]]:
    """Name the files that a manifest speaks of and the package does not hold."""
    folder = name.rpartition("/")[0]
    said = dict.fromkeys(
        href for each in manifest.iter("resource", "file") if (href := (each.get("href") or "").strip())
    )
    inside = [href for href in said if "://" not in href]
    return [
        (name, _("The package names “%(file)s”, but does not hold it.", file=href[:100]))
        for href in inside
        if href not in package and f"{folder}/{href}".lstrip("/") not in package
    ]
