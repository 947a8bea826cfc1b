"""How a spreadsheet shows a number: 0.05 as 5%, 220 as 220V; what is not surely known is said to be so."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 48: "##0.0E+0",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
    **dict.fromkeys((34, 35, 55, 56), "h:mm:ss AM/PM"),
}  # fmt: skip
"""What the numbers of formats mean that every spreadsheet knows, as Chinese ones show them (ECMA-376)."""
_UNSAID = re.compile(r"_.|\*.|\[(?:[A-Za-z]+\d*|\$[^\]]*)\]", re.DOTALL)
_QUOTED = re.compile(r'"([^"]*)"|\\(.)', re.DOTALL)
_OUTSIDE = r"(?:[^0#?%.,;\[\]@A-Za-z/年月日时分秒]*)"
_FIGURES = re.compile(
    rf"(?P<before>{_OUTSIDE})(?P<comma>#,##)?#?0(?P<places>\.0{{1,10}})?(?P<percent>%?)(?P<behind>{_OUTSIDE})"
)
_LONGEST = 255
"""Characters of a format; no spreadsheet takes more."""
_PLAIN = frozenset(("", "general", "@"))


def is_plain(code: str) -> bool:
    """Tell whether a format shows a number as it is."""
    return code.strip().lower() in _PLAIN


def shown(value: str, code: str) -> str | None:
    """Return what a spreadsheet shows for a number, None if that is not surely known.

    Args:
        value: the number as the file has it.
        code: its format, such as ``0.0%`` or ``0"V"``; the first of its parts is that of positive numbers.
    """
    figures, literals, is_only = _read(code)
    try:
        number = Decimal(value) if figures is not None else None
    except InvalidOperation:
        return None
    if figures is None or number is None or not number.is_finite() or abs(number.adjusted()) > 15:
        return None
    if number < 0 and not is_only:
        return None
    words = iter(literals)
    before, behind = (
        re.sub("\0", lambda _found: next(words), figures[name]) for name in ("before", "behind")
    )
    return f"{'-' if number < 0 else ''}{before}{_figures(abs(number), figures)}{behind}".strip()


@lru_cache(maxsize=512)
def _read(code: str) -> tuple[re.Match[str] | None, tuple[str, ...], bool]:
    """Return what a format says of positive numbers, the words in it, and whether it says that of all."""
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2])
        return "\0"

    if len(code) > _LONGEST:
        return None, (), True
    parts = _UNSAID.sub("", _QUOTED.sub(keep, code)).split(";")
    return _FIGURES.fullmatch(parts[0].strip(" ")), tuple(literals), len(parts) == 1


def _figures(number: Decimal, figures: re.Match[str]) -> str:
    scaled = number * 100 if figures["percent"] else number
    places = len(figures["places"] or ".") - 1
    rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:{',' if figures['comma'] else ''}f}{figures['percent']}"
