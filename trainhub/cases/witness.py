"""What the tables of cases, and the ledger, say of who drafted and who approved a case, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, union_all

from trainhub.cases.models import Case, CaseVersion, VersionState
from trainhub.kernel.witness import Witness, fact
from trainhub.ledger import Entry

DRAFTING = ("case.drafted", "case.changed", "case.film.given", "case.correction.begun")


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of cases.

    A version keeps only who changed it last and was asked about it last; the ledger knows those before, as
    long as the case has a version.
    """
    drafted = _either(_versions(CaseVersion.drafted_by_id), _entries(*DRAFTING))
    published = CaseVersion.state == VersionState.PUBLISHED
    approved = _either(_versions(CaseVersion.reviewed_by_id).where(published), _entries("case.approved"))
    return (Witness("drafted", drafted, drafted), Witness("approved", approved, approved))


def _versions(person: Any) -> Any:
    return (
        select(person.label("person_id"), Case.code.label("case_code"))
        .join(Case, Case.id == CaseVersion.case_id)
        .where(person.is_not(None))
    )


def _entries(*kinds: str) -> Any:
    of_case = fact(Entry.body, "case")
    known = select(Case.code).join(CaseVersion, CaseVersion.case_id == Case.id)
    return select(Entry.by_id.label("person_id"), of_case.label("case_code")).where(
        Entry.kind.in_(kinds), of_case.in_(known)
    )


def _either(one: Any, other: Any) -> Any:
    return select(union_all(one, other).subquery())
