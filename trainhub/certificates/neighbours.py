"""What this room asks of separation and of the door, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from trainhub import handover, separation
from trainhub.certificates.models import Certificate
from trainhub.exams.marking.models import Result
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _
from trainhub.people.models import Person

PUBLISHER_DOES_NOT_ISSUE = "S-14"


def require_other_person(first_person_id: str | None, by: Person) -> None:
    """Check that a second person acts: not who published the results, not who issued the certificate (S-14).

    Raises:
        Refused: it is the same person.
    """
    separation.require_other_person(PUBLISHER_DOES_NOT_ISSUE, first_person_id, by)


def require_published(results: Sequence[Result], sitting: Sitting) -> None:
    """Check that results are passes as they were published: signed then, and never changed since.

    Raises:
        Conflict: one of them is not; it was changed in the database.
    """
    passed = handover.passed_at(sitting.code, [each.person_id for each in results])
    changed = [each for each in results if (each.person_id, each.qualification, each.part) not in passed]
    if changed:
        raise Conflict(
            _(
                "These results are not what was published: %(tickets)s. No certificate was issued; "
                "tell the auditor.",
                tickets=_(", ").join(each.candidate.ticket_number for each in changed[:5]),
            )
        )


def state_issued(sitting: Sitting, *, by: Person) -> None:
    """State that a person issues certificates for a sitting.

    Raises:
        Refused: S-14, the register knows that they published its results.
    """
    separation.relations.state_issued(by, sitting.code, by=by)


def publish_status(certificate: Certificate, *, by: Person) -> None:
    """Tell the training side that a certificate exists or is revoked, through the door."""
    handover.publish_certificate_status(
        db.session.get_one(Person, certificate.person_id),
        certificate.qualification,
        certificate.number,
        certificate.valid_to,
        certificate.revoked_at is not None,
        by=by,
    )
