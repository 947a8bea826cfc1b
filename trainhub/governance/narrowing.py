"""Narrowing the sections of a report to a section, a duty, a rule or a person, over plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainhub.kernel.i18n import _
from trainhub.separation.search import persons_called_so


@dataclass(frozen=True)
class Narrowing:
    """What somebody looks for in a report; empty: everything.

    Args:
        section: identifier of one.
        duty: code of one, in a column of duties.
        rule: identifier of one, in any cell.
        person: random id or a part of it, user name, whole name, or how the person is called in the report.
    """

    section: str = ""
    duty: str = ""
    rule: str = ""
    person: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether whole sections are shown."""
        return not (self.duty or self.rule or self.person)


def choices(sections: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Return the sections, duties and rules that a report speaks of, with their words."""
    cells = [cell for section in sections for row in section["rows"] for cell in row.items()]
    duties = {cell["code"]: cell["text"] for name, cell in cells if name == "duty" and _is_coded(cell)}
    rules = {
        str(cell["code"]): cell["text"]
        for section in sections
        if section["id"] != "rules"
        for row in section["rows"]
        if _is_coded(cell := row.get("rule"))
    }
    return {
        "section": [*((section["id"], section["title"]) for section in sections), ("ledger", _("Ledger"))],
        "duty": sorted(duties.items(), key=lambda each: each[1]),
        "rule": sorted(rules.items()),
    }


def narrowed(sections: Sequence[Mapping[str, Any]], narrowing: Narrowing) -> list[dict[str, Any]]:
    """Return the sections with the rows that somebody looks for; what holds none of them is left out."""
    ids = set(persons_called_so(narrowing.person)) if narrowing.person else set()
    kept = []
    for section in sections:
        if narrowing.section and section["id"] != narrowing.section:
            continue
        rows = [row for row in section["rows"] if _fits(row, narrowing, ids)]
        if narrowing.is_wide or rows:
            kept.append({**section, "rows": rows})
    return kept


def _fits(row: Mapping[str, Any], narrowing: Narrowing, ids: set[str]) -> bool:
    if narrowing.duty and not _is_code(row.get("duty"), narrowing.duty):
        return False
    cells = list(_flat(row.values()))
    if narrowing.rule and not any(_is_code(cell, narrowing.rule) for cell in cells):
        return False
    return not narrowing.person or any(_is_person(cell, narrowing.person, ids) for cell in cells)


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _is_coded(cell: Any) -> bool:
    return isinstance(cell, dict) and isinstance(cell.get("code"), str)


def _is_code(cell: Any, code: str) -> bool:
    if not isinstance(cell, dict) or "code" not in cell:
        return False
    found = cell["code"]
    return bool(code in found if isinstance(found, list) else found == code)


def _is_person(cell: Any, wanted: str, ids: set[str]) -> bool:
    if not isinstance(cell, dict) or not cell.get("person"):
        return False
    person = cell["person"]
    return person in ids or cell["text"] == wanted or (len(wanted) >= 8 and person.startswith(wanted))
