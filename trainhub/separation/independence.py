"""Whether an organisation may hold examinations: it neither trains nor is linked to one that does (S-03)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, select

from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.separation.decisions import SeparationRefused, Violation
from trainhub.separation.models import Affiliated
from trainhub.separation.register import current
from trainhub.separation.rules_of_duties import ORGANISATIONS_APART


def require_independent(organisation: Organisation, *, by: Person | None) -> None:
    """Refuse an organisation that trains, is linked to one that does, or shares its responsible person.

    Raises:
        Refused: S-03, with each link as a fact.
    """
    facts = [
        *_own_training(organisation),
        *(
            _("%(organisation)s has the same responsible person.", organisation=other.name)
            for other in _training_bodies(_shares_responsible_person(organisation))
        ),
        *(
            _("%(organisation)s owns it or belongs to it.", organisation=other.name)
            for other in _training_bodies(_is_affiliated(organisation))
        ),
    ]
    if facts:
        found = [Violation(ORGANISATIONS_APART, "", organisation.code, fact, ()) for fact in facts]
        raise SeparationRefused(found, None if by is None else by.id)


def _own_training(organisation: Organisation) -> list[str]:
    if organisation.kind != OrganisationKind.TRAINING_BODY:
        return []
    return [_("%(organisation)s is a training body.", organisation=organisation.name)]


def _training_bodies(linked: ColumnElement[bool]) -> list[Organisation]:
    wanted = select(Organisation).where(Organisation.kind == OrganisationKind.TRAINING_BODY, linked)
    return list(db.session.scalars(wanted.order_by(Organisation.code)))


def _shares_responsible_person(organisation: Organisation) -> ColumnElement[bool]:
    if organisation.responsible_person_id is None:
        return false()
    return (Organisation.id != organisation.id) & (
        Organisation.responsible_person_id == organisation.responsible_person_id
    )


def _is_affiliated(organisation: Organisation) -> ColumnElement[bool]:
    up = select(Affiliated.other_code).where(
        current(Affiliated), Affiliated.organisation_code == organisation.code
    )
    down = select(Affiliated.organisation_code).where(
        current(Affiliated), Affiliated.other_code == organisation.code
    )
    return Organisation.code.in_(up) | Organisation.code.in_(down)
