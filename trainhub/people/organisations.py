"""Recording and finding organisations."""

from __future__ import annotations

import re

from sqlalchemy import select

from trainhub import ledger
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, OrganisationKind, Person


def record_organisation(
    code: str, name: str, kind: OrganisationKind, district: str, *, by: Person | None
) -> Organisation:
    """Add an organisation.

    Args:
        code: short code, capital letters, digits and hyphens.
        name: full name.
        kind: what it is to the house.
        district: district (区市) of the city.
        by: who records.

    Raises:
        Invalid: the code has another form.
        Conflict: the code is taken.
    """
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{1,29}", code):
        raise Invalid(_("A code has 2 to 30 capital letters, digits and hyphens."))
    if db.session.scalar(select(Organisation.id).where(Organisation.code == code)):
        raise Conflict(_("The code %(code)s is taken.", code=code))
    organisation = Organisation(code=code, name=name, kind=kind, district=district)
    db.session.add(organisation)
    db.session.flush()
    ledger.append(
        "organisation.recorded",
        by=by,
        side="core",
        organisation=code,
        organisation_kind=kind,
        district=district,
    )
    return organisation


def get_organisation(code: str) -> Organisation:
    """Return an organisation by code.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(select(Organisation).where(Organisation.code == code))
    if found is None:
        raise NotFound(_l("There is no such organisation."))
    return found


def organisation_by_name(name: str) -> Organisation | None:
    """Return an organisation by its full name, or None."""
    return db.session.scalar(select(Organisation).where(Organisation.name == name))


def organisations_of_kind(kind: OrganisationKind) -> list[Organisation]:
    """Return all organisations of a kind in the order of their codes."""
    return list(
        db.session.scalars(select(Organisation).where(Organisation.kind == kind).order_by(Organisation.code))
    )
