"""What an author most likely typed where a spreadsheet made a date, a time or a fraction of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

_UNSAID = re.compile(r"\[(?!h|m|s)[^\]]*\]|_.|\*.|;.*\Z", re.IGNORECASE | re.DOTALL)
_WORDS = re.compile(r'"([^"]*)"|\\(.)')
_FRACTION = re.compile(r"#?\s*[?#0]+/([?#0\d]+)")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_YEARS_OF_1904 = 1462
_LATEST = 2_958_465
"""The last day that spreadsheets know, 31 December 9999."""
_RATIO_HOURS, _TEN = 6, 10


def typed(value: str, code: str, *, since_1904: bool = False) -> str | None:
    """Return what was most likely typed, None if nobody can tell.

    Args:
        value: the number as the file has it.
        code: its format.
        since_1904: whether the workbook counts its days from 1904.
    """
    form = _UNSAID.sub(
        "", _WORDS.sub(lambda found: found[1] if found[1] is not None else found[2], code)
    ).lower()
    try:
        number = float(value)
    except ValueError:
        return None
    if not 0 <= number < _LATEST:
        return None
    if _FRACTION.search(form):
        return _fraction(number, form)
    moment = _EPOCH + timedelta(seconds=round((number + _YEARS_OF_1904 * since_1904) * 86_400))
    if "h" in form or "时" in form:
        return _time(moment, number, form) if number < 1 or "[h" in form else None
    return None if "s" in form else _date(moment, form)


def _fraction(number: float, form: str) -> str:
    """Return a number as the fraction of its format: 1/2, 1 1/2."""
    digits = _FRACTION.search(form)
    most = 10 ** (len(digits[1]) if digits is not None else 1) - 1
    shown = Fraction(number).limit_denominator(most)
    whole, rest = divmod(shown.numerator, shown.denominator)
    if not rest:
        return str(whole)
    return f"{whole} {rest}/{shown.denominator}" if whole else f"{rest}/{shown.denominator}"


def _time(moment: datetime, number: float, form: str) -> str:
    """Return a time; what looks like a proportion (1:3) as one."""
    hour, minute = int(number * 24 + 1e-9), moment.minute
    if "s" in form and moment.second:
        return f"{hour}:{minute:02}:{moment.second:02}"
    is_ratio = hour < _RATIO_HOURS and 0 < minute < _TEN
    return f"{hour}:{minute}" if is_ratio else f"{hour}:{minute:02}"


def _date(moment: datetime, form: str) -> str | None:
    """Return a date as its format shows it; where that names a month in English, what makes it of digits."""
    parts = re.findall(r"y+|m+|d+", form)
    kinds = [part[0] for part in parts]
    if len(set(kinds)) < len(kinds) or not kinds:
        return None
    if "mmm" in form:
        return f"{moment.month}-{moment.day}" if "d" in kinds else f"{moment.month}-{moment:%y}"
    values = {"y": moment.year, "m": moment.month, "d": moment.day}

    def said(found: re.Match[str]) -> str:
        part = found[0]
        if part[0] == "y":
            return str(values["y"]) if len(part) > 2 else f"{moment:%y}"
        return f"{values[part[0]]:0{min(len(part), 2)}}"

    shown = re.sub(r"y+|m+|d+", said, form)
    return re.sub(r"[a-z@;]", "", shown).strip() or None
