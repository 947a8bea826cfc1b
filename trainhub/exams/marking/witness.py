"""What marking has on record of who marked a sitting and who published its results."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.marking.models import Result
from trainhub.exams.sittings.models import Sitting
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return who marked and who published; of several the results keep the last alone."""
    columns, of_sitting = ("person_id", "sitting_code"), ("sitting_code",)
    marked = select(Result.marked_by_id, Sitting.code).join(Sitting, Sitting.id == Result.sitting_id)
    published = (
        select(Result.published_by_id, Sitting.code)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(Result.published_by_id.is_not(None))
    )
    return [
        Testimony(relation, columns, rows_of(asked.distinct()), of_sitting)
        for relation, asked in (("marked", marked), ("published", published))
    ]
