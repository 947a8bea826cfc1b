"""What training records that were handed over say of who learned where, and who signed."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.handover.models import TrainingRecord
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return who learned in which class by a training record, and who signed records of it."""
    columns = ("person_id", "class_code", "organisation_code")
    record = TrainingRecord
    learned = select(record.person_id, record.class_code, record.organisation_code)
    signed = select(record.issued_by_id, record.class_code, record.organisation_code)
    return [
        Testimony(relation, columns, rows_of(statement.distinct()))
        for relation, statement in (("attended", learned), ("attested", signed))
    ]
