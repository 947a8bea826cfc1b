"""Results of the demo: marked by one person and published by another; one sitting is left to each of them."""

from __future__ import annotations

from datetime import timedelta

from trainhub.demo.sittings import PAST, TO_CERTIFY, TO_PUBLISH
from trainhub.demo.world import World
from trainhub.exams.marking import mark_sitting, publish_results
from trainhub.exams.sittings import get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import transaction

MARKED = (PAST, TO_CERTIFY, TO_PUBLISH)
PUBLISHED = (PAST, TO_CERTIFY)


def build(world: World) -> None:
    """Mark and publish what was held, but the last."""
    with transaction():
        marker, publisher = world.persons["marker"].id, world.persons["results-officer"].id
    for code in MARKED:
        with transaction():
            ended_at = get_sitting(code).ends_at
        with clock.set_to(ended_at + timedelta(days=1)):
            mark_sitting(code, marker)
        if code in PUBLISHED:
            with clock.set_to(ended_at + timedelta(days=2)):
                publish_results(code, publisher)
