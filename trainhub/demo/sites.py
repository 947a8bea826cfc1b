"""Sites of the demo: one in use with three rooms, one inspected that waits to be admitted."""

from __future__ import annotations

from typing import Any

from trainhub.exams.sites.register import activate_site, add_room, add_site, inspect_site
from trainhub.exams.sites.standard import site_standard, spare_machines_needed
from trainhub.kernel import clock
from trainhub.kernel.db import transaction

ROOMS = (("R1", "第一机房", 30), ("R2", "第二机房", 24), ("R3", "第三机房", 20))


def build(world: Any) -> None:
    """Record, inspect and admit the sites."""
    with transaction():
        by, centre = world.persons["site-manager"], world.organisations["CENTRE"]
        findings = {point.code: True for point in site_standard(clock.today()).points}
        college = add_site(
            world.organisations["SITE-01"],
            "SITE-01",
            "海川职业技术学院考点",
            "海川市学府路 88 号实训楼三层",
            centre=centre,
            by=by,
        )
        for code, name, seats in ROOMS:
            spare = spare_machines_needed(seats, clock.today())
            add_room(college, code, name, seats, seats_per_row=6, spare_machines=spare, by=by)
        inspect_site(college, findings, "监控画面清晰，备用机已逐台试机。", by=by)
        activate_site(college, by=by)
        harbour = add_site(
            world.organisations["SITE-02"],
            "SITE-02",
            "东港区安全考试点",
            "海川市东港区港湾大道 16 号",
            centre=centre,
            by=by,
        )
        add_room(harbour, "R1", "考试厅", 24, seats_per_row=6, spare_machines=3, by=by)
        lacking = findings | {"waiting_area": False, "two_lines": False}
        inspect_site(harbour, lacking, "候考区面积偏小，已要求整改；必备项均符合要求。", by=by)
