"""Certificates of the demo: those of past sittings are issued, those of the newest wait for the officer."""

from __future__ import annotations

from typing import Any

from trainhub.certificates.issuing import issue_for_sitting
from trainhub.certificates.register import waiting_sittings
from trainhub.kernel.db import transaction


def build(world: Any) -> None:
    """Issue the certificates of all sittings but the newest, so that there is past work and open work."""
    with transaction():
        officer = world.persons["certificate-officer"]
        officer_id = officer.id
        centre = world.organisations["CENTRE"]
        waiting = [
            each.sitting.code
            for each in waiting_sittings([centre.id], officer)
            if each.theory_only and each.count > each.own
        ]
    for code in waiting[:-1] or waiting:
        issue_for_sitting(code, officer_id)
