"""What the training records at the door say of who learned where and who signed for it, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub.handover.models import TrainingRecord
from trainhub.kernel.witness import Witness, local_day


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold because a training record was handed over.

    The class has stated the period already where it is one of the house, so that a record asks only for some
    row about person and class, and stands behind one with its own period.
    """
    where = (TrainingRecord.class_code, TrainingRecord.organisation_code)
    signed = TrainingRecord.issued_by_id.label("person_id")
    period = (TrainingRecord.starts_on, TrainingRecord.ends_on)
    signing = select(signed, *where, local_day(TrainingRecord.issued_at).label("starts_on"))
    return (
        Witness(
            "attended",
            select(TrainingRecord.person_id, *where),
            select(TrainingRecord.person_id, *where, *period),
        ),
        Witness("attested", signing, signing),
    )
