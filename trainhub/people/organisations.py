"""Recording and finding organisations."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Select, select

from trainhub import ledger
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, OrganisationKind, Person

changes: list[Callable[[Organisation, Person | None], object]] = []
"""Whom to tell, in the same transaction, that an organisation was recorded or changed: rules may refuse."""


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
        raise Invalid(_("A code has 2 to 30 capital letters, digits and hyphens."), about="code")
    if db.session.scalar(select(Organisation.id).where(Organisation.code == code)):
        raise Conflict(_("The code %(code)s is taken.", code=code), about="code")
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
    _tell(organisation, by)
    return organisation


def rename_organisation(organisation: Organisation, name: str, *, by: Person) -> None:
    """Give an organisation the name that it has now; its code stays, and with it all that is known of it.

    Raises:
        Invalid: the name is empty or too long.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= 120 or not name.isprintable():
        raise Invalid(_("A name has 1 to 120 printable characters."), about="name")
    if name == organisation.name:
        return
    ledger.append(
        "organisation.renamed",
        by=by,
        side="core",
        organisation=organisation.code,
        before=organisation.name,
        after=name,
    )
    organisation.name = name
    _tell(organisation, by)


def name_responsible_person(organisation: Organisation, person: Person | None, *, by: Person | None) -> None:
    """Record who answers for an organisation (主要负责人).

    Raises:
        Refused: a separation rule forbids it: the same person answers for one of the other wing.
    """
    lock("organisation", organisation.code)
    organisation.responsible_person_id = None if person is None else person.id
    db.session.flush()
    _tell(organisation, by)
    ledger.append(
        "organisation.responsible_person.named",
        by=by,
        side="core",
        organisation=organisation.code,
        person=organisation.responsible_person_id,
    )


def _tell(organisation: Organisation, by: Person | None) -> None:
    for told in changes:
        told(organisation, by)


def get_organisation(code: str) -> Organisation:
    """Return an organisation by code.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(select(Organisation).where(Organisation.code == code))
    if found is None:
        raise NotFound(_l("There is no such organisation."))
    return found


def organisation_of_id(organisation_id: int) -> Organisation:
    """Return the organisation that a row of another table names."""
    return db.session.get_one(Organisation, organisation_id)


def organisations_in_order() -> Select[Organisation]:
    """Return the statement of all organisations, by kind and code."""
    return select(Organisation).order_by(Organisation.kind, Organisation.code)


def every_organisation() -> list[Organisation]:
    """Return all organisations, by kind and code."""
    return list(db.session.scalars(organisations_in_order()))


def organisation_by_name(name: str) -> Organisation | None:
    """Return an organisation by its full name, or None."""
    return db.session.scalar(select(Organisation).where(Organisation.name == name))


def organisations_of_kind(kind: OrganisationKind) -> list[Organisation]:
    """Return all organisations of a kind in the order of their codes."""
    return list(
        db.session.scalars(select(Organisation).where(Organisation.kind == kind).order_by(Organisation.code))
    )
