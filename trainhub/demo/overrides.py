"""Overrides of the demo: each of two supervisors proposed one, so that each has one to decide."""

from __future__ import annotations

from datetime import timedelta

from trainhub.demo.sittings import PLANNED
from trainhub.demo.world import World
from trainhub.governance.overrides import propose
from trainhub.kernel import clock
from trainhub.kernel.db import transaction

PROPOSED = (
    ("supervisor", "S-07", "invigilator2", "该班结业已近半年，且当日仅此一人可派；已加派巡考员全程督查。", 3),
    ("supervisor2", "S-20", "invigilator4", "另一名监考员病假，轮换顺延一次，下一场次恢复轮换。", 1),
)
"""Who proposed, which rule, for whom at the next sitting, why, and how many hours ago."""


def build(world: World) -> None:
    """Propose what the other one may approve or refuse."""
    now = clock.now()
    for by, rule, person, reason, hours in PROPOSED:
        with clock.set_to(now - timedelta(hours=hours)), transaction():
            propose(rule, world.persons[person], PLANNED, reason, by=world.persons[by])
