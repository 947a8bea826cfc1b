"""Revoking a certificate: another person than the issuer, with a reason; it counts at once, everywhere."""

from __future__ import annotations

from trainhub import ledger
from trainhub.certificates.models import Certificate
from trainhub.certificates.neighbours import publish_status, require_other_person
from trainhub.certificates.register import find_certificate
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, for_any_reader
from trainhub.people.messages import tell
from trainhub.people.models import Person

_SHORTEST, _LONGEST = 5, 500


def revoke(certificate: Certificate, reason: str, *, by: Person) -> Certificate:
    """Declare a certificate void from now on.

    If its result is no pass any more, that is kept with it: should the result become a pass again, a new
    certificate is due.

    Args:
        certificate: which.
        reason: kept in the register and shown to officers only.
        by: who revokes; not who issued it.

    Raises:
        Invalid: the reason is missing or too long.
        Conflict: it is revoked already.
        Refused: the person issued it.
    """
    lock("result", certificate.result_id)
    db.session.refresh(certificate)
    reason = " ".join(reason.split())
    if not _SHORTEST <= len(reason) <= _LONGEST:
        raise Invalid(_("Give the reason in 5 to 500 characters."))
    if certificate.revoked_at is not None:
        raise Conflict(_("This certificate is revoked already."))
    require_other_person(certificate.issued_by_id, by)
    certificate.revoked_at = clock.now()
    certificate.revoked_by_id = by.id
    certificate.revoke_reason = reason
    db.session.refresh(certificate.result)
    certificate.pass_was_lost = not certificate.result.passed
    db.session.flush()
    _record(certificate, by)
    return certificate


def revoke_number(number: str, reason: str, *, by: Person) -> Certificate:
    """Revoke a certificate by its number; for the command line."""
    return revoke(find_certificate(number), reason, by=by)


def _record(certificate: Certificate, by: Person) -> None:
    ledger.append(
        "certificate.revoked",
        by=by,
        side="exam",
        number=certificate.number,
        issued_by=certificate.issued_by_id,
        pass_was_lost=certificate.pass_was_lost,
    )
    person = db.session.get_one(Person, certificate.person_id)
    publish_status(certificate, by=by)
    with for_any_reader():
        text = _(
            "Your certificate %(number)s is revoked. You may ask the exam centre why.",
            number=certificate.number,
        )
    tell(person, "certificate.revoked", text)
