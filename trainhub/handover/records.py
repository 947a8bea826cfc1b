"""What passes through the door: training records, revocations, applications, outcomes, certificate statuses.

Reading verifies: a record that was changed past its signature is not handed out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from trainhub import ledger, separation
from trainhub.governance.duties import organisations_for
from trainhub.handover.models import (
    Application,
    CertificateStatus,
    Outcome,
    Revocation,
    Signed,
    TrainingRecord,
)
from trainhub.handover.signing import genuine, sign, sign_all
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.organisations import organisations_of_kind
from trainhub.separation.duties import Duty


def issue_training_record(
    person: Person,
    qualification: str,
    syllabus_version: str,
    verified_seconds: int,
    starts_on: date,
    ends_on: date,
    training_body: Organisation,
    class_code: str,
    *,
    by: Person,
) -> TrainingRecord:
    """Hand over that a person has learned: signed by the training body, known to the rules from then on.

    A record that comes late is not refused, whoever is on duty where its person is registered.
    The examination side is told by its open work.

    Raises:
        Forbidden: the acting person does not issue records for this training body.
        Refused: S-06, the acting person holds an examination duty.
        Invalid: the period or the hours cannot be.
    """
    if training_body.id not in organisations_for(by, Duty.ISSUE_TRAINING_RECORDS):
        raise Forbidden(_l("You do not issue training records for this training body."))
    if ends_on < starts_on or verified_seconds <= 0:
        raise Invalid(_l("Period or hours of the training record cannot be."))
    separation.relations.state_attested(by, class_code, training_body, by=by, source="training record")
    _state_attended(person, class_code, training_body, starts_on, ends_on, by)
    record = TrainingRecord(
        person_id=person.id,
        qualification=qualification,
        syllabus_version=syllabus_version,
        verified_seconds=verified_seconds,
        starts_on=starts_on,
        ends_on=ends_on,
        class_code=class_code,
    )
    sign(record, training_body, by=by)
    record_entry("training_record.issued", record, by, person=person.id, qualification=qualification)
    return record


def _state_attended(
    person: Person, class_code: str, training_body: Organisation, starts_on: date, ends_on: date, by: Person
) -> None:
    """State what the record says, unless the class has stated it already."""
    if not separation.relations.has_attended(person, class_code, training_body):
        separation.relations.state_attended(
            person, class_code, training_body, starts_on, ends_on, by=by, source="training record"
        )


def revoke_training_record(code: str, reason: str, *, by: Person) -> Revocation:
    """Take a training record back; it counts no more, and stays.

    Raises:
        NotFound: there is no such record of a training body for which the acting person issues.
        Conflict: it is revoked already.
        Invalid: no reason is given.
    """
    lock("training-record", code)
    record = db.session.scalar(select(TrainingRecord).where(TrainingRecord.code == code))
    body = None if record is None else _organisation(record.organisation_code)
    if body is None or body.id not in organisations_for(by, Duty.ISSUE_TRAINING_RECORDS):
        raise NotFound(_l("There is no such training record."))
    if not reason.strip():
        raise Invalid(_l("Give a reason."))
    if db.session.scalar(select(Revocation.id).where(Revocation.record_code == code)):
        raise Conflict(_l("This training record is revoked already."))
    revocation = sign(Revocation(record_code=code, reason=reason.strip()), body, by=by)
    record_entry("training_record.revoked", revocation, by, revoked=code)
    return revocation


def training_records_of(person_ids: Sequence[str], qualification: str) -> list[TrainingRecord]:
    """Return the genuine training records of some persons that have not been revoked, the newest first.

    That a record was revoked is taken from the ledger as well: deleting the revocation does not revive it.
    """
    statement = (
        select(TrainingRecord)
        .where(TrainingRecord.person_id.in_(person_ids), TrainingRecord.qualification == qualification)
        .order_by(TrainingRecord.ends_on.desc(), TrainingRecord.id.desc())
    )
    rows = genuine(db.session.scalars(statement))
    revoked = revoked_codes()
    return [row for row in rows if row.code not in revoked]


def training_record(code: str) -> TrainingRecord | None:
    """Return a genuine training record by code, revoked or not, or None."""
    rows = genuine(db.session.scalars(select(TrainingRecord).where(TrainingRecord.code == code)))
    return rows[0] if rows else None


def revoked_codes() -> frozenset[str]:
    """Return the codes of all training records that were ever revoked, by the table and by the ledger."""
    stated = set(db.session.scalars(select(Revocation.record_code)))
    bodies = db.session.scalars(
        select(ledger.Entry.body).where(ledger.Entry.kind == "training_record.revoked")
    )
    return frozenset(stated | {fact_of(body, "revoked") for body in bodies if body})


def submit_application(
    person: Person,
    qualification: str,
    wished_from: date,
    wished_to: date,
    applicant: Organisation,
    documents: str = "",
    *,
    by: Person,
) -> Application:
    """Ask the examination side to examine a person; signed by the enterprise or training body that asks.

    Raises:
        Forbidden: the acting person does not enrol people for the applicant.
        Invalid: the wished period ends before it begins.
    """
    mine = {*organisations_for(by, Duty.ENROL_PEOPLE), *organisations_for(by, Duty.MANAGE_COURSES)}
    if applicant.id not in mine:
        raise Forbidden(_l("You do not enrol people for this organisation."))
    if wished_to < wished_from:
        raise Invalid(_l("The period ends before it begins."))
    application = Application(
        person_id=person.id,
        qualification=qualification,
        wished_from=wished_from,
        wished_to=wished_to,
        documents=documents,
    )
    sign(application, applicant, by=by)
    record_entry("application.submitted", application, by, person=person.id, qualification=qualification)
    return application


def applications(qualification: str | None = None) -> list[Application]:
    """Return the genuine applications, the oldest first."""
    statement = select(Application).order_by(Application.id)
    if qualification is not None:
        statement = statement.where(Application.qualification == qualification)
    return genuine(db.session.scalars(statement))


def publish_outcome(
    person: Person,
    qualification: str,
    part: str,
    passed: bool,
    on: date,
    sitting_code: str,
    *,
    by: Person,
    centre: Organisation | None = None,
) -> Outcome:
    """Hand over the published result of a part, without marks; signed by the exam centre.

    Args:
        centre: which; the one for which the acting person publishes unless given.
    """
    outcome = Outcome(
        person_id=person.id,
        qualification=qualification,
        part=str(part),
        passed=passed,
        on=on,
        sitting_code=sitting_code,
    )
    sign(outcome, centre or _centre_of(by, Duty.PUBLISH_RESULTS), by=by)
    record_entry("outcome.published", outcome, by, person=person.id, sitting=sitting_code)
    return outcome


def sign_outcomes(outcomes: Sequence[Outcome], *, by: Person, centre: Organisation) -> None:
    """Sign many outcomes of a sitting of one centre ahead of the deed that hands them over; writes nothing.

    Args:
        outcomes: each with what it says, in no session.
        by: who publishes.
        centre: whose key signs; it has one (``have_key``).
    """
    sign_all(outcomes, centre, by=by)


def hand_over_outcomes(outcomes: Sequence[Outcome], *, by: Person) -> None:
    """Hand over many outcomes that were signed, as ``publish_outcome`` does with one; written together."""
    if not outcomes:
        return
    columns = [column.name for column in Outcome.__table__.columns if column.name != "id"]
    rows = [{name: getattr(each, name) for name in columns} for each in outcomes]
    db.session.execute(insert(Outcome), rows)
    drafts: list[tuple[str, str | None, dict[str, Any]]] = [
        (
            "outcome.published",
            by.id,
            _signed_facts(each) | {"person": each.person_id, "sitting": each.sitting_code},
        )
        for each in outcomes
    ]
    ledger.append_all(db.session.connection(), drafts, side="door")


def outcomes_of(person: Person) -> list[Outcome]:
    """Return a person's genuine outcomes, the oldest first; of one part of one sitting the newest counts."""
    return outcomes_of_each([person.id])[person.id]


