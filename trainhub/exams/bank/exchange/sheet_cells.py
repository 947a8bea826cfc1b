"""What a workbook's cells hold beside plain text: raised and lowered letters, pictures in the cell itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.exchange.encodings import tidy
from trainhub.exams.bank.exchange.inline import moved, own_signs_away, picture
from trainhub.exams.bank.exchange.limits import MOST_RICH_RUNS
from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package
from trainhub.exams.bank.exchange.parts import part_of, targets_of
from trainhub.exams.bank.exchange.showing_pictures import Shown
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import MAX_PART as LARGEST_PART
from trainhub.kernel.workbooks import Sheet

_SHIFTED, _ENDS = b"vertAlign", (b"si>", b"is>")
_LONGEST = 50_000
"""Bytes of a string before and after what is raised in it."""
_SHIFTS = {"superscript": "sup", "subscript": "sub"}
_IN_CELL = re.compile(r"""=?(?:_xlfn\.)?DISPIMG\(\s*["']([^"']{1,80})["'].*""", re.IGNORECASE)
_PICTURES = "xl/cellimages.xml"


def settled(sheet: Sheet, told: Mapping[str, str], pictures: Mapping[str, Shown]) -> Sheet:
    """Return a sheet whose cells say what is raised, lowered or shown in them.

    Args:
        sheet: as it was read.
        told: what cells with raised or lowered letters say, by their letters alone.
        pictures: those that stand in cells, by the names that formulas have for them.
    """
    return replace(
        sheet, rows=[[tidy(_cell(each, told, pictures)) for each in cells] for cells in sheet.rows]
    )


def _cell(text: str, told: Mapping[str, str], pictures: Mapping[str, Shown]) -> str:
    text = own_signs_away(text)
    shown = _IN_CELL.fullmatch(text.strip()) if "DISPIMG" in text.upper() else None
    if shown is not None:
        return picture(pictures.get(shown[1], Shown(shown[1], None)))
    return told.get(text.strip(), text)


def shifted_texts(package: Package) -> dict[str, str]:
    """Return the texts of cells in which letters are raised or lowered, by their letters alone.

    Raises:
        Invalid: there are more than people write.

    They are found by looking around each raised letter: a pattern would take hours where no string ends.
    """
    found: dict[str, str] = {}
    count = 0
    for name in package.names:
        if name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/sheet"):
            content = package.read(name, LARGEST_PART)
            count += content.count(_SHIFTED)
            if count > MOST_RICH_RUNS:
                raise Invalid(_("The file has more layout than its questions need. Divide it."))
            found |= dict(_strings(content))
    return found


def _strings(content: bytes) -> Iterator[tuple[str, str]]:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    end = 0
    while (at := content.find(_SHIFTED, end)) >= 0:
        begin = max(content.rfind(sign, max(end, at - _LONGEST), at) for sign in _ENDS)
        after = [place for sign in _ENDS if (place := content.find(sign, at, at + _LONGEST)) >= 0]
        end = min(after, default=at + _LONGEST)
        if begin < 0 or not after:
            continue
        inner = content[begin + 3 : content.rfind(b"<", begin, end)]
        root = etree.fromstring(b"<s>" + inner + b"</s>", parser)
        runs = [(_text(run), _shift(run)) for run in root if _name(run) == "r"]
        flat = "".join(text for text, _tag in runs).strip()
        yield flat, "".join(moved(text, tag) if tag else own_signs_away(text) for text, tag in runs).strip()


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _text(run: _Element) -> str:
    return "".join(each.text or "" for each in run if _name(each) == "t").replace("\r\n", "\n")


def _shift(run: _Element) -> str:
    return next(
        (_SHIFTS.get(each.get("val") or "", "") for each in run.iter() if _name(each) == "vertAlign"), ""
    )


def pictures_in_cells(package: Package) -> dict[str, Shown]:
    """Return the pictures that stand in cells, by the names that the cells' formulas have for them."""
    try:
        root = parse(package.read(_PICTURES)) if _PICTURES in package else None
    except Invalid:
        return {}
    targets = targets_of(package, _PICTURES)
    found = {}
    for each in () if root is None else root.iter("cellImage"):
        named, blip = next(each.iter("cNvPr"), None), next(each.iter("blip"), None)
        if named is not None and blip is not None:
            target = targets.get(blip.get("embed") or "", "")
            found[named.get("name") or ""] = Shown(
                target or "?", part_of(package, target), named.get("descr") or ""
            )
    return found
