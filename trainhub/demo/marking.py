"""Results of the demo: the sitting of last week is marked by one person and published by another."""

from __future__ import annotations

from datetime import timedelta

from trainhub.demo.sittings import PAST
from trainhub.demo.world import World
from trainhub.exams.marking import mark_sitting, publish_results
from trainhub.exams.sittings import get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import transaction


def build(world: World) -> None:
    """Mark and publish what was held in the past."""
    with transaction():
        ended_at = get_sitting(PAST).ends_at
        marker, publisher = world.persons["marker"].id, world.persons["results-officer"].id
    with clock.set_to(ended_at + timedelta(days=1)):
        mark_sitting(PAST, marker)
    with clock.set_to(ended_at + timedelta(days=2)):
        publish_results(PAST, publisher)
