"""What the ledger holds of a sitting: the entries that name it or its papers, with what proves them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select

from trainhub.kernel.db import db
from trainhub.ledger import Entry
from trainhub.separation.models import SittingRelation, Uses
from trainhub.separation.naming import Names, scrubbed

_NOT_TOLD = ("attempt.", "message.", "account.", "candidate.seated", "candidate.checked_in", "report.")
"""Attempts prove themselves by their own receipts; seats and messages decide nothing of separation."""


def papers_used(sitting_code: str) -> list[str]:
    """Return the papers that were ever given to a sitting, in the order in which they were."""
    named = select(Uses.paper_code).where(Uses.sitting_code == sitting_code).order_by(Uses.id)
    return list(dict.fromkeys(db.session.scalars(named)))


def known_since(sitting_code: str) -> datetime | None:
    """Return when the register first heard of a sitting; None if it never did."""
    return db.session.scalar(
        select(SittingRelation.recorded_at)
        .where(SittingRelation.sitting_code == sitting_code)
        .order_by(SittingRelation.id)
        .limit(1)
    )


def entries_about(codes: Iterable[str], *where: ColumnElement[bool]) -> list[Entry]:
    """Return the entries whose body names one of some codes, in the order of the ledger."""
    wanted = set(codes)
    if not wanted:
        return []
    named = or_(
        *(Entry.body.contains(json.dumps(code, ensure_ascii=False), autoescape=True) for code in wanted)
    )
    found = db.session.scalars(select(Entry).where(named, *where).order_by(Entry.id))
    return [entry for entry in found if wanted & set(_strings(body_of(entry).get("facts")))]


def entries_of_sitting(sitting_code: str) -> list[Entry]:
    """Return the decisions about a sitting, its staff, its registrations and its papers."""
    since = known_since(sitting_code)
    if since is None:
        return []
    told = not_(or_(*(Entry.kind.startswith(prefix) for prefix in _NOT_TOLD)))
    of_sitting = entries_about([sitting_code], and_(Entry.at >= since, told))
    of_papers = entries_about(papers_used(sitting_code), Entry.kind.startswith("paper."))
    drawn = {str(facts_of_entry(entry)["draw"]) for entry in of_sitting if entry.kind.startswith("draw.")}
    of_draws = entries_about(drawn, Entry.kind.startswith("draw."))
    found = {entry.id: entry for entry in (*of_sitting, *of_papers, *of_draws)}
    return sorted(found.values(), key=lambda each: each.id)


def body_of(entry: Entry) -> dict[str, Any]:
    """Return what an entry says; empty if its body was erased by law."""
    body: dict[str, Any] = json.loads(entry.body) if entry.body else {}
    return body


def facts_of_entry(entry: Entry) -> dict[str, Any]:
    """Return the facts of an entry."""
    found: dict[str, Any] = body_of(entry).get("facts", {})
    return found


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def proven(entries: Iterable[Entry], names: Names, known: dict[str, str]) -> list[dict[str, Any]]:
    """Return entries as the report holds them: hash always, body and salt where no name has to be hidden.

    Whoever has body and salt computes the hash anew; a body that names somebody in full stays with the
    auditor.
    """
    return [_proven(entry, names, known) for entry in entries]


def _proven(entry: Entry, names: Names, known: dict[str, str]) -> dict[str, Any]:
    told = entry.body is not None and scrubbed(entry.body, names, known) == entry.body
    return {
        "leaf_hash": entry.leaf_hash,
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "by": entry.by_id,
        "body": entry.body if told else None,
        "salt": entry.salt if told else None,
    }
