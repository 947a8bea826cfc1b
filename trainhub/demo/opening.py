"""A sitting of the demo that begins soon and waits for two officers to open its paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from trainhub.demo.bank import at_the_desk
from trainhub.demo.cast import PASSPHRASE
from trainhub.demo.sittings import fill, plan
from trainhub.demo.staffing import enter_in_register
from trainhub.exams.papers import approve_paper, assemble, make_key, seal_paper, see_proof
from trainhub.exams.papers.models import Blueprint, Paper
from trainhub.exams.sittings import get_sitting, open_sitting
from trainhub.exams.sittings.plan import give_paper
from trainhub.exams.sittings.seating import arrange
from trainhub.exams.staffing import appoint
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.separation.duties import Duty

SOON = "DEMO-SOON"
OFFICERS = ("opening-officer", "opening-officer2", "opening-officer3")
ON_DUTY = ("invigilator2", "invigilator5")
"""The others have been at the site as often in a row as the rotation allows."""
QUALIFICATION = "SAFETY-MANAGER"


def build(world: Any) -> None:
    """Give three officers their keys, seal a paper for them, and open a sitting that uses it for entry."""
    now = clock.now()
    with clock.set_to(now - timedelta(days=4)):
        for name in OFFICERS:
            with transaction():
                make_key(PASSPHRASE, by=world.persons[name])
        plan(world, SOON, QUALIFICATION, "R1", _soon(now))
        fill(world, SOON, list(range(38, 43)))
    with clock.set_to(now - timedelta(days=150)):
        enter_in_register(world, "invigilator5", Duty.INVIGILATE, "CENTRE")
    code = _seal(world)
    with clock.set_to(now - timedelta(days=3)):
        _arrange(world, code)
    with transaction():
        open_sitting(get_sitting(SOON), by=world.persons["exam-admin"])


def _soon(now: datetime) -> datetime:
    """Return a full five minutes 10 to 15 minutes ahead: its officers may open the paper at once."""
    later = now + timedelta(minutes=14)
    return later.replace(minute=later.minute // 5 * 5, second=0, microsecond=0)


def _seal(world: Any) -> str:
    officer, reviewer = world.persons["paper-officer"], world.persons["paper-reviewer"]
    with at_the_desk(officer, Duty.ASSEMBLE_PAPERS, days_ago=4), transaction():
        blueprint = select(Blueprint).where(Blueprint.qualification == QUALIFICATION).order_by(Blueprint.id)
        code = assemble(db.session.scalars(blueprint).first(), by=officer).code  # type: ignore[arg-type]
    with at_the_desk(reviewer, Duty.REVIEW_PAPERS, days_ago=4), transaction():
        paper = db.session.scalars(select(Paper).where(Paper.code == code)).one()
        see_proof(paper, by=reviewer)
        approve_paper(paper, "题量、分值与组卷方案一致，交三名启封员保管。", by=reviewer)
        officers = [world.persons[name] for name in OFFICERS]
        seal_paper(paper, officers, by=reviewer, printed=True)
    return str(code)


def _arrange(world: Any, paper_code: str) -> None:
    with transaction():
        sitting, by = get_sitting(SOON), world.persons["exam-admin"]
        arrange(sitting, by=by)
        give_paper(sitting, paper_code, by=by)
    for name in ON_DUTY:
        with transaction():
            sitting, by = get_sitting(SOON), world.persons["exam-admin"]
            appoint(sitting, sitting.rooms[0], world.persons[name], Duty.INVIGILATE, by=by)
