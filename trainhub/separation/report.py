"""The proof report of a sitting (考培分离证明报告): plain values in sections for JSON, PDF and page alike.

Rooms contribute sections; a cell that speaks of a person or of something with a code says so, and is written
out once, when the report is made: so the setting for names holds everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import rfc8785

from trainhub.kernel.i18n import as_read
from trainhub.kernel.pages import local_time
from trainhub.separation.naming import Names, call, scrubbed

FORMAT = "trainhub.proof-report/1"
ORDER = (
    "sitting",
    "audit",
    "walls",
    "papers",
    "seals",
    "openings",
    "pool",
    "exclusions",
    "draws",
    "drawn",
    "frozen_exclusions",
    "staff",
    "decisions",
    "refusals",
    "overrides",
    "differences",
    "rules",
)
"""In which order a report tells its sections, whoever contributes them; others come after these."""

ProofSource = Callable[[str], "list[Section]"]
"""(code of a sitting) -> what a room has to say of it."""


@dataclass(frozen=True)
class Who:
    """A person in a cell; None for the system itself."""

    id: str | None


@dataclass(frozen=True)
class Coded:
    """Something with a code for machines and a word for readers: a duty, a rule, a state."""

    code: Any
    text: Any


@dataclass(frozen=True)
class Free:
    """What somebody typed: names in it are masked like the others."""

    text: str


@dataclass(frozen=True)
class Column:
    """A column of a section.

    Args:
        id: name of the value in JSON.
        title: in the reader's language.
        weight: how wide, beside the others.
    """

    id: str
    title: Any
    weight: float = 1


@dataclass(frozen=True)
class Section:
    """A part of a report: a table with its explanation.

    Args:
        id: name in JSON.
        title: in the reader's language.
        columns: of the table.
        rows: values in the order of the columns.
        note: what the reader should know of it.
        nothing: what an empty table means.
        printed: how many of the rows are printed; None for all. JSON holds all of them.
        files: whole documents by name that the JSON holds besides, for machines.
    """

    id: str
    title: Any
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: Any = ""
    nothing: Any = ""
    printed: int | None = field(default=None)
    files: Mapping[str, Any] = field(default_factory=dict)


def facts(id: str, title: Any, what: Any, value: Any, rows: Iterable[tuple[Any, Any]]) -> Section:
    """Return a section that is a list of facts: name and value."""
    return Section(id, title, (Column("what", what), Column("value", value, 3)), tuple(rows))


def in_order(sections: Iterable[Section]) -> list[Section]:
    """Return sections as a report tells them."""
    return sorted(sections, key=lambda each: ORDER.index(each.id) if each.id in ORDER else len(ORDER))


def persons_in_cells(sections: Iterable[Section]) -> set[str]:
    """Return whom some sections speak of."""
    cells = (cell for section in sections for row in section.rows for cell in row)
    flat = (each for cell in cells for each in (cell if isinstance(cell, list | tuple) else (cell,)))
    return {each.id for each in flat if isinstance(each, Who) and each.id}


@dataclass(frozen=True)
class Writing:
    """How cells are written out: which names are shown, and what the persons are called."""

    names: Names
    known: Mapping[str, str]
    system: str

    def section(self, section: Section) -> dict[str, Any]:
        """Return a section as plain values."""
        ids = [column.id for column in section.columns]
        return {
            "id": section.id,
            "title": str(section.title),
            "note": str(section.note),
            "nothing": str(section.nothing),
            "printed": section.printed,
            "columns": [
                {"id": column.id, "title": str(column.title), "weight": str(column.weight)}
                for column in section.columns
            ],
            "rows": [
                {name: self.cell(cell) for name, cell in zip(ids, row, strict=True)} for row in section.rows
            ],
            "files": {name: self._file(document) for name, document in section.files.items()},
        }

    def _file(self, document: Any) -> Any:
        """Return a document as it is, without bodies of the ledger that name somebody in full."""
        if isinstance(document, dict):
            if {"body", "salt"} <= set(document) and self._names_somebody(document["body"]):
                document = {**document, "body": None, "salt": None}
            return {name: self._file(value) for name, value in document.items()}
        return [self._file(each) for each in document] if isinstance(document, list) else document

    def _names_somebody(self, body: Any) -> bool:
        written = json.dumps(body, ensure_ascii=False)
        return scrubbed(written, self.names, self.known) != written

    def cell(self, cell: Any) -> Any:
        """Return one value as JSON holds it."""
        if isinstance(cell, Who):
            return self._person(cell)
        if isinstance(cell, Coded):
            return {"code": cell.code, "text": str(cell.text)}
        if isinstance(cell, Free):
            return scrubbed(as_read(cell.text), self.names, self.known)
        if isinstance(cell, datetime):
            return {"at": cell.isoformat(), "text": local_time(cell)}
        if isinstance(cell, date):
            return cell.isoformat()
        if isinstance(cell, list | tuple):
            return [self.cell(each) for each in cell]
        return cell if cell is None or isinstance(cell, bool | int) else str(cell)

    def _person(self, who: Who) -> dict[str, Any]:
        if who.id is None:
            return {"person": None, "text": self.system}
        return {"person": who.id, "text": call(self.names, who.id, self.known.get(who.id, ""))}


def text_of(cell: Any) -> str:
    """Return a plain value as a reader sees it."""
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, dict):
        return str(cell["text"])
    if isinstance(cell, list):
        return "；".join(text_of(each) for each in cell) or "–"
    if isinstance(cell, bool):
        return "✓" if cell else "✗"
    return str(cell)


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a document as canonical JSON (RFC 8785): the same values are always the same bytes."""
    return rfc8785.dumps(dict(document))
