"""Who may be registered (资格审核): age, earlier attempts, other registrations, and the training record.

A refusal has its reason in words. Where nothing forbids it but no training record has come through the door
yet, the candidate is registered as pending: no seat and no ticket until a record arrives or evidence is
accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from trainhub import handover, regulations
from trainhub.exams.sittings.history import History, history_of, refusals_by_history, with_rule
from trainhub.exams.sittings.models import Candidate, CandidateState, Eligibility, Part, Sitting, SittingState
from trainhub.exams.sittings.plan import LIVE
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.people.id_numbers import age_on
from trainhub.people.models import Person
from trainhub.people.persons import hash_id_number

OVER = (SittingState.CLOSED, SittingState.MARKED, SittingState.PUBLISHED)
"""States of a sitting that has been held."""


@dataclass
class Facts:
    """What the registers say about some persons, fetched at once.

    Args:
        by_number: persons on record by ID number.
        registrations: their standing registrations by person.
        records: their training records by (person, qualification).
        outcomes: their published outcomes by person.
        certificates: their certificates by person.
    """

    by_number: dict[str, Person] = field(default_factory=dict)
    registrations: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    records: dict[tuple[str, str], Any] = field(default_factory=dict)
    outcomes: dict[str, list[Any]] = field(default_factory=dict)
    certificates: dict[str, list[Any]] = field(default_factory=dict)


def gather_facts(numbers: Iterable[str], qualifications: Iterable[str]) -> Facts:
    """Fetch what the registers say about the holders of some ID numbers, in a handful of queries."""
    facts = Facts()
    hashes = {hash_id_number(number): number for number in numbers}
    for chunk in _chunks(list(hashes)):
        for person in db.session.scalars(select(Person).where(Person.id_number_hash.in_(chunk))):
            facts.by_number[hashes[str(person.id_number_hash)]] = person
    gather_about(facts, list(facts.by_number.values()), qualifications)
    return facts


def gather_about(facts: Facts, persons: Sequence[Person], qualifications: Iterable[str]) -> None:
    """Fetch registrations, training records, outcomes and certificates of known persons."""
    ids = [person.id for person in persons]
    for chunk in _chunks(ids):
        statement = select(Candidate).where(
            Candidate.person_id.in_(chunk), Candidate.state == CandidateState.REGISTERED
        )
        for candidate in db.session.scalars(statement):
            facts.registrations[candidate.person_id].append(candidate)
        facts.outcomes |= handover.outcomes_of_each(chunk)
        facts.certificates |= handover.certificate_statuses_of_each(chunk)
    gather_records(facts, ids, qualifications)


def gather_records(facts: Facts, person_ids: Sequence[str], qualifications: Iterable[str]) -> None:
    """Fetch the training records of some persons, the newest of each qualification."""
    for qualification in set(qualifications):
        for chunk in _chunks(person_ids):
            for record in handover.training_records_of(chunk, qualification):
                facts.records.setdefault((record.person_id, qualification), record)


def _chunks(values: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


@dataclass(frozen=True)
class Finding:
    """What the check of one person for one sitting found (资格审核结论).

    Args:
        reasons: why they cannot be registered; empty if they can.
        eligibility: why they may sit, or pending.
        record_code: of the training record.
        attempt_number: which attempt it is, from 1.
        already_here: whether they are registered for this very sitting.
        came_with: the roster with which that registration came.
    """

    reasons: tuple[str, ...]
    eligibility: Eligibility
    record_code: str | None
    attempt_number: int
    already_here: bool = False
    came_with: str | None = None


def examine(sitting: Sitting, number: str, facts: Facts) -> Finding:
    """Check the holder of an ID number for a sitting.

    Args:
        sitting: which.
        number: the ID number in its written form.
        facts: what the registers say.
    """
    day = clock.local_day(sitting.starts_at)
    person = facts.by_number.get(number)
    reasons = [*_refusals_by_age(number, day)]
    if person is None:
        return Finding(tuple(reasons), Eligibility.PENDING, None, 1)
    here = [each for each in facts.registrations[person.id] if each.sitting_id == sitting.id]
    if here:
        found = here[0]
        eligibility = Eligibility(found.eligibility)
        return Finding((), eligibility, None, found.attempt_number, True, found.import_id)
    reasons += _refusals_by_registrations(sitting, facts.registrations[person.id])
    history, practical = _histories(sitting, facts.outcomes.get(person.id, []))
    reasons += refusals_by_history(history, practical, sitting.part, day)
    reasons += _refusals_by_certificate(sitting, facts.certificates.get(person.id, []))
    eligibility, record = _basis(sitting, person, facts)
    return Finding(tuple(reasons), eligibility, record, history.attempts + 1)


def _histories(sitting: Sitting, outcomes: list[Any]) -> tuple[History, History | None]:
    day = clock.local_day(sitting.starts_at)
    known = regulations.qualification(sitting.qualification, on=day)
    practical = None
    if known.has_practical and sitting.part == Part.THEORY:
        practical = history_of(outcomes, sitting.qualification, Part.PRACTICAL, day)
    return history_of(outcomes, sitting.qualification, sitting.part, day), practical


def _basis(sitting: Sitting, person: Person, facts: Facts) -> tuple[Eligibility, str | None]:
    record = facts.records.get((person.id, sitting.qualification))
    if record is not None:
        return Eligibility.TRAINING_RECORD, record.code
    earlier = [
        each for each in facts.outcomes.get(person.id, []) if each.qualification == sitting.qualification
    ]
    if earlier or any(_was_admitted(each, sitting) for each in facts.registrations[person.id]):
        return Eligibility.EARLIER_RECORD, None
    return Eligibility.PENDING, None


def _was_admitted(candidate: Candidate, sitting: Sitting) -> bool:
    """Tell whether two people admitted somebody to an earlier sitting of the same, where they were absent.

    A training record is looked for once more: it may have been revoked.
    """
    by_people = candidate.eligibility in (Eligibility.ACCEPTED_EVIDENCE, Eligibility.EARLIER_RECORD)
    held = candidate.sitting
    return by_people and held.qualification == sitting.qualification and held.state in OVER


def _refusals_by_age(number: str, day: Any) -> list[str]:
    least = int(regulations.value("exam.minimum_age", on=day))
    if age_on(number, day) < least:
        text = _("Younger than %(least)s years on the day of the sitting.", least=least)
        return [with_rule(text, "exam.minimum_age", on=day)]
    return []


def _refusals_by_registrations(sitting: Sitting, registrations: list[Candidate]) -> list[str]:
    reasons = []
    for other in registrations:
        held = other.sitting
        if held.state not in LIVE:
            continue
        if (held.qualification, held.part) == (sitting.qualification, sitting.part):
            reasons.append(
                _("Registered for the same examination in the sitting %(code)s already.", code=held.code)
            )
        elif held.starts_at < sitting.ends_at and sitting.starts_at < held.ends_at:
            reasons.append(_("Registered for the sitting %(code)s at the same time.", code=held.code))
    return reasons


def _refusals_by_certificate(sitting: Sitting, certificates: list[Any]) -> list[str]:
    """Refuse who holds a certificate that does not run out soon: there is nothing to renew yet."""
    day = clock.local_day(sitting.starts_at)
    notice = int(regulations.value("certificate.renewal_notice_days", on=day))
    for certificate in certificates:
        left = (certificate.valid_to - day).days if certificate.valid_to else 0
        if certificate.qualification == sitting.qualification and not certificate.revoked and left > notice:
            text = _("Holds a certificate of this qualification until %(day)s.", day=certificate.valid_to)
            return [with_rule(text, "certificate.renewal_notice_days", on=day)]
    return []
