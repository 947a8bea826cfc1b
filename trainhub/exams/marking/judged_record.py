"""Whether what assessors gave is still what they entered: the tables held against the ledger."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from trainhub.exams.marking.judging import facts_of
from trainhub.exams.marking.models_judging import WrittenResponse
from trainhub.exams.marking.written import responses_of
from trainhub.exams.sittings import Sitting
from trainhub.kernel.db import db
from trainhub.kernel.witness import fact
from trainhub.ledger import Entry

KIND = "response.judged"


def altered_responses(sitting: Sitting) -> list[WrittenResponse]:
    """Return the responses of a sitting whose judgements are not what the ledger says was entered.

    A judgement that was changed, added or taken away past the assessors is one of them.
    """
    responses = responses_of(sitting, superseded=True)
    if not responses:
        return []
    entered = _entered(sitting)
    return [
        row
        for row in responses
        if entered.get(row.code, []) != sorted(map(_plain, map(facts_of, row.entered(anew=True))))
        or any(each.total != sum(each.by_criterion) for each in row.entered(anew=True))
    ]


def _plain(facts: Any) -> tuple[str, ...]:
    return tuple(str(facts[name]) for name in ("judgement", "assessor", "turn", "points"))


def _entered(sitting: Sitting) -> dict[str, list[tuple[str, ...]]]:
    rows = db.session.scalars(
        select(Entry.body).where(
            Entry.kind == KIND, Entry.body.is_not(None), fact(Entry.body, "sitting") == sitting.code
        )
    )
    found: dict[str, list[tuple[str, ...]]] = {}
    for body in rows:
        facts = _facts(body)
        found.setdefault(facts["response"], []).append(_plain(facts))
    return {code: sorted(each) for code, each in found.items()}


def _facts(body: Any) -> dict[str, Any]:
    read = json.loads(body) if isinstance(body, str | bytes) else body
    facts: dict[str, Any] = read["facts"]
    return facts
