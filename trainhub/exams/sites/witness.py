"""What the table of sites says of the organisations that run them, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import literal, select

from trainhub.exams.sites.models import Site
from trainhub.kernel.witness import Witness
from trainhub.people.models import Organisation, OrganisationKind


def bear_witness() -> Sequence[Witness]:
    """Return that whoever runs a site is one in the register, whatever else they are."""
    rows = select(
        Organisation.code.label("organisation_code"),
        literal(OrganisationKind.EXAM_SITE.value).label("kind"),
    ).join(Site, Site.organisation_id == Organisation.id)
    return (Witness("organisation", rows, rows, besides="organisation_code"),)
