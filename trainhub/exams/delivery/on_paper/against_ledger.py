"""Readings of answer sheets held against the ledger: what was changed, added or taken away since is named.

Each reading went into the ledger with the hash of what was read. This file shares nothing with the code that
enters readings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_on_paper import AnswerSheet, Reading
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel.db import db
from trainhub.kernel.witness import Deviating, Deviation
from trainhub.ledger import Entry
from trainhub.separation.identity import standing_for
from trainhub.separation.models import SamePerson

KIND, RECORD, MISSING = "sheet.read", "sheet_reading", "missing"


T = TypeVar("T")


class _Said(NamedTuple):
    """What somebody said of a sheet: that it is missing, or what stands on it, as a hash."""

    found: str
    entries_hash: str | None


class _Row(NamedTuple):
    sitting: str
    said: _Said | None
    said_missing: bool


def deviating_readings() -> list[Deviating]:
    """Return the readings that are not what the ledger says was read, by sheet and reader."""
    entered, rows = _by_person(_entered()), _by_person(_rows())
    found = []
    for (sheet, reader), told in sorted(entered.items()):
        row = rows.pop((sheet, reader), None)
        if row is None:
            found.append(_deviating(Deviation.REMOVED, told[0], sheet, reader, told[1][-1]))
        elif not _fits(row, told[1]):
            found.append(_deviating(Deviation.ALTERED, row.sitting, sheet, reader, row.said))
    found += [
        _deviating(Deviation.ADDED, row.sitting, sheet, reader, row.said)
        for (sheet, reader), row in sorted(rows.items())
        if row.said is not None or row.said_missing
    ]
    return found


def _by_person(found: Mapping[tuple[str, str], T]) -> dict[tuple[str, str], T]:
    """Return what was found by sheet and the record that stands for the reader."""
    roots = standing_for({reader for _sheet, reader in found}, SamePerson)
    return {(sheet, roots.get(reader, reader)): each for (sheet, reader), each in found.items()}


def _fits(row: _Row, told: list[_Said]) -> bool:
    """Tell whether a row is what was said last; who said that a sheet is missing may have it before them."""
    if row.said_missing != any(each.found == MISSING for each in told):
        return False
    if row.said is None:
        return all(each.found == MISSING for each in told)
    return row.said == told[-1]


def _deviating(kind: Deviation, sitting: str, sheet: str, reader: str, said: _Said | None) -> Deviating:
    facts = {"person_id": reader, "sitting_code": sitting, "sheet": sheet, "found": said and said.found}
    return Deviating(kind, RECORD, tuple(facts.items()))


def _entered() -> dict[tuple[str, str], tuple[str, list[_Said]]]:
    """Return what the ledger holds, in its order, by sheet and reader, each with its sitting."""
    rows = db.session.execute(
        select(Entry.by_id, Entry.body).where(Entry.kind == KIND, Entry.body.is_not(None)).order_by(Entry.id)
    )
    found: dict[tuple[str, str], tuple[str, list[_Said]]] = {}
    for by_id, body in rows:
        facts: dict[str, Any] = json.loads(body or "{}")["facts"]
        key = (str(facts["sheet"]), str(by_id))
        said = _Said(facts["found"], facts["entries_hash"])
        found.setdefault(key, (facts["sitting"], []))[1].append(said)
    return found


def _rows() -> dict[tuple[str, str], _Row]:
    statement = (
        select(
            AnswerSheet.code,
            Sitting.code,
            Reading.person_id,
            Reading.kind,
            Reading.entries,
            Reading.entered_at,
            Reading.said_missing_at,
        )
        .join(AnswerSheet, AnswerSheet.id == Reading.sheet_id)
        .join(Attempt, Attempt.id == AnswerSheet.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
    )
    found = {}
    for sheet, sitting, reader, kind, entries, entered_at, missing_at in db.session.execute(statement):
        hashed = None if entries is None else hashlib.sha256(entries.encode()).hexdigest()
        said = None if entered_at is None else _Said(str(kind), hashed)
        found[sheet, reader] = _Row(sitting, said, missing_at is not None)
    return found
