"""“I did not sit this” (本人异议): raised without an account, decided by a person, blocking meanwhile.

People have been registered with stolen identities, to fail on purpose or to have somebody else pass. Whoever
holds the link of the message, or the ticket number and their own ID number, can say so. A wrong number and an
unknown one get the same answer.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from trainhub import ledger
from trainhub.exams.sittings.models import Candidate, Objection, ObjectionState, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l, for_any_reader
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.keys import seal, unseal
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people import messages
from trainhub.people.id_numbers import parse_id_number
from trainhub.people.models import Person
from trainhub.people.persons import hash_id_number, parse_phone

GROUNDS = {
    "not_registered": _l("I was registered without my knowledge."),
    "not_sat": _l("I did not sit this examination; somebody else did."),
    "wrong_data": _l("The registration shows wrong data about me."),
}
"""What an objection can say."""


def candidate_by_token(token: str) -> Candidate:
    """Return the candidate whose message held a link.

    Raises:
        NotFound: no registration has this link.
    """
    found = db.session.scalar(select(Candidate).where(Candidate.objection_token == token))
    if found is None:
        raise NotFound(_l("This link belongs to no registration."))
    return found


def candidate_by_numbers(ticket_number: str, id_number: str) -> Candidate:
    """Return the candidate who has both a ticket number and an ID number.

    Raises:
        NotFound: the two do not belong together; it is never said which was wrong.
    """
    unknown = NotFound(_l("No registration has these two numbers together."))
    try:
        wanted = hash_id_number(parse_id_number(id_number))
    except Invalid:
        raise unknown from None
    found = candidate_by_ticket(ticket_number)
    known = "" if found is None else found.person.id_number_hash or ""
    if not hmac.compare_digest(wanted, known) or found is None:
        raise unknown
    return found


def candidate_by_ticket(ticket_number: str) -> Candidate | None:
    """Return the candidate with a ticket number, however it is typed, or None."""
    plain = "".join(each for each in ticket_number.upper() if each.isascii() and each.isalnum())
    if len(plain) != 14:
        return None
    written = f"{plain[:6]}-{plain[6:10]}-{plain[10:]}"
    return db.session.scalar(select(Candidate).where(Candidate.ticket_number == written))


def raise_objection(candidate: Candidate, ground: str, text: str, contact: str, *, channel: str) -> Objection:
    """Take an objection; while it is open no certificate goes out for this registration.

    Args:
        candidate: whose registration it is about.
        ground: one of ``GROUNDS``.
        text: in the person's words.
        contact: a mobile number for questions, or nothing.
        channel: ``link`` or ``numbers``: how the person showed whose registration it is.

    Raises:
        Invalid: no ground, or the number is none.
        Conflict: an objection to this registration is open already.
    """
    lock("candidate", candidate.id)
    if ground not in GROUNDS:
        raise Invalid(_("Choose what you object to."))
    if len(text) > 2000:
        raise Invalid(_("Use at most 2000 characters."))
    phone = parse_phone(contact) if contact.strip() else ""
    if open_objections(candidate):
        raise Conflict(_("An objection to this registration is being looked into already."))
    objection = Objection(
        code=random_id(),
        candidate=candidate,
        ground=ground,
        channel=channel,
        state=ObjectionState.OPEN,
        raised_at=clock.now(),
    )
    context = f"objection:{objection.code}"
    objection.text_sealed = seal("exam", text.strip().encode(), context)
    objection.contact_sealed = seal("exam", phone.encode(), context) if phone else None
    db.session.add(objection)
    db.session.flush()
    ledger.append(
        "objection.raised",
        by=None,
        side="exam",
        objection=objection.code,
        sitting=candidate.sitting.code,
        person=candidate.person_id,
        ground=ground,
    )
    return objection


for _column in ("text_sealed", "contact_sealed"):
    sealed_by_master(Objection, _column, lambda row: f"objection:{row.code}")


def words_of(objection: Objection) -> tuple[str, str]:
    """Return text and contact number of an objection in clear, for who decides it."""
    context = f"objection:{objection.code}"
    text = unseal("exam", objection.text_sealed, context).decode()
    if objection.contact_sealed is None:
        return text, ""
    return text, unseal("exam", objection.contact_sealed, context).decode()


def decide_objection(objection: Objection, uphold: bool, reason: str, *, by: Person) -> None:
    """Uphold or dismiss an objection, with the reason.

    Raises:
        Invalid: no reason is given.
        Conflict: it is decided already.
    """
    lock("candidate", objection.candidate_id)
    db.session.refresh(objection)
    if objection.state != ObjectionState.OPEN:
        raise Conflict(_("This objection has been decided already."))
    if len(reason.strip()) < 4:
        raise Invalid(_("Give the reason."))
    objection.state = ObjectionState.UPHELD if uphold else ObjectionState.DISMISSED
    objection.decided_by_id, objection.decided_at = by.id, clock.now()
    objection.reason = reason.strip()
    ledger.append(
        "objection.upheld" if uphold else "objection.dismissed",
        by=by,
        side="exam",
        objection=objection.code,
        sitting=objection.candidate.sitting.code,
        person=objection.candidate.person_id,
    )
    _tell_decision(objection, uphold)


def _tell_decision(objection: Objection, upheld: bool) -> None:
    """Tell the person at their own number what came of the objection."""
    candidate = objection.candidate
    with for_any_reader():
        day = f"{clock.local(candidate.sitting.starts_at):%Y-%m-%d}"
        if upheld:
            text = _(
                "Your objection to the registration for %(day)s is upheld; no certificate goes out.", day=day
            )
        else:
            text = _(
                "Your objection to the registration for %(day)s is dismissed: %(reason)s",
                day=day,
                reason=objection.reason,
            )
    messages.tell(candidate.person, "objection.decided", text)


def open_objections(candidate: Candidate) -> list[Objection]:
    """Return the objections to a registration that are not decided."""
    statement = select(Objection).where(
        Objection.candidate_id == candidate.id, Objection.state == ObjectionState.OPEN
    )
    return list(db.session.scalars(statement))


def objected() -> Select[Any]:
    """Return a select of the ids of candidates whose results and certificates objections keep from going out:
    open ones, and those that were right.
    """
    return select(Objection.candidate_id).where(
        Objection.state.in_((ObjectionState.OPEN, ObjectionState.UPHELD))
    )


def objected_in(sitting: Sitting) -> set[int]:
    """Return the ids of a sitting's candidates among them."""
    statement = objected().join(Candidate, Candidate.id == Objection.candidate_id)
    return set(db.session.scalars(statement.where(Candidate.sitting_id == sitting.id)))


def objections_of(centres: Sequence[int], *, open_only: bool = False) -> list[Objection]:
    """Return the objections to registrations at some exam centres, open ones first, then the newest."""
    statement = (
        select(Objection)
        .join(Candidate, Candidate.id == Objection.candidate_id)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(Sitting.organisation_id.in_(centres))
        .order_by(Objection.state != ObjectionState.OPEN, Objection.id.desc())
    )
    if open_only:
        statement = statement.where(Objection.state == ObjectionState.OPEN)
    return list(db.session.scalars(statement.limit(200)))


def get_objection(code: str, *, centres: Sequence[int]) -> Objection:
    """Return an objection to a registration at some exam centres.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    statement = (
        select(Objection)
        .join(Candidate, Candidate.id == Objection.candidate_id)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(Objection.code == code, Sitting.organisation_id.in_(centres))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such objection."))
    return found
