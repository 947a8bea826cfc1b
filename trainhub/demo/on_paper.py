"""A sitting of the demo that was sat on paper yesterday: one sheet is entered, the others wait for clerks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from trainhub.demo.bank import at_the_desk
from trainhub.demo.delivery import invigilators_of, let_in
from trainhub.demo.sittings import fill, plan
from trainhub.demo.staffing import enter_in_register
from trainhub.exams.delivery.on_paper.arranging import put_on_paper
from trainhub.exams.delivery.on_paper.entering import enter, own_reading, take_up
from trainhub.exams.invigilation import close_desk
from trainhub.exams.papers import Cell, approve_paper, assemble, draw_blueprint, seal_paper, see_proof
from trainhub.exams.papers.models import Blueprint, Paper
from trainhub.exams.papers.printed_sealing import control_of_paper
from trainhub.exams.sittings import Sitting, candidates_of, get_sitting
from trainhub.exams.sittings.plan import give_paper
from trainhub.exams.sittings.seating import arrange
from trainhub.exams.staffing import appoint
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.separation.duties import Duty

ON_PAPER = "DEMO-ON-PAPER"
CLERKS = ("sheet-clerk", "sheet-clerk2", "sheet-clerk3")
ON_DUTY = ("invigilator5", "invigilator6")
"""The others have been at the site as often in a row as the rotation allows."""
CELLS = [
    Cell("true_false", None, 4, 5),
    Cell("single", None, 6, 10),
    Cell("hazard_spotting", None, 1, 20),
]
WRITTEN = ("√", "×", "√", "√", "A", "B", "C", "B", "A", "D", "1800,5700 3450,6000 5000,9000")
"""What stands on each sheet, as a clerk types it."""
_MISREAD = (*WRITTEN[:4], "B", *WRITTEN[5:-1], "1800,5700 3450,6000 7000,2000")
ENTERED = ((0, 0, WRITTEN), (0, 1, WRITTEN), (1, 0, WRITTEN), (1, 1, _MISREAD), (2, 0, WRITTEN))
"""Which sheet was entered by which clerk, and as what."""


def build(world: Any) -> None:
    """Hold it and enter some sheets: one twice alike, one twice unlike, one once, one not at all."""
    now = clock.now()
    starts_at = _at_two_yesterday(now)
    with clock.set_to(now - timedelta(days=6)):
        plan(world, ON_PAPER, "SAFETY-MANAGER", "R3", starts_at)
        fill(world, ON_PAPER, list(range(43, 48)))
    with clock.set_to(now - timedelta(days=150)):
        enter_in_register(world, "invigilator6", Duty.INVIGILATE, "CENTRE")
    code = _seal(world)
    with clock.set_to(now - timedelta(days=2)):
        _arrange(world, code)
    with clock.set_to(starts_at - timedelta(hours=1)), transaction():
        reason = "考点机房停电检修，改用纸笔作答"
        put_on_paper(get_sitting(ON_PAPER), None, reason, by=world.persons["exam-admin"])
    with clock.set_to(starts_at - timedelta(minutes=20)):
        let_in(ON_PAPER, absent=1)
    with transaction():
        ends_at = get_sitting(ON_PAPER).ends_at
    with clock.set_to(ends_at + timedelta(minutes=10)), transaction():
        sitting = get_sitting(ON_PAPER)
        close_desk(sitting, by=invigilators_of(sitting)[0])
    with clock.set_to(ends_at + timedelta(hours=1)):
        for place, clerk, what in ENTERED:
            _enter(world, place, CLERKS[clerk], what)


def _at_two_yesterday(now: datetime) -> datetime:
    day = clock.local(now - timedelta(days=1))
    return clock.from_local(day.replace(hour=14, minute=0, second=0, microsecond=0, tzinfo=None))


def _seal(world: Any) -> str:
    officer, reviewer = world.persons["paper-officer"], world.persons["paper-reviewer"]
    with at_the_desk(officer, Duty.ASSEMBLE_PAPERS, days_ago=3):
        with transaction():
            centre = world.organisations["CENTRE"]
            drawn = draw_blueprint(
                "SAFETY-MANAGER", centre, "安全生产管理人员纸笔卷", by=officer, cells=CELLS
            ).code
        with transaction():
            blueprint = db.session.scalars(select(Blueprint).where(Blueprint.code == drawn)).one()
            code = assemble(blueprint, by=officer).code
    with at_the_desk(reviewer, Duty.REVIEW_PAPERS, days_ago=3), transaction():
        paper = db.session.scalars(select(Paper).where(Paper.code == code)).one()
        see_proof(paper, by=reviewer)
        approve_paper(paper, "纸笔卷题量适当，隐患图清晰。", by=reviewer)
        seal_paper(paper, by=reviewer, printed=True)
    return str(code)


def _arrange(world: Any, paper_code: str) -> None:
    with transaction():
        sitting, by = get_sitting(ON_PAPER), world.persons["exam-admin"]
        arrange(sitting, by=by)
        give_paper(sitting, paper_code, by=by)
    for name in ON_DUTY:
        with transaction():
            sitting, by = get_sitting(ON_PAPER), world.persons["exam-admin"]
            appoint(sitting, sitting.rooms[0], world.persons[name], Duty.INVIGILATE, by=by)


def _enter(world: Any, place: int, clerk: str, what: tuple[str, ...]) -> None:
    ticket, control = sheets()[place]
    with transaction():
        by, sitting = world.persons[clerk], get_sitting(ON_PAPER)
        code = take_up(sitting, ticket, control, by=by).sheet.code
        typed = {at: [text] for at, text in enumerate(what)}
        enter(own_reading(sitting, code, by=by), typed, by=by)


def sheets() -> list[tuple[str, str]]:
    """Return ticket number and control code of the sheets, by seat; nothing if there is no such sitting."""
    sitting = db.session.scalar(select(Sitting).where(Sitting.code == ON_PAPER))
    if sitting is None:
        return []
    control = control_of_paper(sitting.paper_code or "")
    seated = sorted(candidates_of(sitting), key=lambda each: each.seat_number or 0)
    return [(each.ticket_number, control) for each in seated[:-1]]
