"""What the examination side hands over: published outcomes without marks, and the status of certificates.

Reading verifies: a record that was changed past its signature is not handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from trainhub import ledger
from trainhub.governance.duties import organisations_for
from trainhub.handover.models import CertificateStatus, Outcome
from trainhub.handover.on_record import record_entry, signed_facts
from trainhub.handover.signing import genuine, sign, sign_all
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.organisations import organisations_of_kind
from trainhub.separation.duties import Duty


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
    enter_outcomes(outcomes)
    _record(outcomes, by)


def enter_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Hand over many outcomes that were signed; the ledger is told of them after (``record_outcomes``)."""
    if outcomes:
        columns = [column.name for column in Outcome.__table__.columns if column.name != "id"]
        rows = [{name: getattr(each, name) for name in columns} for each in outcomes]
        db.session.execute(insert(Outcome), rows)


def record_outcomes(codes: Sequence[str], *, by: Person) -> None:
    """Tell the ledger of outcomes that were entered, in their order.

    Args:
        codes: of outcomes; no more than some dozens.
        by: who publishes.
    """
    _record(db.session.scalars(select(Outcome).where(Outcome.code.in_(codes)).order_by(Outcome.id)).all(), by)


def _record(outcomes: Sequence[Outcome], by: Person) -> None:
    drafts: list[tuple[str, str | None, dict[str, Any]]] = [
        (
            "outcome.published",
            by.id,
            signed_facts(each) | {"person": each.person_id, "sitting": each.sitting_code},
        )
        for each in outcomes
    ]
    if drafts:
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


def newest_status() -> int:
    """Return the number of the last certificate status: while it stays, none was issued or revoked."""
    return db.session.scalar(select(func.max(CertificateStatus.id))) or 0


def _centre_of(by: Person, duty: Duty) -> Organisation:
    mine = organisations_for(by, duty)
    if mine:
        return db.session.get_one(Organisation, mine[0])
    centres = organisations_of_kind(OrganisationKind.EXAM_CENTRE)
    if not centres:
        raise NotFound(_l("There is no exam centre on record."))
    return centres[0]
