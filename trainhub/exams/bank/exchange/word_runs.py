"""What Word keeps around the words of a paragraph: raised letters, underlined gaps, what was moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml.etree import _Element

from trainhub.exams.bank.exchange.inline import moved, own_signs_away
from trainhub.exams.bank.exchange.word_standing_out import own_marks_away
from trainhub.exams.bank.exchange.word_symbols import write_symbols

_GAP = "\ue004"
_GAPS = re.compile(f"{_GAP}[{_GAP}\\s]*")
_SHIFTS = {"superscript": "sup", "subscript": "sub"}
_WRAPPERS = ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")
_UNSEEN = ("Fallback", "moveFrom", "del")
UNNAMED = "?"
_BESIDE, _DRAWN = ("footnoteReference", "endnoteReference", "sym", "ruby"), ("drawing", "pict", "object")
_SHOWING = ("blip", "imagedata", "oMath", *_BESIDE, *_DRAWN, "instrText", "fldSimple")


def settle(root: _Element) -> None:
    """Leave one of each text that stands twice, and write raised, lowered and underlined runs as signs."""
    for each in list(root.iter(*_UNSEEN)):
        parent = each.getparent()
        if parent is not None:
            parent.remove(each)
    write_symbols(root)
    for run in root.iter("r"):
        texts = run.findall("t")
        for text in texts:
            text.text = own_marks_away(own_signs_away(text.text or "").replace(_GAP, "□"))
        properties = run.find("rPr")
        if properties is not None:
            _as_signs(run, texts, properties)


def _as_signs(run: _Element, texts: list[_Element], properties: _Element) -> None:
    tag = _SHIFTS.get(_value(properties, "vertAlign"))
    if tag is not None:
        for text in texts:
            text.text = moved(text.text or "", tag)
    elif _value(properties, "u") not in ("", "none") and not any((text.text or "").strip() for text in texts):
        _mark_gap(run, texts)


def _value(properties: _Element, name: str) -> str:
    found = properties.find(name)
    return "" if found is None else found.get("val") or ""


def _mark_gap(run: _Element, texts: list[_Element]) -> None:
    """Mark underlined spaces, at least two or a tab: people write blanks so."""
    tabs = run.findall("tab")
    wide = sum(len(text.text or "") for text in texts)
    if wide >= 2 or tabs:
        for each in [*texts, *tabs]:
            each.tag, each.text = "t", _GAP


def without_struck(root: _Element) -> _Element | None:
    """Return a document without the words that are struck out; None if none are."""
    if next(root.iter("strike", "dstrike"), None) is None:
        return None
    if not any(_is_struck(run) for run in root.iter("r")):
        return None
    other = deepcopy(root)
    for run in [each for each in other.iter("r") if _is_struck(each)]:
        for text in run.findall("t"):
            run.remove(text)
    return other


def _is_struck(run: _Element) -> bool:
    """Tell whether the words of a run are struck out."""
    marks = [each for name in ("strike", "dstrike") for each in run.iterfind(f"rPr/{name}")]
    return any(each.get("val") not in ("0", "false", "off") for each in marks) and any(
        (text.text or "").strip() for text in run.iterfind("t")
    )


def has_tracked(block: _Element) -> bool:
    """Tell whether changes in a block were tracked; they are read as if they had been accepted."""
    return next(block.iter("ins", "del", "moveFrom", "moveTo"), None) is not None


def with_blanks(text: str) -> str:
    """Return a text with ``____`` for each underlined gap."""
    return _GAPS.sub("____", text)


def blocks_of(parent: _Element | None) -> Iterator[_Element]:
    """Yield the paragraphs and tables of a body, those in content controls too."""
    for each in () if parent is None else parent:
        if each.tag in ("p", "tbl"):
            yield each
        elif each.tag in _WRAPPERS:
            yield from blocks_of(each)


def rows_in(table: _Element) -> list[_Element]:
    """Return the rows of a table, those in content controls too."""
    return [row for row in table.iter("tr") if _table_of(row) is table]


def _table_of(element: _Element) -> _Element | None:
    return next(iter(element.iterancestors("tbl")), None)


def cells_in(row: _Element) -> list[_Element]:
    """Return the cells of a row of a table, those in content controls too."""
    table = _table_of(row)
    return [cell for cell in row.iter("tc") if _table_of(cell) is table]


def names_in(element: _Element, formula: str) -> list[str]:
    """Return the names of what an element shows beside its words; what cannot be taken in is ``?``."""
    names = []
    for each in element.iter(*_SHOWING):
        if each.tag == "oMath":
            names.append(formula)
        elif each.tag in ("blip", "imagedata"):
            names.append(each.get("embed") or each.get("id") or UNNAMED)
        elif each.tag in _BESIDE or (each.tag in _DRAWN and _is_bare(each)) or _is_written_field(each):
            names.append(UNNAMED)
    return names


def _is_written_field(element: _Element) -> bool:
    """Tell whether an element is a field of Word's old formulas (EQ): a fraction, a sign within a circle."""
    said = (element.text if element.tag == "instrText" else element.get("instr")) or ""
    return said.strip()[:3].upper() in ("EQ", "EQ ", "EQ\\")


def _is_bare(drawing: _Element) -> bool:
    """Tell whether a drawing is made of lines alone: neither a picture nor words stand in it."""
    return next(drawing.iter("blip", "imagedata", "txbxContent"), None) is None
