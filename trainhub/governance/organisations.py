"""What becomes of organisations: another name, another responsible person, an owner, a merger.

What is so is recorded, except where a rule forbids it: a school that buys an exam site is refused (S-03)
before it is on record, and the site is suspended first.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from trainhub import ledger
from trainhub.governance.duties import duties_of
from trainhub.governance.following import violations_between_organisations
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.organisations import name_responsible_person, rename_organisation
from trainhub.people.persons import record_person
from trainhub.separation import relations
from trainhub.separation.decisions import SeparationRefused, Violation
from trainhub.separation.duties import Duty
from trainhub.separation.identity import standing_for
from trainhub.separation.models import Affiliated, OrganisationRelation, SameOrganisation
from trainhub.separation.rules_of_duties import EXAM_KINDS, ORGANISATIONS_APART
from trainhub.separation.stating import lock_for, standing, withdraw


def rename(organisation: Organisation, name: str, *, by: Person) -> None:
    """Record the name that an organisation has now; its code stays, and with it all that is known of it.

    Raises:
        Forbidden: the acting person does not administer security.
        Invalid: the name cannot be used.
        Conflict: the organisation was merged into another.
    """
    _require_authority([organisation], by)
    rename_organisation(organisation, name, by=by)


def name_responsible(organisation: Organisation, name: str, id_number: str, *, by: Person) -> None:
    """Record who answers for an organisation (主要负责人), found by the ID number; without a name: nobody.

    Raises:
        Forbidden: the acting person does not administer security.
        Invalid: name or number are wrong, or the number is on record under another name.
        Refused: the person answers for an organisation of the other wing (S-03).
        Conflict: the organisation was merged into another.
    """
    _require_authority([organisation], by)
    person = record_person(name, id_number, by=by) if name.strip() else None
    name_responsible_person(organisation, person, by=by)


def state_owner(organisation: Organisation, owner: Organisation, *, by: Person) -> None:
    """State that an organisation belongs to another.

    Raises:
        Forbidden: the acting person does not administer security.
        Conflict: it belongs to it already, or one of them was merged into another.
        Refused: a training body and an exam site or centre would belong together, through however many
            owners (S-03).
    """
    _require_authority([organisation, owner], by)
    if organisation.code == owner.code:
        raise Conflict(_("An organisation does not belong to itself."))
    facts = {"organisation_code": organisation.code, "other_code": owner.code}
    if standing(Affiliated, **facts):
        raise Conflict(_("It is on record already that one belongs to the other."))
    relations.state_affiliated(organisation, owner, by=by, source="organisations")
    ledger.append("organisation.owner.stated", by=by, side="core", **_codes(organisation, owner, "owner"))


def end_owner(organisation: Organisation, owner: Organisation, *, by: Person) -> None:
    """State that an organisation does not belong to another any more.

    Raises:
        Forbidden: the acting person does not administer security.
        Conflict: it does not belong to it.
    """
    _require_authority([organisation, owner], by)
    facts = {"organisation_code": organisation.code, "other_code": owner.code}
    if not withdraw(Affiliated, by=by, source="organisations", **facts):
        raise Conflict(_("It is not on record that one belongs to the other."))
    ledger.append("organisation.owner.ended", by=by, side="core", **_codes(organisation, owner, "owner"))


def merge(organisation: Organisation, into: Organisation, *, by: Person) -> int:
    """State that an organisation was merged into another, which goes on as both.

    An enterprise that takes over a training body trains from now on, and one that takes over an exam site is
    a site.

    Returns:
        How many rows of the register were written anew.

    Raises:
        Forbidden: the acting person does not administer security.
        Conflict: one of them was merged before, or their kinds do not go together.
        Refused: training and examination would come under one roof (S-03).
    """
    if organisation.code == into.code:
        raise Conflict(_("An organisation is not merged into itself."))
    _require_authority([organisation, into], by)
    lock_for([Affiliated(organisation_code=organisation.code, other_code=into.code)])
    before = {_mark(each) for each in violations_between_organisations()}
    kind = _kind_after(organisation, into, by)
    if organisation.responsible_person_id is not None:
        name_responsible_person(organisation, None, by=by)
    withdraw(OrganisationRelation, by=by, source="merger", organisation_code=organisation.code)
    if kind != kind_of(into):
        into.kind = kind
        relations.state_organisation(into, by, kind=kind, source="merger")
    moved = relations.join_organisations(organisation, into, by=by, source="merger")
    against = [each for each in violations_between_organisations() if _mark(each) not in before]
    if against:
        raise SeparationRefused(against, by.id)
    ledger.append("organisation.merged", by=by, side="core", **_codes(organisation, into, "into"))
    return moved


def merged_into(codes: list[str]) -> dict[str, str]:
    """Return, for those of some organisations that were merged, the code of the one that goes on."""
    return standing_for(codes, SameOrganisation)


def kind_of(organisation: Organisation) -> str:
    """Return what an organisation is: an enterprise that was admitted as an exam site is one."""
    known = standing(OrganisationRelation, organisation_code=organisation.code)
    return known[-1].kind if known else organisation.kind


def owners_of(organisation: Organisation) -> list[Organisation]:
    """Return the organisations to which one belongs."""
    return _named(row.other_code for row in standing(Affiliated, organisation_code=organisation.code))


def owned_by(organisation: Organisation) -> list[Organisation]:
    """Return the organisations that belong to one."""
    return _named(row.organisation_code for row in standing(Affiliated, other_code=organisation.code))


def _named(codes: Iterable[str]) -> list[Organisation]:
    wanted = select(Organisation).where(Organisation.code.in_(sorted(codes)))
    return list(db.session.scalars(wanted.order_by(Organisation.code)))


def _kind_after(organisation: Organisation, into: Organisation, by: Person) -> str:
    one, other = kind_of(organisation), kind_of(into)
    if _are_opposed(one, other):
        fact = _(
            "%(organisation)s and %(other)s: one trains, the other examines.",
            organisation=organisation.name,
            other=into.name,
        )
        raise SeparationRefused([Violation(ORGANISATIONS_APART, "", into.code, fact, ())], by.id)
    if other == OrganisationKind.ENTERPRISE:
        return one
    if one in (other, OrganisationKind.ENTERPRISE) or {one, other} <= set(EXAM_KINDS):
        return other
    raise Conflict(_("Organisations of these two kinds are not merged into each other."))


def _are_opposed(one: str, other: str) -> bool:
    kinds = {one, other}
    return OrganisationKind.TRAINING_BODY in kinds and bool(kinds & set(EXAM_KINDS))


def _require_authority(about: list[Organisation], by: Person) -> None:
    if Duty.ADMINISTER_SECURITY not in duties_of(by):
        raise Forbidden(_l("What becomes of organisations is recorded by the security administrator."))
    for code in sorted(each.code for each in about):
        lock("organisation", code)
    if merged_into([each.code for each in about]):
        raise Conflict(_("This organisation was merged into another. Change that one."))


def _mark(violation: Violation) -> tuple[str, str, str]:
    return violation.person, violation.object, violation.fact


def _codes(organisation: Organisation, other: Organisation, name: str) -> dict[str, str]:
    return {"organisation": organisation.code, name: other.code}
