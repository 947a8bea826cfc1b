"""What granted duties, overrides and, where no table says it, the ledger demand of the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, exists, func, or_, select

from trainhub.governance.models import Grant, Override, OverrideState
from trainhub.kernel.witness import Witness, fact, local_day
from trainhub.ledger import Entry
from trainhub.people.models import Organisation
from trainhub.separation.comparing import organisations_that_stand


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of duties, overrides, joined records, mergers and owners."""
    granted, overridden = _granted(), _overridden()
    persons = _entries("person.joined", person_id="person", other_id="standing")
    mergers = _entries("organisation.merged", organisation_code="organisation", other_code="into")
    return (
        Witness("granted", granted, granted),
        Witness("overridden", overridden, overridden),
        Witness("same_person", persons, persons),
        Witness("same_organisation", mergers, mergers),
        Witness("affiliated", _owners(), _owners()),
    )


def _granted() -> Any:
    """A duty ends with its period or on the day it was withdrawn; one withdrawn before it began never was."""
    withdrawn = local_day(Grant.revoked_at)
    until = case((Grant.revoked_at.is_(None), Grant.ends_on), (withdrawn < Grant.ends_on, withdrawn))
    return (
        select(
            Grant.person_id,
            Grant.duty,
            Organisation.code.label("organisation_code"),
            Grant.starts_on,
            func.coalesce(until, Grant.ends_on).label("ends_on"),
        )
        .join(Organisation, Organisation.id == Grant.organisation_id)
        .where(or_(Grant.revoked_at.is_(None), withdrawn >= Grant.starts_on))
    )


def _overridden() -> Any:
    person = func.coalesce(Override.person_id, "").label("person_id")
    return select(Override.rule, person, Override.object_code, Override.side).where(
        Override.state == OverrideState.APPROVED
    )


def _entries(*kinds: str, **columns: str) -> Any:
    said = [fact(Entry.body, name).label(column) for column, name in columns.items()]
    return select(*said).where(Entry.kind.in_(kinds), Entry.body.is_not(None))


def _owners() -> Any:
    """The owners that were stated and not ended since, each by the organisation that goes on as it."""
    stated, ended = _between("organisation.owner.stated"), _between("organisation.owner.ended")
    later = exists().where(
        ended.c.id > stated.c.id,
        ended.c.organisation_code == stated.c.organisation_code,
        ended.c.other_code == stated.c.other_code,
    )
    return select(stated.c.organisation_code, stated.c.other_code).where(~later)


def _between(kind: str) -> Any:
    columns = {"organisation_code": "organisation", "other_code": "owner"}
    said = _entries(kind, **columns).add_columns(Entry.id).subquery()
    one, other = organisations_that_stand(), organisations_that_stand()
    return (
        select(
            said.c.id,
            func.coalesce(one.c.root, said.c.organisation_code).label("organisation_code"),
            func.coalesce(other.c.root, said.c.other_code).label("other_code"),
        )
        .outerjoin(one, one.c.own == said.c.organisation_code)
        .outerjoin(other, other.c.own == said.c.other_code)
        .subquery()
    )
