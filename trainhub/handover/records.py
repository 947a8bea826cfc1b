"""What the training side hands over: training records and their revocation, and applications.

Reading verifies: a record that was changed past its signature is not handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from trainhub import ledger, separation
from trainhub.governance.duties import organisations_for
from trainhub.handover.models import Application, Revocation, TrainingRecord
from trainhub.handover.on_record import fact_of, record_entry
from trainhub.handover.signing import genuine, sign
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Organisation, Person
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


def _organisation(code: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.code == code))
