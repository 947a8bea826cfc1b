"""What the table of organisations says of each of them, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub.kernel.witness import Witness
from trainhub.people.models import Organisation


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of organisations; what became an exam site is known to that room."""
    code = Organisation.code.label("organisation_code")
    facts = select(code, Organisation.district, Organisation.responsible_person_id.label("person_id"))
    kinds = select(code, Organisation.kind)
    return (
        Witness("organisation", facts, facts, besides="organisation_code"),
        Witness("organisation", None, kinds),
    )
