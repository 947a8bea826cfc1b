"""What becomes of a registration afterwards: withdrawn, corrected, or eligible now by a record that came."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.eligibility import Facts, gather_records
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import Candidate, CandidateState, Eligibility, Sitting, SittingState
from trainhub.exams.sittings.plan import candidates_of
from trainhub.exams.sittings.registration import MAY_REGISTER, employers
from trainhub.exams.sittings.relations import (
    registration_of,
    state_registrations,
    state_seats,
    withdraw_registration,
)
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Person


def withdraw(candidate: Candidate, reason: str, *, by: Person) -> None:
    """Take a candidate out of a sitting that has not been opened; the seat is free again.

    Raises:
        Invalid: no reason is given.
        Conflict: the sitting has been opened, or the candidate is withdrawn already.
    """
    sitting = candidate.sitting
    hold_sitting(sitting)
    db.session.refresh(candidate)
    if not reason.strip():
        raise Invalid(_("Give the reason."))
    if candidate.state != CandidateState.REGISTERED:
        raise Conflict(_("The candidate is withdrawn already."))
    if sitting.state not in MAY_REGISTER:
        raise Conflict(_("The sitting has been opened; nobody can be withdrawn any more."))
    candidate.state = CandidateState.WITHDRAWN
    candidate.sitting_room_id, candidate.seat_number = None, None
    withdraw_registration(candidate, by=by)
    if sitting.state == SittingState.ARRANGED:
        state_seats(sitting, Counter(each.sitting_room_id for each in candidates_of(sitting)), by=by)
    note_change(sitting, "withdrawn", by=by, candidate=candidate, reason=reason)
    ledger.append("candidate.withdrawn", by=by, side="exam", sitting=sitting.code, person=candidate.person_id)


def correct(
    candidate: Candidate, employer_name: str, training_body_name: str, reason: str, *, by: Person
) -> None:
    """Correct what the registering party said; name and ID number are corrected where the person is recorded.

    Raises:
        Invalid: the employer or the reason is missing.
        Conflict: the sitting has been closed.
    """
    sitting = candidate.sitting
    hold_sitting(sitting)
    if not reason.strip() or not employer_name.strip():
        raise Invalid(_("Give the employer and the reason."))
    if sitting.state not in (*MAY_REGISTER, SittingState.OPEN):
        raise Conflict(_("The sitting is over; its register is closed."))
    organisations = employers(employer_name.strip(), training_body_name.strip())
    employer = organisations.get(employer_name.strip())
    candidate.employer_name = employer_name.strip()
    candidate.employer_id = None if employer is None else employer.id
    candidate.training_body_name = training_body_name.strip()
    training_body = organisations.get(candidate.training_body_name)
    state_registrations([registration_of(candidate.person_id, sitting, employer, training_body)], by=by)
    note_change(sitting, "corrected", by=by, candidate=candidate, reason=reason)
    ledger.append("candidate.corrected", by=by, side="exam", sitting=sitting.code, person=candidate.person_id)


def find_eligibility(sitting: Sitting, *, by: Person) -> int:
    """Look once more for training records of the candidates whose eligibility is open.

    Returns:
        How many are eligible now that were not.
    """
    hold_sitting(sitting)
    statement = select(Candidate).where(
        Candidate.sitting_id == sitting.id,
        Candidate.state == CandidateState.REGISTERED,
        Candidate.eligibility == Eligibility.PENDING,
    )
    pending = list(db.session.scalars(statement))
    facts = Facts()
    gather_records(facts, [candidate.person_id for candidate in pending], [sitting.qualification])
    found = 0
    for candidate in pending:
        record = facts.records.get((candidate.person_id, sitting.qualification))
        if record is not None:
            candidate.eligibility = Eligibility.TRAINING_RECORD
            candidate.eligibility_facts = {"record": record.code}
            found += 1
    if found:
        note_change(sitting, "eligibility_found", by=by, count=found)
        ledger.append("sitting.eligibility.found", by=by, side="exam", sitting=sitting.code, count=found)
    return found
