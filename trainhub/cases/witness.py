"""What the cases room has on record of who drafted and who approved an accident case."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.cases.models import Case, CaseVersion, VersionState
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return who drafted and who approved; of several drafters of one version the last is kept alone."""
    drafted = select(CaseVersion.drafted_by_id, Case.code).join(Case, Case.id == CaseVersion.case_id)
    approved = (
        select(CaseVersion.reviewed_by_id, Case.code)
        .join(Case, Case.id == CaseVersion.case_id)
        .where(CaseVersion.state.in_((VersionState.PUBLISHED, VersionState.REPLACED)))
    )
    columns = ("person_id", "case_code")
    return [
        Testimony("drafted", columns, rows_of(drafted), ("case_code",)),
        Testimony("approved", columns, rows_of(approved)),
    ]
