"""Check-in: the ID card is compared, the person says which number is their own, and is let in."""

from __future__ import annotations

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.delivery import Attempt, admit
from trainhub.exams.invigilation.models import CheckIn, PhoneGiven
from trainhub.exams.sittings import Candidate, hold_sitting
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _l
from trainhub.people import messages
from trainhub.people.models import Person
from trainhub.people.persons import give_phone, phone_of


def check_in(
    candidate: Candidate,
    phone: PhoneGiven,
    number: str = "",
    *,
    identity_confirmed: bool,
    together: int = 1,
    by: Person,
) -> Attempt:
    """Let a candidate in whose face and ID card were compared with the registration.

    Args:
        candidate: who stands at the desk.
        phone: whether they gave a number of their own, confirmed the one on record, have none, or were not
            asked.
        number: the number they gave.
        identity_confirmed: what the invigilator says after comparing.
        together: of how many chosen seats it was said at once; it stands in the ledger.
        by: the invigilator.

    Raises:
        Invalid: identity not confirmed, or the answer about the number does not fit.
        Conflict: checked in before, or the sitting is not open for entry.
    """
    if not identity_confirmed:
        raise Invalid(_l("Compare the ID card first. If it does not fit, record an incident."))
    hold_sitting(candidate.sitting, shared=True)
    lock("candidate", candidate.id)
    if check_in_of(candidate) is not None:
        raise Conflict(_l("This candidate was checked in before."))
    _keep_phone(candidate.person, phone, number)
    attempt = admit(candidate, by=by)
    db.session.add(CheckIn(candidate_id=candidate.id, phone=phone, by_id=by.id))
    ledger.append(
        "candidate.checked_in",
        by=by,
        side="exam",
        sitting=candidate.sitting.code,
        candidate=candidate.code,
        phone=phone,
        together=together,
    )
    return attempt


def check_in_of(candidate: Candidate) -> CheckIn | None:
    """Return a candidate's check-in, or None."""
    return db.session.scalar(select(CheckIn).where(CheckIn.candidate_id == candidate.id))


def _keep_phone(person: Person, phone: PhoneGiven, number: str) -> None:
    if phone is PhoneGiven.GIVEN:
        give_phone(person, number)
        messages.release(person)
    elif phone is PhoneGiven.CONFIRMED and phone_of(person) is None:
        raise Invalid(_l("There is no number on record to confirm."))
