"""Rows whose key is no letter: words for blanks, a number, an order, pairs, an answer to be written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from trainhub.exams.bank.authoring import Misread, read_pairs, read_rubric
from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.details import Blank, Blanks, Matching, Number, Rubric, Target
from trainhub.exams.bank.escapes import escape, hide, show
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

WRITTEN_WORDS = (
    (ItemType.FILL_IN, ("填空", "fillin", "fill_in", "fill-in", "blank")),
    (ItemType.NUMERIC, ("计算", "数值", "numeric", "numerical")),
    (ItemType.ORDERING, ("排序", "ordering")),
    (ItemType.MATCHING, ("匹配", "配对", "连线", "matching")),
    (ItemType.CONSTRUCTED, ("简答", "问答", "论述", "constructed", "essay")),
)
_BLANK = "____"
_HOLES = re.compile(r"_{2,}|[（(]\s*[）)]|\{_+\}")
_NUMBER = re.compile(
    r"\s*([-+−]?\d{1,40}(?:\.\d{1,40})?)\s*(?:[±]\s*(\d{1,40}(?:\.\d{1,40})?))?\s*([^\d\s]\S{0,19})?\s*"
)
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
_SIGNS = ";；/／【"
"""Signs that mean something in a cell of blanks; one that belongs to an answer has a backslash before it."""
_VARIANTS = re.compile(r"\s*[/／]\s*")
_CASE, _ANY_ORDER = "【区分大小写】", "【顺序不限】"
_OFF = re.compile(r"【误差(\d{1,40}(?:\.\d{1,40})?)】", re.ASCII)
_TARGET = re.compile(r"\s*(\d{1,2})\s*(?:[.．](?!\d)|[、:：)）])\s*(.*)")
_CHARACTERS = re.compile(r"(\d{1,6})\s*字?(?:以内)?")


def written_body(kind: ItemType, stem: str, options: Sequence[Option], cells: Mapping[str, str]) -> ItemBody:
    """Return what a row says.

    Args:
        kind: type of the question.
        stem: its text without its number.
        options: what is to be put into order, or the left side of a matching.
        cells: the others by their meaning.

    Raises:
        Invalid: the key cannot be read.
    """
    key = cells.get("answer", "")
    explanation, source = cells.get("explanation", ""), cells.get("source", "")
    match kind:
        case ItemType.ORDERING:
            return ItemBody(stem, tuple(options), _order(key, options), explanation, source)
        case ItemType.MATCHING:
            targets = Matching(_targets(cells.get("targets", "")))
            return ItemBody(stem, tuple(options), read_pairs(key), explanation, source, detail=targets)
        case ItemType.FILL_IN:
            stem = _HOLES.sub(_BLANK, stem)
            stem = stem if _BLANK in stem else f"{stem} {_BLANK}"
            return ItemBody(stem, (), (), explanation, source, detail=_blanks(key, stem.count(_BLANK)))
    detail = _number(key) if kind is ItemType.NUMERIC else _rubric(key, cells)
    return ItemBody(stem, (), (), explanation, source, detail=detail)


def _blanks(key: str, count: int) -> Blanks:
    found = blanks_in(key, count)
    keys = len(found.blanks)
    if keys != count:
        raise Invalid(_("The text has %(holes)s blanks, the key %(keys)s.", holes=count, keys=keys))
    return found


def blanks_in(key: str, count: int) -> Blanks:
    """Return the blanks that a cell or line fills; there may be fewer or more of them than ``count``."""
    hidden = hide(key, _SIGNS)
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
    accepted = tuple(show(each, _SIGNS) for each in _VARIANTS.split(words))
    return Blank(accepted, _CASE in piece, None if off is None else Decimal(off[1]))


def write_blanks(detail: Blanks) -> str:
    """Return the cell from which blanks are read."""
    pieces = []
    for blank in detail.blanks:
        off = "" if blank.tolerance is None else f"【误差{blank.tolerance:f}】"
        case = _CASE if blank.case_sensitive else ""
        pieces.append("/".join(escape(each, _SIGNS) for each in blank.accepted) + off + case)
    return "；".join(pieces) + (_ANY_ORDER if detail.any_order else "")


def _number(key: str) -> Number:
    found = _NUMBER.fullmatch(key)
    if found is None:
        raise Invalid(_("The key “%(key)s” is no number.", key=key[:20]))
    value, tolerance, unit = found.groups()
    try:
        return Number(Decimal(value.replace("−", "-")), Decimal(tolerance or "0"), unit or "")
    except InvalidOperation as problem:
        raise Invalid(_("The key “%(key)s” is no number.", key=key[:20])) from problem


def write_number(detail: Number) -> str:
    """Return the cell from which a number is read, without the other units that it may be given in."""
    off = f"±{detail.tolerance:f}" if detail.tolerance else ""
    return f"{detail.value:f}{off} {detail.unit}".strip()


def _order(key: str, options: Sequence[Option]) -> tuple[str, ...]:
    named = tuple(re.findall(r"[A-H]", key.upper()))
    if sorted(named) != [option.key for option in options]:
        raise Invalid(_("The key does not name every option once."))
    return named


def _targets(cell: str) -> tuple[Target, ...]:
    """Return the right side of a matching: a line each, or from one number to the next."""
    lines = cell.split("\n")
    first = _TARGET.fullmatch(lines[0])
    texts: list[str] = []
    if first is None or first[1] != "1":
        texts = [line.strip() for line in lines if line.strip()]
    else:
        for line in lines:
            found = _TARGET.fullmatch(line)
            if found is not None and found[1] == str(len(texts) + 1):
                texts.append(found[2])
            else:
                texts[-1] += f"\n{line}"
    return tuple(Target(str(number), text.strip()) for number, text in enumerate(texts, start=1))


def write_targets(detail: Matching) -> str:
    """Return the cell from which the right side of a matching is read."""
    return "\n".join(f"{each.key}. {each.text}" for each in detail.targets)


def _rubric(model: str, cells: Mapping[str, str]) -> Rubric:
    """Return a rubric; without lines where they cannot be read, which keeps the question for a person."""
    said = cells.get("longest", "")
    told = _CHARACTERS.fullmatch(said)
    longest = int(told[1]) if told is not None else 0
    try:
        found = read_rubric(cells.get("rubric"), model, None)
    except Misread:
        found = Rubric((), model)
    return Rubric(found.criteria, model, longest) if said else found
