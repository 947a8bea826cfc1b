"""The change log of a sitting (变更记录): every change of plan, candidate or seat, with person and reason."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.sittings.models import Candidate, Change, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person

KINDS = {
    "planned": _l("planned"),
    "paper_given": _l("paper given"),
    "reserve_paper_given": _l("reserve paper given"),
    "roster_imported": _l("roster imported"),
    "come_again": _l("people of an earlier sitting registered"),
    "registered": _l("candidate registered"),
    "withdrawn": _l("candidate withdrawn"),
    "corrected": _l("candidate corrected"),
    "evidence_proposed": _l("evidence proposed"),
    "evidence_accepted": _l("evidence accepted"),
    "evidence_declined": _l("evidence declined"),
    "eligibility_found": _l("eligibility found"),
    "arranged": _l("seats given"),
    "seat_changed": _l("seat changed"),
    "surroundings_set": _l("surroundings set"),
    "surroundings_lifted": _l("surroundings lifted"),
    "opened": _l("opened"),
    "closed": _l("closed"),
    "marked": _l("marked"),
    "published": _l("results published"),
}
"""What a line of the log says, by its kind."""


def note_change(
    sitting: Sitting,
    kind: str,
    *,
    by: Person,
    candidate: Candidate | None = None,
    reason: str = "",
    **detail: object,
) -> Change:
    """Write a line into a sitting's change log.

    Args:
        sitting: whose log.
        kind: one of ``KINDS``.
        by: who changed.
        candidate: whom it concerns, if one.
        reason: why, where the person must say so.
        detail: codes and numbers, no personal data.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    change = Change(
        sitting_id=sitting.id,
        candidate_id=None if candidate is None else candidate.id,
        kind=kind,
        reason=reason.strip(),
        detail={key: str(each) for key, each in detail.items()},
        by_id=by.id,
        at=clock.now(),
    )
    db.session.add(change)
    return change


def changes_of(sitting: Sitting, limit: int = 200) -> list[Change]:
    """Return a sitting's change log, newest first."""
    statement = select(Change).where(Change.sitting_id == sitting.id).order_by(Change.id.desc())
    return list(db.session.scalars(statement.limit(limit)))


def label_of(change: Change) -> object:
    """Return what a line says in the reader's language."""
    return KINDS[change.kind]


def last_of(sitting: Sitting, *kinds: str) -> Change | None:
    """Return the newest line of some kinds, or None."""
    statement = select(Change).where(Change.sitting_id == sitting.id, Change.kind.in_(kinds))
    return db.session.scalar(statement.order_by(Change.id.desc()).limit(1))