def outcomes_of_each(person_ids: Sequence[str]) -> dict[str, list[Outcome]]:
    """Return the outcomes of some persons, by person, as ``outcomes_of`` does for one; read together."""
    statement = select(Outcome).where(Outcome.person_id.in_(person_ids)).order_by(Outcome.on, Outcome.id)
    newest: dict[str, dict[tuple[str, str, str], Outcome]] = {each: {} for each in person_ids}
    for each in genuine(db.session.scalars(statement)):
        newest[each.person_id][each.qualification, each.part, each.sitting_code] = each
    return {person_id: list(found.values()) for person_id, found in newest.items()}


def passed_at(sitting_code: str, person_ids: Sequence[str]) -> frozenset[tuple[str, str, str]]:
    """Return who passed what at a sitting, as person, qualification and part: the newest genuine outcomes.

    A result that was changed past its publication is none of them: no login of a database can sign.
    """
    newest: dict[tuple[str, str, str], bool] = {}
    for start in range(0, len(person_ids), 500):
        statement = (
            select(Outcome)
            .where(
                Outcome.sitting_code == sitting_code,
                Outcome.person_id.in_(person_ids[start : start + 500]),
            )
            .order_by(Outcome.id)
        )
        found = genuine(db.session.scalars(statement))
        newest |= {(each.person_id, each.qualification, each.part): each.passed for each in found}
    return frozenset(whose for whose, passed in newest.items() if passed)


