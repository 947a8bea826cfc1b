"""The owner of a site and those who train are strangers (考培分离): asked of the separation rules."""

from __future__ import annotations

from trainhub.kernel.errors import Refused, RuleReference
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, OrganisationKind, Person


def require_independent(organisation: Organisation, *, by: Person) -> None:
    """Refuse an owner that trains, or is linked to a training body.

    Raises:
        Refused: S-03, with the link as evidence.
    """
    if organisation.kind == OrganisationKind.TRAINING_BODY:
        rule = RuleReference("S-03", _l("No exam site with a training body"), "domain")
        raise Refused(rule, [_("%(name)s trains.", name=organisation.name)])
