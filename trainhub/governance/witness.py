"""What governance has on record of duties, overrides, joined records and organisations."""

from __future__ import annotations

import json

from sqlalchemy import select

from trainhub.governance.models import Grant, Override, OverrideState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.ledger import Entry
from trainhub.people.models import Organisation
from trainhub.separation.comparing import Row, Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return duties with their periods, what was let pass, who was joined, who answers for whom."""
    return [_granted(), _overridden(), _joined(), _organisations()]


def _granted() -> Testimony:
    statement = select(
        Grant.person_id, Grant.duty, Organisation.code, Grant.starts_on, Grant.ends_on, Grant.revoked_at
    ).join(Organisation, Organisation.id == Grant.organisation_id)
    rows: list[Row] = []
    for person, duty, organisation, first, last, revoked_at in db.session.execute(statement):
        if revoked_at is not None:
            last = min(last, clock.local_day(revoked_at))
        if first <= last:
            rows.append((person, duty, organisation, first, last))
    return Testimony("granted", ("person_id", "duty", "organisation_code", "starts_on", "ends_on"), rows)


def _overridden() -> Testimony:
    statement = select(Override.rule, Override.person_id, Override.object_code, Override.side).where(
        Override.state == OverrideState.APPROVED
    )
    rows = [(rule, person or "", code, side) for rule, person, code, side in db.session.execute(statement)]
    return Testimony("overridden", ("rule", "person_id", "object_code", "side"), rows)


def _joined() -> Testimony:
    """Joined records stand in no table of their own; the ledger tells of each."""
    bodies = db.session.scalars(select(Entry.body).where(Entry.kind == "person.joined"))
    return Testimony(
        "same_person", ("person_id",), [(json.loads(body)["facts"]["person"],) for body in bodies if body]
    )


def _organisations() -> Testimony:
    """The kind is left out: an organisation that runs a site is one whatever else it is."""
    statement = select(Organisation.code, Organisation.district, Organisation.responsible_person_id)
    columns = ("organisation_code", "district", "person_id")
    return Testimony("organisation", columns, rows_of(statement))
