"""Numbers as people type them, read exactly: full-width digits, thousands, powers of ten; never a float."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

LONGEST = 60
_LARGEST_POWER = 30
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_POWER_OF_TEN = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)")
_ONLY_A_POWER = re.compile(r"^([+-]?)10\^")
_THOUSANDS = re.compile(r"(?<=\d)\s+(?=\d{3}(?!\d))")
_MINUS = str.maketrans("−﹣‐‑–—", "------")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?P<part>\.\d+|\.)?"
    r"(?:(?:e|[×x*]10\^)\(?(?P<power>[+-]?\d{1,3})\)?)?",
    re.IGNORECASE | re.ASCII,
)


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_MINUS).strip()


def read_quantity(text: str) -> tuple[Fraction, str] | None:
    """Return the number with which a text begins and the unit that follows, or None if it begins with none.

    Read are ``１，２００``, ``1 200.5``, ``-0.5``, ``1.2e3``, ``1.2×10^3`` and ``1.2×10³``. A comma
    must stand before each three digits; a number with a decimal comma is none.
    """
    raised = _POWER_OF_TEN.sub(lambda found: f"10^{found[1].translate(_RAISED)}", text[: LONGEST + 1])
    if len(text) > LONGEST or re.search(r"\d[⁰¹²³⁴⁵⁶⁷⁸⁹]", raised):
        return None
    spaced = _THOUSANDS.sub(",", _narrow(raised))
    if re.search(r"\d\s+\d", spaced):
        return None
    folded = _ONLY_A_POWER.sub(r"\g<1>1e", "".join(spaced.split()))
    found = _NUMBER.match(folded)
    if found is None or not (found["whole"] or len(found["part"] or "") > 1):
        return None
    rest, power = folded[found.end() :], int(found["power"] or 0)
    if rest[:1].isdigit() or rest[:1] in (".", ",") or abs(power) > _LARGEST_POWER:
        return None
    digits = (found["whole"] or "0").replace(",", "") + (found["part"] or "").rstrip(".")
    value = Fraction(digits) * Fraction(10) ** power
    return (-value if found["sign"] == "-" else value), rest


def read_number(text: str) -> Fraction | None:
    """Return the number that a text is, or None if it is none or something follows it."""
    found = read_quantity(text)
    return None if found is None or found[1] else found[0]


def same_unit(one: str, other: str) -> bool:
    """Tell whether two texts name one unit: width, blanks, raised digits aside; letters' size counts."""
    return _unit(one) == _unit(other)


def _unit(text: str) -> str:
    return "".join(_narrow(text).replace("^", "").split())
