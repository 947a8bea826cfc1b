"""Excel workbooks: their rows as ever, and which of them pictures stand in."""

from __future__ import annotations

import posixpath
import tempfile
from dataclasses import replace
from pathlib import Path

from lxml.etree import _Element

from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package, opened
from trainhub.exams.bank.exchange.word import held_for_pictures
from trainhub.exams.bank.reading.workbook import ParsedFile, read_workbook
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _


def read_excel(content: bytes) -> ParsedFile:
    """Read a workbook; a row in which a picture stands is held, for the question may rest on it.

    Raises:
        Invalid: it cannot be read, or no sheet has a header of questions.
    """
    with opened(content) as package:
        places = _pictures(package)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as clear:
        clear.write(content)
        clear.flush()
        parsed = read_workbook(Path(clear.name))
    known = {row.where for row in parsed.rows}
    rows = tuple(held_for_pictures(row) if row.where in places else row for row in parsed.rows)
    stray = [place for place in places if place not in known]
    warnings = [(place, _("A picture stands beside no question and was left aside.")) for place in stray]
    return replace(parsed, rows=rows, warnings=(*parsed.warnings, *warnings))


def _pictures(package: Package) -> list[str]:
    """Return the rows in which pictures stand, such as ``Sheet1!5``."""
    found: list[str] = []
    for name, sheet in _sheets(package).items():
        for target in _related(package, sheet, "/drawing"):
            found += [f"{name}!{row + 1}" for row in _anchors(package, target)]
    return list(dict.fromkeys(found))


def _root(package: Package, name: str) -> _Element | None:
    try:
        return parse(package.read(name)) if name in package else None
    except Invalid:
        return None


def _related(package: Package, part: str, kind: str) -> list[str]:
    folder, _slash, name = part.rpartition("/")
    relations = _root(package, f"{folder}/_rels/{name}.rels")
    if relations is None:
        return []
    return [
        posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
        if not target.startswith("/")
        else target[1:]
        for each in relations
        if (each.get("Type") or "").endswith(kind) and (target := each.get("Target") or "")
    ]


def _sheets(package: Package) -> dict[str, str]:
    """Return the part of each sheet by its name."""
    workbook = _root(package, "xl/workbook.xml")
    relations = _root(package, "xl/_rels/workbook.xml.rels")
    if workbook is None or relations is None:
        return {}
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    found = {}
    for sheet in workbook.iter("sheet"):
        target = targets.get(sheet.get("id"), "")
        found[sheet.get("name") or ""] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _anchors(package: Package, drawing: str) -> list[int]:
    root = _root(package, drawing)
    rows = []
    for anchor in [] if root is None else root:
        said = anchor.findtext("from/row") or ""
        if next(anchor.iter("blip"), None) is not None and said.isdecimal():
            rows.append(int(said))
    return rows
