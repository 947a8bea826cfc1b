"""Whose desk it is: a person sees the sittings they are appointed to, and nothing of any other."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.sittings import Candidate, CandidateState, Sitting, candidate_by_check_in, get_sitting
from trainhub.exams.staffing import appointments_of, sittings_on_duty
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def duties_in(sitting: Sitting, person: Person) -> frozenset[str]:
    """Return the duties for which a person is appointed to a sitting."""
    return frozenset(str(row.duty) for row in appointments_of(sitting) if row.person_id == person.id)


def own_sittings(person: Person) -> list[Sitting]:
    """Return the sittings on which a person is on duty, in the order of time."""
    return sittings_on_duty(person)


def sitting_of(code: str, person: Person, *duties: Duty) -> Sitting:
    """Return a sitting on which a person is appointed for one of some duties.

    Raises:
        NotFound: there is none, or it is not theirs: the two are never told apart.
    """
    sitting = get_sitting(code)
    if duties_in(sitting, person) & set(duties):
        return sitting
    raise NotFound(_l("There is no such sitting."))


def candidate_of(sitting: Sitting, candidate_code: str) -> Candidate:
    """Return a candidate of this sitting by the code in the address.

    Raises:
        NotFound: there is none here.
    """
    wanted = select(Candidate).where(Candidate.sitting_id == sitting.id, Candidate.code == candidate_code)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(_l("There is no such candidate in this sitting."))
    return found


def find_candidate(sitting: Sitting, scanned: str) -> Candidate | None:
    """Return the candidate of this sitting whose ticket was scanned or typed, or None.

    Args:
        sitting: of the desk.
        scanned: content of the QR code, or the ticket number.
    """
    found = candidate_by_check_in(scanned)
    if found is None or found.sitting_id != sitting.id or found.state != CandidateState.REGISTERED:
        return None
    return found
