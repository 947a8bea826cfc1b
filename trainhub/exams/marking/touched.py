"""Whom a change of a key would touch, told before it is approved: results, published ones, certificates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from trainhub.exams.marking.models import Mark, Result, ResultState
from trainhub.exams.marking.models_keys import KeyChange
from trainhub.exams.sittings import Sitting
from trainhub.handover import certificates_in_force, newest_status
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l


@dataclass(frozen=True)
class Touched:
    """How much a change of a key concerns (涉及范围).

    Args:
        results: of candidates who met the question and were marked; each is computed anew.
        published: those of them that were told to the candidate.
        certificates: that these candidates hold in the qualification, valid and not revoked.
    """

    results: int
    published: int
    certificates: int

    @property
    def mark(self) -> str:
        """Write the numbers so that whoever approves can be asked whether they saw these."""
        return f"{self.results}-{self.published}-{self.certificates}"


def touched_by(change: KeyChange) -> Touched:
    """Return whom a change would touch if it were approved now."""
    rows = db.session.execute(_met(change)).all()
    persons: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        persons[row.qualification].add(row.person_id)
    return Touched(
        results=len(rows),
        published=sum(row.state == ResultState.PUBLISHED for row in rows),
        certificates=sum(
            certificates_in_force(sorted(each), qualification, on=clock.today())
            for qualification, each in persons.items()
        ),
    )


def _met(change: KeyChange) -> Select[int, str, str, str]:
    return (
        select(Result.id, Result.person_id, Result.qualification, Result.state)
        .join(Mark, Mark.result_id == Result.id)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(
            Sitting.organisation_id == change.organisation_id,
            Mark.item_code == change.item_code,
            Mark.item_version == change.item_version,
        )
        .distinct()
    )


def glance(change: KeyChange) -> tuple[int, ...]:
    """Return what stays the same as long as a change touches the same, without holding any signature."""
    met = _met(change).subquery()
    published = func.count().filter(met.c.state == ResultState.PUBLISHED)
    results, out = db.session.execute(select(func.count(), published).select_from(met)).one()
    return results, out, newest_status()


def require_known(change: KeyChange, mark: str | None) -> None:
    """Check that a change touches still what its approver was told; it may have waited in the queue since.

    Args:
        change: about to be approved.
        mark: of what the approver was told; None if nobody asked.

    Raises:
        Conflict: it touches others by now.
    """
    if mark is not None and touched_by(change).mark != mark:
        raise Conflict(_l("Confirm first that you know what the change touches."))
