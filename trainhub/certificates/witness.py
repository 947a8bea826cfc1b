"""What certificates have on record of who issued them for which sitting."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.certificates.models import Certificate
from trainhub.exams.sittings.models import Sitting
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return who issued certificates for the results of which sitting."""
    statement = select(Certificate.issued_by_id, Sitting.code).join(
        Sitting, Sitting.id == Certificate.sitting_id
    )
    rows = rows_of(statement.distinct())
    return [Testimony("issued", ("person_id", "sitting_code"), rows)]
