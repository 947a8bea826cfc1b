"""Overrides of the demo: one that was used, and one of each supervisor that waits for the other."""

from __future__ import annotations

from datetime import timedelta

from trainhub.demo.sittings import PAST, PLANNED
from trainhub.demo.world import World
from trainhub.exams.sittings import candidates_of, get_sitting
from trainhub.governance.overrides import approve, propose
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.separation.declaring import declare
from trainhub.separation.models import Related

PROPOSED = (
    ("supervisor", "S-07", "invigilator2", "该班结业已近半年，且当日仅此一人可派；已加派巡考员全程督查。", 3),
    ("supervisor2", "S-20", "invigilator4", "另一名监考员病假，轮换顺延一次，下一场次恢复轮换。", 1),
)
"""Who proposed, which rule, for whom at the next sitting, why, and how many hours ago."""
LATE = "开考前一日方申报与一名考生系远房亲属，已无人可换；该考生调至另一名监考员座区，巡考员到场。"


def build(world: World) -> None:
    """Let pass a relation that was declared too late; propose what the other one may approve or refuse."""
    now = clock.now()
    with clock.set_to(now - timedelta(days=9)):
        _let_pass(world)
    for by, rule, person, reason, hours in PROPOSED:
        with clock.set_to(now - timedelta(hours=hours)), transaction():
            propose(rule, world.persons[person], PLANNED, reason, by=world.persons[by])


def _let_pass(world: World) -> None:
    with transaction():
        invigilator, by = world.persons["invigilator3"], world.persons["supervisor"]
        code = propose("S-18", invigilator, PAST, LATE, by=by).code
    with transaction():
        approve(code, by=world.persons["supervisor2"])
    with transaction():
        candidate = candidates_of(get_sitting(PAST))[0].person
        declared = world.persons["invigilator3"]
        related = Related(person_id=declared.id, other_id=candidate.id)
        declare(related, by=declared, source="declaration of the invigilator")