def publish_certificate_status(
    person: Person,
    qualification: str,
    number: str,
    valid_to: date,
    revoked: bool,
    *,
    by: Person,
    centre: Organisation | None = None,
) -> CertificateStatus:
    """Hand over that a certificate exists or is revoked; signed by the exam centre."""
    status = CertificateStatus(
        person_id=person.id, qualification=qualification, number=number, valid_to=valid_to, revoked=revoked
    )
    sign(status, centre or _centre_of(by, Duty.ISSUE_CERTIFICATES), by=by)
    record_entry("certificate_status.published", status, by, person=person.id, number=number)
    return status


def certificate_statuses_of(person: Person) -> list[CertificateStatus]:
    """Return the newest genuine status of each of a person's certificates; once revoked, always revoked."""
    return certificate_statuses_of_each([person.id])[person.id]


def certificate_statuses_of_each(person_ids: Sequence[str]) -> dict[str, list[CertificateStatus]]:
    """Return the statuses of some persons' certificates, as for one, by person; read together."""
    statement = (
        select(CertificateStatus)
        .where(CertificateStatus.person_id.in_(person_ids))
        .order_by(CertificateStatus.revoked, CertificateStatus.id)
    )
    newest: dict[str, dict[str, CertificateStatus]] = {each: {} for each in person_ids}
    for status in genuine(db.session.scalars(statement)):
        newest[status.person_id][status.number] = status
    return {
        person_id: sorted(found.values(), key=lambda status: status.id) for person_id, found in newest.items()
    }


def certificates_in_force(person_ids: Sequence[str], qualification: str, *, on: date) -> int:
    """Return how many certificates some persons hold in a qualification, valid on a day and not revoked."""
    newest: dict[str, CertificateStatus] = {}
    for start in range(0, len(person_ids), 500):
        statement = (
            select(CertificateStatus)
            .where(
                CertificateStatus.person_id.in_(person_ids[start : start + 500]),
                CertificateStatus.qualification == qualification,
            )
            .order_by(CertificateStatus.revoked, CertificateStatus.id)
        )
        newest |= {status.number: status for status in genuine(db.session.scalars(statement))}
    return sum(not status.revoked and status.valid_to >= on for status in newest.values())


def fact_of(body: str, name: str) -> str:
    """Return one fact of a ledger entry's body."""
    return str(json.loads(body)["facts"].get(name, ""))


def record_entry(kind: str, record: Signed, by: Person, **facts: str) -> None:
    """Write into the ledger that a record was signed."""
    ledger.append(kind, by=by, side="door", **_signed_facts(record), **facts)


def _signed_facts(record: Signed) -> dict[str, str]:
    return {"code": record.code, "signed_by": record.organisation_code, "signature": record.signature}


def _organisation(code: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.code == code))


def _centre_of(by: Person, duty: Duty) -> Organisation:
    mine = organisations_for(by, duty)
    if mine:
        return db.session.get_one(Organisation, mine[0])
    centres = organisations_of_kind(OrganisationKind.EXAM_CENTRE)
    if not centres:
        raise NotFound(_l("There is no exam centre on record."))
    return centres[0]
