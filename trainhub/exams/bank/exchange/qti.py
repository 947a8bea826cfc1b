"""QTI of every version, as a single file or as a package."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from lxml.etree import _Element

from trainhub.exams.bank.exchange.carrying import Files, no_files
from trainhub.exams.bank.exchange.found import numbered, rejected
from trainhub.exams.bank.exchange.limits import require_few, require_markup
from trainhub.exams.bank.exchange.markup import MAX_ELEMENTS, parse, root_name
from trainhub.exams.bank.exchange.packages import Package, opened
from trainhub.exams.bank.exchange.qti_1 import read_items
from trainhub.exams.bank.exchange.qti_2 import ITEM, read_item
from trainhub.exams.bank.exchange.qti_cases import (
    REFERENCE,
    SECTIONS,
    STIMULUS,
    Cases,
    File,
    shared_texts,
    without_its_case,
)
from trainhub.exams.bank.exchange.qti_files import beside, part
from trainhub.exams.bank.exchange.qti_includes import Includes
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

OLD = "questestinterop"
_MOST_ELEMENTS = 80_000
"""Of a file with one item, a test or a manifest: forty for each part that a package may have."""
MANIFEST = "imsmanifest.xml"
ROOTS = frozenset({OLD, ITEM, *SECTIONS, STIMULUS, "manifest"})
_MARKUP = (".xml", ".qti", ".dat")
"""Blackboard calls the files of its pools ``.dat``; only those that are QTI inside are read."""


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
        require_few(sum(1 for _item in root.iter("item")))
        return list(read_items(root, place, files))
    if root.tag == ITEM:
        row = read_item(root, alone or f"line {root.sourceline}", files)
        if root.find(REFERENCE) is None:
            return [row]
        return [without_its_case(row, _("The text on which the question rests stands in another file."))]
    return []


def _read_package(package: Package) -> ParsedFile:
    warnings: list[tuple[str, str]] = []
    found: list[File | Row] = []
    includes, items, size = Includes(package), 0, 0
    for name in package.names:
        if not name.lower().endswith(_MARKUP) or name.rpartition("/")[2].startswith("._"):
            continue
        try:
            content = package.read(name)
            told = root_name(content)
            if told not in ROOTS:
                continue
            root = parse(content, MAX_ELEMENTS if told == OLD else _MOST_ELEMENTS)
        except Invalid as problem:
            found.append(rejected(name, str(problem)))
            continue
        size += len(content)
        require_markup(size)
        if root.tag == "manifest":
            warnings += _missing(root, name, package)
        if root.tag == ITEM:
            includes.put(root, name)
        if root.tag in SECTIONS:
            found += _absent(root, name, package)
        items += sum(1 for _item in root.iter("item"))
        require_few(items)
        found.append(File(name, root, partial(part, package, name.rpartition("/")[0])))
    cases = _cases([each for each in found if isinstance(each, File)])
    warnings += [(name, _("No question refers to this text; it is left away.")) for name in cases.unused()]
    return ParsedFile(numbered(_rows(found, cases)), tuple(warnings))


def _absent(test: _Element, name: str, package: Package) -> list[Row]:
    """Return a row for each question that a test names and the package does not hold."""
    return [
        rejected(
            f"{name} line {each.sourceline}",
            _("The package names “%(file)s”, but does not hold it.", file=href[:100]),
        )
        for each in test.iter("assessmentItemRef")
        if (href := (each.get("href") or "").strip()) and beside(name, href) not in package
    ]


def _cases(files: list[File]) -> Cases:
    """Return the texts to which questions refer, and which questions those are."""
    cases = Cases({file.name: file for file in files if file.root.tag == STIMULUS})
    texts = _shared_by_sections(files, cases)
    for file in files:
        references = file.root.findall(REFERENCE) if file.root.tag == ITEM else []
        if len(references) == 1:
            address = beside(file.name, references[0].get("href") or "")
            cases.questions.setdefault(address, []).append(file)
        elif not references and file.name in texts:
            cases.questions.setdefault(texts[file.name], []).append(file)
    return cases


def _shared_by_sections(files: list[File], cases: Cases) -> dict[str, str]:
    """Add the texts that sections share; return the text of each question that has one in this way."""
    texts: dict[str, str] = {}
    for file in files:
        shared = list(shared_texts(file.root)) if file.root.tag in SECTIONS else []
        for number, (block, addresses) in enumerate(shared, start=1):
            name = file.name if number == 1 else f"{file.name} #{number}"
            cases.stimuli[name] = File(name, block, file.files)
            texts |= {beside(file.name, each): name for each in addresses}
    return texts


def _rows(found: Iterable[File | Row], cases: Cases) -> Iterable[Row]:
    """Yield the rows of a package; a case stands where its first question stood."""
    told: set[str] = set()
    of_cases = {file.name: name for name, files in cases.questions.items() for file in files}
    for each in found:
        if isinstance(each, Row):
            yield each
        elif each.name not in of_cases:
            yield from _read_root(each.root, f"{each.name} ", each.name, each.files)
        elif of_cases[each.name] not in told:
            told.add(of_cases[each.name])
            yield from cases.rows(of_cases[each.name])


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
        if not any(each in package for each in (href, f"{folder}/{href}".lstrip("/"), beside(name, href)))
    ]
