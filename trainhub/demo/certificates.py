"""Certificates and objections of the demo: one sitting has its certificates, another waits."""

from __future__ import annotations

from datetime import timedelta

from trainhub.certificates.issuing import issue_for_sitting
from trainhub.demo.sittings import PAST, TO_PUBLISH
from trainhub.demo.world import World
from trainhub.exams.sittings import candidates_of, get_sitting
from trainhub.exams.sittings.objections import raise_objection
from trainhub.kernel import clock
from trainhub.kernel.db import transaction


def build(world: World) -> None:
    """Issue the certificates of the oldest sitting, and have somebody say that they did not sit."""
    with transaction():
        officer_id = world.persons["certificate-officer"].id
        ended_at = get_sitting(PAST).ends_at
    with clock.set_to(ended_at + timedelta(days=3)):
        issue_for_sitting(PAST, officer_id)
    with transaction():
        candidate = candidates_of(get_sitting(TO_PUBLISH))[1]
        words = "考试当天我在外地出差，没有参加这场考试。"
        raise_objection(candidate, "not_sat", words, "", channel="link")
