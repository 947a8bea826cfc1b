"""Whose desk it is: a person sees the sittings they are appointed to, and nothing of any other."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.sittings import Candidate, CandidateState, Sitting, get_sitting
from trainhub.exams.staffing import appointments_of
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def sitting_of(code: str, person: Person, *duties: Duty) -> Sitting:
    """Return a sitting on which a person is appointed for one of some duties.

    Raises:
        NotFound: there is none, or it is not theirs: the two are never told apart.
    """
    sitting = get_sitting(code)
    if any(row.person_id == person.id and row.duty in duties for row in appointments_of(sitting)):
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
        scanned: text of the QR code, or the ticket number.
    """
    key = scanned.strip().rstrip("/").rsplit("/", 1)[-1]
    fits = (Candidate.check_in_code == key.lower()) | (Candidate.ticket_number == key.upper())
    wanted = select(Candidate).where(
        Candidate.sitting_id == sitting.id, Candidate.state == CandidateState.REGISTERED, fits
    )
    return db.session.scalar(wanted) if key else None
