"""What fills the blanks of a question, as a cell or a line says it: parted, counted, with variants."""

from __future__ import annotations

import re
from decimal import Decimal

from trainhub.exams.bank.details import Blank, Blanks
from trainhub.exams.bank.escapes import escape, hide, show

_PARTS = re.compile(r"[;；\n]")
_COUNT = re.compile(r"(?:^|(?<=[\s、，,。]))(?:[①-⑩]|[（(]\d{1,2}[）)])|(?<=\S)[①-⑩]")
_THOUSANDS = re.compile(r"\d[,，]\d{3}(?!\d)")
_APART = tuple(
    map(
        re.compile,
        (r"\s*[，,]\s*", r"\s*、\s*", r"\s*[|｜]\s*", r"(?<=[\u4e00-\u9fff\d])\s+(?=[\u4e00-\u9fff\d])"),
    )
)
"""What parts the answers of blanks where nothing says it better; a comma may stand within a number."""
SIGNS = ";；/／【|｜或。"
"""Signs that mean something in a cell of blanks; one that belongs to an answer has a backslash before it."""
_VARIANTS = re.compile(r"\s*[/／]\s*")
_CASE, _ANY_ORDER = "【区分大小写】", "【顺序不限】"
_OFF = re.compile(r"【误差(\d{1,40}(?:\.\d{1,40})?)】", re.ASCII)


def blanks_in(key: str, count: int) -> Blanks:
    """Return the blanks that a cell or line fills; there may be fewer or more of them than ``count``."""
    hidden = hide(key, SIGNS)
    key = hidden.replace(_ANY_ORDER, "")
    pieces = _pieces(key, count) if count > 1 else [key.strip()]
    return Blanks(tuple(_blank(piece) for piece in pieces), any_order=key != hidden)


def _pieces(key: str, count: int) -> list[str]:
    """Return the answers of several blanks, parted as they should be, else by the one sign between them.

    ``①36V ②12V`` and ``(1)36V (2)12V`` are counted; other words are parted by the only sign between them.
    """
    parts = [piece.strip() for piece in _PARTS.split(key) if piece.strip()]
    if len(parts) == count or len(parts) > 1:
        return parts
    counted = [each.strip(" \t、，,。") for each in _COUNT.split(key)]
    numbers = [_value(each) for each in _COUNT.findall(key)]
    if not counted[0] and numbers == list(range(1, count + 1)) and all(counted[1:]):
        return counted[1:]
    if _THOUSANDS.search(key):
        return parts
    apart = [sign for sign in _APART if sign.search(key.strip(" \t。."))]
    pieces = [each.strip() for each in apart[0].split(key.strip(" \t。."))] if len(apart) == 1 else []
    return pieces if len(pieces) == count and all(pieces) else parts


def _value(sign: str) -> int:
    return "①②③④⑤⑥⑦⑧⑨⑩".find(sign.strip()) + 1 or int(re.sub(r"\D", "", sign) or 0)


def _blank(piece: str) -> Blank:
    off = _OFF.search(piece)
    words = _OFF.sub("", piece.replace(_CASE, "")).strip()
    words = words.rstrip("。") or words
    accepted = tuple(show(each, SIGNS) for each in _VARIANTS.split(words))
    return Blank(accepted, _CASE in piece, None if off is None else Decimal(off[1]))


def write_blanks(detail: Blanks) -> str:
    """Return the cell from which blanks are read."""
    pieces = []
    for blank in detail.blanks:
        off = "" if blank.tolerance is None else f"【误差{blank.tolerance:f}】"
        case = _CASE if blank.case_sensitive else ""
        pieces.append(" / ".join(escape(each, SIGNS) for each in blank.accepted) + off + case)
    return "；".join(pieces) + (_ANY_ORDER if detail.any_order else "")
