"""What marking has on record of who marked a sitting, published its results and corrected marks."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.marking.models import Correction, CorrectionState, Result
from trainhub.exams.sittings.models import Sitting
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return who marked, published, proposed and approved corrections.

    Of several who marked or published a sitting the results keep the last alone.
    """
    columns, of_sitting = ("person_id", "sitting_code"), ("sitting_code",)
    marked = (
        select(Result.marked_by_id, Sitting.code)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(Result.marked_by_id.is_not(None))
    )
    published = (
        select(Result.published_by_id, Sitting.code)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(Result.published_by_id.is_not(None))
    )
    return [
        Testimony("marked", columns, rows_of(marked.distinct()), of_sitting),
        Testimony("published", columns, rows_of(published.distinct()), of_sitting),
        *_corrections(),
    ]


def _corrections() -> list[Testimony]:
    columns = ("person_id", "sitting_code", "result_code")
    proposed = (
        select(Correction.proposed_by_id, Sitting.code, Correction.code)
        .join(Result, Result.id == Correction.result_id)
        .join(Sitting, Sitting.id == Result.sitting_id)
    )
    approved = (
        select(Correction.decided_by_id, Sitting.code, Correction.code)
        .join(Result, Result.id == Correction.result_id)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(Correction.state == CorrectionState.APPROVED)
    )
    return [
        Testimony("corrected", columns, rows_of(proposed)),
        Testimony("confirmed", columns, rows_of(approved)),
    ]
