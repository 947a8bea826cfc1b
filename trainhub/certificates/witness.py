"""What the table of certificates says of who issued those of a sitting, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub.certificates.models import Certificate
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel.witness import Witness, local_day


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold because certificates were issued."""
    who = (Certificate.issued_by_id.label("person_id"), Sitting.code.label("sitting_code"))
    day = local_day(Certificate.issued_at).label("starts_on")
    return (
        Witness(
            "issued",
            select(*who).join(Sitting, Sitting.id == Certificate.sitting_id).distinct(),
            select(*who, day).join(Sitting, Sitting.id == Certificate.sitting_id).distinct(),
        ),
    )
