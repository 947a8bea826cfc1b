"""What the response processing of QTI 1.2 counts as right."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lxml.etree import _Element

from trainhub.exams.bank.exchange.found import Unfit, decimal_of
from trainhub.kernel.i18n import _


def _marks(condition: _Element) -> float:
    """Return the most that a condition adds to any score."""
    best = 0.0
    for setting in condition.iterfind("setvar"):
        if (setting.get("action") or "Set") in ("Set", "Add"):
            try:
                best = max(best, float((setting.text or "0").strip()))
            except ValueError:
                continue
    return best


def _right(element: _Element) -> Iterator[tuple[_Element, float]]:
    """Yield the conditions that earn marks."""
    for condition in element.iter("respcondition"):
        marks = _marks(condition)
        if marks > 0 or (condition.get("title") or "").lower() == "correct":
            found = condition.find("conditionvar")
            if found is not None:
                yield found, marks


def _equals(condition: _Element) -> Iterator[_Element]:
    """Yield what must be given for a condition to hold: nothing that stands under a “not”."""
    for child in condition:
        if child.tag in ("varequal", "varsubset"):
            yield child
        elif child.tag in ("and", "or", "unanswered"):
            yield from _equals(child)


def earning(element: _Element) -> dict[str, float]:
    """Return the marks that each named option earns; what earns none is left out."""
    found: dict[str, float] = {}
    for condition, marks in _right(element):
        for each in _equals(condition):
            name = (each.text or "").strip()
            found[name] = max(found.get(name, 0.0), marks)
    return found


def by_response(element: _Element) -> dict[str, list[str]]:
    """Return what is right by the response it answers; if nothing earns marks, what is named at all."""
    found: dict[str, list[str]] = {}
    for condition, _marks_earned in _right(element):
        for each in _equals(condition):
            text = (each.text or "").strip()
            known = found.setdefault(each.get("respident") or "", [])
            if text not in known:
                known.append(text)
    return found


def is_case_sensitive(element: _Element, response: str) -> bool:
    """Tell whether large and small letters of an answer count."""
    named = [each for each in element.iter("varequal") if each.get("respident") == response]
    return bool(named) and all((each.get("case") or "No").lower() == "yes" for each in named)


def ordered(element: _Element) -> list[str]:
    """Return option names in their right order."""
    for condition, _marks_earned in _right(element):
        named = [(each.get("index"), (each.text or "").strip()) for each in _equals(condition)]
        if named and all((index or "").isdecimal() for index, _name in named):
            named.sort(key=lambda pair: int(pair[0] or 0))
        if named:
            return [name for _index, name in named]
    return []


def number_of_keys(element: _Element) -> int:
    """Return how many conditions earn marks: several numbers may be right."""
    return len(list(_right(element)))


def _differ(one: Decimal, other: Decimal) -> bool:
    """Tell whether two distances differ by more than the last digits of computed bounds."""
    return abs(one - other) > max(one, other) / 1000


def number(element: _Element) -> tuple[Decimal, Decimal, bool]:
    """Return a numeric key with its tolerance, and whether more is right on one side than on the other.

    Raises:
        Unfit: no condition says which number is right, or it contradicts itself.
    """
    for condition, _marks_earned in _right(element):
        exact = [decimal_of(each.text) for each in condition.iter("varequal")]
        low = [decimal_of(each.text) for each in condition.iter("vargte", "vargt")]
        high = [decimal_of(each.text) for each in condition.iter("varlte", "varlt")]
        if exact:
            value = exact[0]
            edges = [value - each for each in low[:1]] + [each - value for each in high[:1]]
            if any(each < 0 for each in edges):
                raise Unfit(_("The key lies outside of its own bounds."))
            return value, min(edges, default=Decimal(0)), len(edges) == 2 and _differ(*edges)
        if low and high:
            return (low[0] + high[0]) / 2, abs(high[0] - low[0]) / 2, False
    raise Unfit(_("The question has no key."))
