"""Whose sittings a person may see: those of the exam centres for which they hold the duty."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.exams.sittings.plan import get_sitting
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

WATCHING = (Duty.ARRANGE_SITTINGS, Duty.ASSIGN_STAFF, Duty.MARK, Duty.PUBLISH_RESULTS)
"""Duties that see the line of a sitting; candidates are for ``ARRANGE_SITTINGS`` alone."""


def centres(*duties: Duty) -> list[int]:
    """Return the exam centres for which the signed-in person holds any of some duties."""
    person = current_person()
    wanted: Sequence[Duty] = duties or (Duty.ARRANGE_SITTINGS,)
    return sorted({centre for duty in wanted for centre in organisations_for(person, duty)})


def own_sitting(code: str, *duties: Duty) -> Sitting:
    """Return a sitting of the person's own exam centres; any other is not found."""
    return get_sitting(code, centres=centres(*duties))


def own_candidate(code: str) -> Candidate:
    """Return a candidate of the person's own exam centres; any other is not found."""
    statement = (
        select(Candidate)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(Candidate.code == code, Sitting.organisation_id.in_(centres()))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such candidate."))
    return found
