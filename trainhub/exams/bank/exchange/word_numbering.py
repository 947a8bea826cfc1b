"""The numbers that Word counts itself: what stands before a paragraph on paper, though not in its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element

from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package

_NUMBERING, _STYLES = "word/numbering.xml", "word/styles.xml"
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "ideographDigital",
    )
)
_PLACE = re.compile(r"%(\d)")
_LARGEST_PART = 4 << 20
_LONGEST_PATTERN = 60


@dataclass
class _Level:
    form: str
    pattern: str
    start: int


@dataclass
class Numbering:
    """How a document counts its paragraphs (自动编号), and how far it has counted.

    Args:
        lists: levels of each list, and the list whose counting it shares.
        styles: list and level of the styles that number their paragraphs.
    """

    lists: dict[str, tuple[str, dict[int, _Level]]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _restarts: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, paragraph: _Element) -> str | None:
        """Return what stands before a paragraph, counting on; None if it is not known, empty if nothing."""
        list_, level = self._place(paragraph)
        if list_ in ("", "0"):
            return ""
        if list_ not in self.lists:
            return None
        shared, levels = self.lists[list_]
        counts = self._counts.setdefault(shared, {})
        if list_ not in self._begun:
            self._begun.add(list_)
            for each, start in self._restarts.get(list_, {}).items():
                counts[each] = start - 1
        counts[level] = counts.get(level, levels[level].start - 1 if level in levels else 0) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        return _written(levels, level, counts)

    def _place(self, paragraph: _Element) -> tuple[str, int]:
        properties = paragraph.find("pPr")
        if properties is None:
            return self.styles.get("", ("", 0))
        own, style = properties.find("numPr"), properties.find("pStyle")
        named, level = self.styles.get("" if style is None else style.get("val") or "", ("", 0))
        if own is None:
            return named, level
        said, deep = own.find("numId"), own.find("ilvl")
        named = named if said is None else said.get("val") or ""
        return named, level if deep is None else _number(deep, level)


def numbering_of(package: Package) -> Numbering:
    """Return how a document counts its paragraphs."""
    found = Numbering()
    if _NUMBERING not in package:
        return found
    root = parse(package.read(_NUMBERING, _LARGEST_PART))
    shared = {
        each.get("abstractNumId") or "": {
            _number(level, 0, "ilvl"): _level(level) for level in each.findall("lvl")
        }
        for each in root.findall("abstractNum")
    }
    for each in root.findall("num"):
        name, base = each.get("numId") or "", each.find("abstractNumId")
        abstract = "" if base is None else base.get("val") or ""
        levels = dict(shared.get(abstract, {}))
        for changed in each.findall("lvlOverride"):
            place, own, start = (
                _number(changed, 0, "ilvl"),
                changed.find("lvl"),
                changed.find("startOverride"),
            )
            levels |= {} if own is None else {place: _level(own)}
            if start is not None:
                found._restarts.setdefault(name, {})[place] = _number(start, 1)
        found.lists[name] = (abstract, levels)
    if _STYLES in package:
        for style in parse(package.read(_STYLES, _LARGEST_PART)).findall("style"):
            said, deep = style.find("pPr/numPr/numId"), style.find("pPr/numPr/ilvl")
            if said is not None:
                level = 0 if deep is None else _number(deep, 0)
                found.styles[style.get("styleId") or ""] = (said.get("val") or "", level)
    return found


def _level(element: _Element) -> _Level:
    form, pattern, start = (element.find(name) for name in ("numFmt", "lvlText", "start"))
    return _Level(
        "decimal" if form is None else form.get("val") or "",
        "" if pattern is None else pattern.get("val") or "",
        1 if start is None else _number(start, 1),
    )


def _number(element: _Element, else_: int, name: str = "val") -> int:
    said = element.get(name) or ""
    return int(said) if re.fullmatch(r"\d{1,6}", said) else else_


def _written(levels: dict[int, _Level], level: int, counts: dict[int, int]) -> str | None:
    """Return a label by its pattern; None if one of its numbers is written in a way not known here."""
    if level not in levels or len(levels[level].pattern) > _LONGEST_PATTERN:
        return None
    if levels[level].form in ("bullet", "none"):
        return ""
    unknown: list[str] = []

    def told(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        form = levels[place].form if place in levels else ""
        sign = _sign(form, counts.get(place, levels[place].start if place in levels else 1))
        unknown.extend([] if sign else [form])
        return sign

    label = _PLACE.sub(told, levels[level].pattern)
    return None if unknown else label


def _sign(form: str, number: int) -> str:
    if form in ("decimal", "decimalFullWidth", "decimalHalfWidth"):
        return str(number)
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + number - 1) if 1 <= number <= 26 else ""
        return letter if form == "upperLetter" else letter.lower()
    if form in _CHINESE and 1 <= number <= 99:
        tens, ones = divmod(number, 10)
        ten = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
        return ten + (_DIGITS[ones] if ones else "")
    return ""
