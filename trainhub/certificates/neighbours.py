"""What this room asks of separation and of the door, in one place."""

from __future__ import annotations

from typing import Any

from trainhub import handover, separation
from trainhub.certificates.models import Certificate
from trainhub.kernel.db import db
from trainhub.kernel.errors import Refused, RuleReference
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person

PUBLISHER_DOES_NOT_ISSUE = "S-14"
_TITLE = _l("Who published results, or issued a certificate, does not also issue or revoke it")
_SOURCE = _l("Local policy, to be confirmed: the gravest acts need two persons")


def require_other_person(first_person_id: str | None, by: Person) -> None:
    """Check that a second person acts: not who published the results, not who issued the certificate (S-14).

    Raises:
        Refused: it is the same person.
    """
    rule: Any = getattr(separation, "require_other_person", None)
    if rule is not None:
        rule(PUBLISHER_DOES_NOT_ISSUE, first_person_id, by)
    elif by.id == first_person_id:
        fact = _("%(name)s took the step before this one.", name=by.name)
        raise Refused(RuleReference(PUBLISHER_DOES_NOT_ISSUE, _TITLE, _SOURCE), [fact])


def publish_status(certificate: Certificate, *, by: Person) -> None:
    """Tell the training side that a certificate exists or is revoked, through the door."""
    publish: Any = getattr(handover, "publish_certificate_status", None)
    if publish is not None:
        publish(
            db.session.get_one(Person, certificate.person_id),
            certificate.qualification,
            certificate.number,
            certificate.valid_to,
            certificate.revoked_at is not None,
            by=by,
        )
