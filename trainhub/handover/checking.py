"""Checking the door as a whole: what was changed past its signature, and what the ledger alone has."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from trainhub import ledger
from trainhub.handover.models import (
    RECORDS,
    Application,
    CertificateStatus,
    Outcome,
    PracticeQuestion,
    Revocation,
    TrainingRecord,
)
from trainhub.handover.on_record import fact_of
from trainhub.handover.signing import genuine
from trainhub.kernel.db import db


@dataclass(frozen=True)
class Problem:
    """A record of the door that is not what was signed (被改动的记录).

    Args:
        record: table.
        code: of the record.
        what: altered, or missing though the ledger has it.
    """

    record: str
    code: str
    what: str


_LEDGER_KINDS = {
    "training_record.issued": TrainingRecord,
    "training_record.revoked": Revocation,
    "application.submitted": Application,
    "practice_question.handed_over": PracticeQuestion,
    "outcome.published": Outcome,
    "certificate_status.published": CertificateStatus,
}


def problems() -> list[Problem]:
    """Return every record whose signature fails, and every one that the ledger has and the table has not."""
    found = []
    for model in RECORDS:
        rows = list(db.session.scalars(select(model)))
        sound = {row.code for row in genuine(rows)}
        found += [Problem(model.__tablename__, row.code, "altered") for row in rows if row.code not in sound]
        kind = next(kind for kind, each in _LEDGER_KINDS.items() if each is model)
        bodies = db.session.scalars(select(ledger.Entry.body).where(ledger.Entry.kind == kind))
        codes = {fact_of(body, "code") for body in bodies if body}
        missing = sorted(codes - {row.code for row in rows})
        found += [Problem(model.__tablename__, code, "missing") for code in missing]
    return found
