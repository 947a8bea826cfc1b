"""Signs that Word keeps as places in a font of symbols (Symbol, Wingdings), as the signs that they show."""

from __future__ import annotations

import re

from lxml.etree import _Element

_GREEK = dict(
    zip(
        "abgdezhqiklmnxprstufcywWDSFGLPQXY",
        "αβγδεζηθικλμνξπρστυφχψωΩΔΣΦΓΛΠΘΞΨ",
        strict=True,
    )
)
_SYMBOL = {ord(letter): sign for letter, sign in _GREEK.items()} | {
    0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°",
    0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB7: "·", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡",
    0xBB: "≈", 0xBC: "…", 0xD0: "∠", 0xD6: "√", 0x5E: "⊥",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0xA1: "○", 0xA8: "□", 0xFB: "×", 0xFC: "√", 0xFD: "☒",
    0xFE: "☑", 0xE0: "→",
} | {0x81 + number: chr(ord("①") + number) for number in range(10)}  # fmt: skip
_WINGDINGS_2 = {0x4F: "×", 0x50: "√", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□"}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
_PRIVATE = re.compile("[\uf020-\uf0ff]")


def write_symbols(root: _Element) -> None:
    """Write the symbols of a document as the signs that they show; others stay as they are, to be doubted."""
    for each in root.iter("sym"):
        try:
            place = int(each.get("char") or "", 16) & 0xFF
        except ValueError:
            continue
        sign = _FONTS.get((each.get("font") or "").lower(), {}).get(place)
        if sign is not None:
            each.tag, each.text = "t", sign
    for text in root.iter("t"):
        if text.text and _PRIVATE.search(text.text):
            text.text = _written(text, text.text)


def _written(text: _Element, said: str) -> str:
    fonts = text.find("../rPr/rFonts")
    name = "" if fonts is None else fonts.get("ascii") or fonts.get("hAnsi") or ""
    known = _FONTS.get(name.lower(), {})
    return _PRIVATE.sub(lambda found: known.get(ord(found[0]) & 0xFF, found[0]), said)
