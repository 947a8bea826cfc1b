"""The owner of a site and those who train are strangers (考培分离): asked of the separation rules."""

from __future__ import annotations

from trainhub import separation
from trainhub.people.models import Organisation, Person


def require_independent(organisation: Organisation, *, by: Person) -> None:
    """Refuse an owner that trains, or is linked to a training body.

    Raises:
        Refused: S-03, with the link as evidence.
    """
    separation.require_independent(organisation, by=by)
