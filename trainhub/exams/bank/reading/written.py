"""Rows whose key is no letter: words for blanks, a number, an order, pairs, an answer to be written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from trainhub.exams.bank.authoring import Misread, read_pairs, read_rubric
from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.details import Matching, Number, Rubric, Target
from trainhub.exams.bank.reading.holes import Filled, filled
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

WRITTEN_WORDS = (
    (ItemType.FILL_IN, ("填空", "fillin", "fill_in", "fill-in", "blank")),
    (ItemType.NUMERIC, ("计算", "数值", "numeric", "numerical")),
    (ItemType.ORDERING, ("排序", "ordering")),
    (ItemType.MATCHING, ("匹配", "配对", "连线", "matching")),
    (
        ItemType.CONSTRUCTED,
        ("简答", "问答", "论述", "名词解释", "案例分析", "constructed", "essay", "shortanswer"),
    ),
)
_NUMBER = re.compile(
    r"\s*([-+−]?\d{1,40}(?:\.\d{1,40})?)\s*(?:[±]\s*(\d{1,40}(?:\.\d{1,40})?))?\s*([^\d\s]\S{0,19})?\s*"
)
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
            found = _fill_in(stem, key)
            return ItemBody(found.stem, (), (), explanation, source, detail=found.detail)
    detail = _number(key) if kind is ItemType.NUMERIC else _rubric(key, cells)
    return ItemBody(stem, (), (), explanation, source, detail=detail)


def _fill_in(stem: str, key: str) -> Filled:
    found = filled(stem, key)
    if not found.is_even:
        counts = {"holes": found.holes, "keys": len(found.detail.blanks)}
        raise Invalid(_("The text has %(holes)s blanks, the key %(keys)s.", **counts))
    return found


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
