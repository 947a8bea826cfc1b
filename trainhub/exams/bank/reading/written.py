"""Rows whose key is no letter: words for blanks, a number with its unit, an order, a written answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.details import Blank, Blanks, Detail, Number, Rubric
from trainhub.exams.bank.escapes import hide, show
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

WRITTEN_WORDS = (
    (ItemType.FILL_IN, ("填空", "fillin", "fill_in", "fill-in", "blank")),
    (ItemType.NUMERIC, ("计算", "数值", "numeric", "numerical")),
    (ItemType.ORDERING, ("排序", "ordering")),
    (ItemType.CONSTRUCTED, ("简答", "问答", "论述", "constructed", "essay")),
)
_BLANK = "____"
_HOLES = re.compile(r"_{2,}|[（(]\s*[）)]")
_NUMBER = re.compile(
    r"\s*([-+−]?\d{1,15}(?:\.\d{1,10})?)\s*(?:[±]\s*(\d{1,15}(?:\.\d{1,10})?))?\s*([^\d\s]\S{0,15})?\s*"
)
_PARTS = re.compile(r"[;；\n]")
_SIGNS = ";；/／"
"""Signs that divide answers in a cell; one that belongs to an answer has a backslash before it."""
_VARIANTS = re.compile(r"\s*[/／]\s*")


def written_body(kind: ItemType, stem: str, options: Sequence[Option], cells: Mapping[str, str]) -> ItemBody:
    """Return what a row says.

    Args:
        kind: type of the question.
        stem: its text without its number.
        options: what is to be put into order.
        cells: the others by their meaning.

    Raises:
        Invalid: the key cannot be read.
    """
    key = cells["answer"]
    explanation, source = cells.get("explanation", ""), cells.get("source", "")
    if kind is ItemType.ORDERING:
        return ItemBody(stem, tuple(options), _order(key, options), explanation, source)
    if kind is ItemType.FILL_IN:
        stem = _HOLES.sub(_BLANK, stem)
        stem = stem if _BLANK in stem else f"{stem} {_BLANK}"
        return ItemBody(stem, (), (), explanation, source, detail=_blanks(key, stem.count(_BLANK)))
    detail: Detail = _number(key) if kind is ItemType.NUMERIC else Rubric((), key)
    return ItemBody(stem, (), (), explanation, source, detail=detail)


def _blanks(key: str, count: int) -> Blanks:
    blanks = blanks_in(key, count)
    if len(blanks) != count:
        raise Invalid(_("The text has %(holes)s blanks, the key %(keys)s.", holes=count, keys=len(blanks)))
    return Blanks(blanks)


def blanks_in(key: str, count: int) -> tuple[Blank, ...]:
    """Return the blanks that a cell or line fills; there may be fewer or more of them than ``count``."""
    key = hide(key, _SIGNS)
    pieces = [piece.strip() for piece in _PARTS.split(key) if piece.strip()] if count > 1 else [key.strip()]
    return tuple(Blank(tuple(show(each, _SIGNS) for each in _VARIANTS.split(piece))) for piece in pieces)


def _number(key: str) -> Number:
    found = _NUMBER.fullmatch(key)
    if found is None:
        raise Invalid(_("The key “%(key)s” is no number.", key=key[:20]))
    value, tolerance, unit = found.groups()
    try:
        return Number(Decimal(value.replace("−", "-")), Decimal(tolerance or "0"), unit or "")
    except InvalidOperation as problem:
        raise Invalid(_("The key “%(key)s” is no number.", key=key[:20])) from problem


def _order(key: str, options: Sequence[Option]) -> tuple[str, ...]:
    named = tuple(re.findall(r"[A-H]", key.upper()))
    if sorted(named) != [option.key for option in options]:
        raise Invalid(_("The key does not name every option once."))
    return named
