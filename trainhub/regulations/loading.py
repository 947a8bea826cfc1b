"""Bringing the figures of the package into the database, as often as one likes."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from importlib.resources import files
from typing import Any

from sqlalchemy import delete, select

from trainhub import ledger
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.identifiers import random_id
from trainhub.regulations.lookup import forget
from trainhub.regulations.models import Edition, FigureRow, Kind, QualificationRow

READ_AT_A_SOURCE = "S"
"""Mark of a figure that was read at an official or full text; every other mark waits for the authority."""


def read_figures() -> list[dict[str, Any]]:
    """Return the figures of the package as rows of their table."""
    return [_figure(entry) for entry in _data("figures.json")]


def read_qualifications() -> list[dict[str, Any]]:
    """Return the qualifications of the package as rows of their table."""
    return [_qualification(entry) for entry in _data("qualifications.json")]


def load_figures() -> bool:
    """Make the tables say what the package says; the caller commits.

    Returns:
        Whether anything changed: a second run changes nothing.
    """
    lock("regulations", "edition")
    figures, qualifications = read_figures(), read_qualifications()
    digest = hashlib.sha256(repr((figures, qualifications)).encode()).hexdigest()
    edition = db.session.scalar(select(Edition))
    if edition is not None and edition.content_hash == digest:
        return False
    db.session.execute(delete(FigureRow))
    db.session.execute(delete(QualificationRow))
    db.session.add_all(FigureRow(**row) for row in figures)
    db.session.add_all(QualificationRow(**row) for row in qualifications)
    if edition is None:
        edition = Edition(id=1)
        db.session.add(edition)
    edition.token, edition.content_hash, edition.changed_at = random_id(), digest, clock.now()
    ledger.append("regulations.loaded", by=None, side="core", content=digest, figures=len(figures))
    db.session.flush()
    forget()
    return True


def _data(name: str) -> list[dict[str, Any]]:
    text = (files("trainhub.regulations") / "data" / name).read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def _figure(entry: dict[str, Any]) -> dict[str, Any]:
    kind = Kind(entry["kind"])
    return {
        "key": entry["key"],
        "title_zh": entry["title_zh"],
        "title_en": entry["title_en"],
        "value": entry["value"],
        "unit": entry["unit"],
        "kind": kind.value,
        "source": entry["source"],
        "article": entry.get("article", ""),
        "confirmed": kind is Kind.LAW and entry["mark"] == READ_AT_A_SOURCE,
        "note_zh": entry.get("note_zh", ""),
        "note_en": entry.get("note_en", ""),
    } | _period(entry)


def _qualification(entry: dict[str, Any]) -> dict[str, Any]:
    names = ("code", "name_zh", "name_en", "family", "has_practical", "source")
    row = {name: entry[name] for name in names}
    row |= {"category": entry.get("category", ""), "number": entry.get("number", "")}
    return row | {"confirmed": entry["mark"] == READ_AT_A_SOURCE} | _period(entry)


def _period(entry: dict[str, Any]) -> dict[str, date | None]:
    return {name: _day(entry.get(name)) for name in ("valid_from", "valid_to")}


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
