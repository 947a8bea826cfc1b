"""Registering candidates: ticket number, relation for the separation rules, message to the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from trainhub import ledger, regulations
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.eligibility import Facts, Finding, examine, gather_about
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import Candidate, CandidateState, Sitting, SittingState
from trainhub.exams.sittings.plan import capacity, number_of_candidates
from trainhub.exams.sittings.relations import (
    registration_of,
    state_registrations,
)
from trainhub.kernel import cipher, clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, for_any_reader, ngettext
from trainhub.kernel.identifiers import random_id, readable_code
from trainhub.kernel.keys import key
from trainhub.people import messages
from trainhub.people.models import Organisation, Person
from trainhub.people.persons import id_number_of
from trainhub.separation import Registered

_ASKED_AT_ONCE = 500
MAY_REGISTER = (SittingState.PLANNED, SittingState.ARRANGED)
"""States of a sitting in which candidates may still be registered."""


@dataclass(frozen=True)
class Registration:
    """What a registering party says about a candidate (报名信息).

    Args:
        employer_name: for whom they work.
        training_body_name: who trained them.
        phone: the party's word; kept sealed, never used for notices.
        import_id: the roster it came with.
    """

    employer_name: str
    training_body_name: str = ""
    phone: str = ""
    import_id: str | None = None


def register(sitting: Sitting, person: Person, registration: Registration, *, by: Person) -> Candidate:
    """Register one person for a sitting.

    Raises:
        Conflict: registration is over, the sitting is full, or the person is registered already.
        Invalid: the person may not sit it; the sentence says why.
        Refused: a separation rule forbids it.
    """
    lock("registration", "all")
    hold_sitting(sitting)
    require_registering(sitting)
    if number_of_candidates(sitting) >= capacity(sitting):
        raise Conflict(
            ngettext(
                "The sitting is full: %(num)s seat.", "The sitting is full: %(num)s seats.", capacity(sitting)
            )
        )
    number = id_number_of(person)
    if number is None:
        raise Invalid(_("The person's ID number is not on record."))
    facts = Facts(by_number={number: person})
    gather_about(facts, [person], [sitting.qualification])
    finding = examine(sitting, number, facts)
    if finding.already_here:
        raise Conflict(_("The person is registered for this sitting already."))
    if finding.reasons:
        raise Invalid(" ".join(finding.reasons))
    entry = Entry(sitting, person, registration, finding)
    organisations = employers(registration.employer_name, registration.training_body_name)
    [candidate] = enter([entry], organisations, by=by)
    note_change(sitting, "registered", by=by, candidate=candidate)
    return candidate


def require_registering(sitting: Sitting) -> None:
    """Refuse a registration once the sitting has been opened or its beginning has passed.

    Raises:
        Conflict: so it is.
    """
    if sitting.state not in MAY_REGISTER or sitting.starts_at <= clock.now():
        raise Conflict(_("Registration for the sitting %(code)s is over.", code=sitting.code))


def employers(*names: str) -> dict[str, Organisation]:
    """Return the employers and training bodies on record under some names."""
    wanted = {name for name in names if name}
    found = db.session.scalars(select(Organisation).where(Organisation.name.in_(wanted)))
    return {organisation.name: organisation for organisation in found}


@dataclass(frozen=True)
class Entry:
    """A registration that has been checked (待登记报名).

    Args:
        sitting: which, locked by the caller.
        person: who.
        registration: what the registering party says.
        finding: what the check found, without reasons against.
    """

    sitting: Sitting
    person: Person
    registration: Registration
    finding: Finding


def enter(
    entries: Sequence[Entry], organisations: Mapping[str, Organisation], *, by: Person
) -> list[Candidate]:
    """Write registrations that have been checked: rows, relations, ledger, messages.

    Args:
        entries: each of another person or sitting.
        organisations: employers and training bodies on record by name.
        by: who registers.

    Raises:
        Refused: somebody on duty may not be before one of these candidates.
    """
    earlier = _earlier(entries)
    candidates = [_candidate(each, earlier, organisations, by) for each in entries]
    db.session.add_all(candidates)
    db.session.flush()
    stated = [_relation(each, organisations) for each in entries]
    state_registrations(stated, by=by)
    facts = [_on_record(*each, by) for each in zip(entries, candidates, strict=True)]
    ledger.append_all(db.session.connection(), facts, side="exam")
    told = [(each.person, _words(one, each.sitting)) for each, one in zip(entries, candidates, strict=True)]
    messages.tell_all(told, "sitting.registered")
    return candidates


def _on_record(entry: Entry, candidate: Candidate, by: Person) -> tuple[str, str, dict[str, Any]]:
    facts = {
        "sitting": entry.sitting.code,
        "person": entry.person.id,
        "candidate": candidate.code,
        "eligibility": entry.finding.eligibility,
        "record": entry.finding.record_code,
    }
    return "candidate.registered", by.id, facts


def _relation(entry: Entry, organisations: Mapping[str, Organisation]) -> Registered:
    said = entry.registration
    employer, body = organisations.get(said.employer_name), organisations.get(said.training_body_name)
    return registration_of(entry.person.id, entry.sitting, employer, body)


def _candidate(
    entry: Entry,
    earlier: Mapping[tuple[int, str], Candidate],
    organisations: Mapping[str, Organisation],
    by: Person,
) -> Candidate:
    """Return the row of a registration: a new one, or that of an earlier one that was withdrawn."""
    sitting, said, finding = entry.sitting, entry.registration, entry.finding
    candidate = earlier.get((sitting.id, entry.person.id))
    if candidate is None:
        candidate = Candidate(code=random_id(), sitting=sitting, person=entry.person)
        candidate.objection_token, candidate.check_in_code = random_id(), random_id()
    candidate.state = CandidateState.REGISTERED
    candidate.ticket_number = ticket_number(sitting)
    employer = organisations.get(said.employer_name)
    candidate.employer_id = None if employer is None else employer.id
    candidate.employer_name = said.employer_name
    candidate.training_body_name = said.training_body_name
    candidate.contact_phone_sealed = _sealed_phone(candidate, said.phone)
    candidate.eligibility = finding.eligibility
    candidate.eligibility_facts = {"record": finding.record_code} if finding.record_code else {}
    candidate.attempt_number = finding.attempt_number
    candidate.registered_by_id = by.id
    candidate.registered_at = clock.now()
    candidate.import_id = said.import_id
    return candidate


def _earlier(entries: Sequence[Entry]) -> dict[tuple[int, str], Candidate]:
    """Return the registrations of the same persons for the same sittings that were withdrawn."""
    found: dict[tuple[int, str], Candidate] = {}
    for start in range(0, len(entries), _ASKED_AT_ONCE):
        lot = entries[start : start + _ASKED_AT_ONCE]
        there = Candidate.sitting_id.in_({each.sitting.id for each in lot})
        wanted = select(Candidate).where(there, Candidate.person_id.in_({each.person.id for each in lot}))
        found |= {(each.sitting_id, each.person_id): each for each in db.session.scalars(wanted)}
    return found


def _sealed_phone(candidate: Candidate, phone: str) -> bytes | None:
    if not phone:
        return None
    return cipher.encrypt(key("people"), phone.encode(), f"candidate-contact:{candidate.code}")


def ticket_number(sitting: Sitting) -> str:
    """Return a new ticket number (准考证号): the day, then a random tail that nobody can guess or count."""
    return f"{clock.local(sitting.starts_at):%y%m%d}-{readable_code(4)}-{readable_code(4)}"


def _words(candidate: Candidate, sitting: Sitting) -> str:
    """Return what tells a person, at the number that they gave themself, that they are registered."""
    day = clock.local(sitting.starts_at)
    address = current_app.config["SETTINGS"].public_url
    with for_any_reader():
        name = regulations.qualification(sitting.qualification, on=day.date()).name_zh
        return _(
            "You are registered for the examination %(name)s on %(day)s at %(site)s. "
            "If this was not you, object here: %(link)s",
            name=name,
            day=f"{day:%Y-%m-%d %H:%M}",
            site=sitting.site.name,
            link=f"{address}/exam/objections/{candidate.objection_token}",
        )
