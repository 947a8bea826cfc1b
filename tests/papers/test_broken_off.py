"""Assembling and repeating, killed anywhere, are taken up and done once."""

import os
import random
import signal

import pytest
from sqlalchemy import func, select, update

from tests.factories.bank import make_bank, make_blueprint, make_paper, make_staff
from tests.factories.people import make_officer
from tests.killing import killed_at
from trainhub.exams.papers.assembling import ASSEMBLE
from trainhub.exams.papers.models import Assembly, Paper, Repetition
from trainhub.exams.papers.repeating import REPEAT
from trainhub.kernel import jobs
from trainhub.kernel.broken_off import TAKING_UP
from trainhub.kernel.db import db, transaction
from trainhub.kernel.jobs import Job
from trainhub.separation.duties import Duty

NEVER = 10**9


def assembling():
    """A bank with items for a blueprint, and one assembly that is there already."""
    staff = make_staff()
    make_paper(staff, make_bank(staff))
    blueprint = make_blueprint(staff)
    return ASSEMBLE, {"blueprint_id": blueprint.id, "forms": 1, "by_id": staff.paper_officer.id}, [2, 2, 0]


def repeating():
    """An assembly that an auditor repeats."""
    staff = make_staff()
    paper = make_paper(staff, make_bank(staff))
    auditor = make_officer(Duty.AUDIT)
    return REPEAT, {"code": paper.assembly.code, "by_id": auditor.id}, [1, 1, 1]


def seen():
    db.session.rollback()
    return [
        db.session.scalar(select(func.count()).select_from(model)) for model in (Assembly, Paper, Repetition)
    ]


def die_before_it_says_so(job_id, **values):
    if values["state"] != jobs.JobState.RUNNING:
        os.kill(os.getpid(), signal.SIGKILL)
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))


@pytest.mark.parametrize("work", [assembling, repeating])
def test_killed_work_on_papers_is_taken_up_and_done_once(app, work, monkeypatch):
    kind, arguments, done = work()
    db.session.commit()
    jobs.run_pending()
    nothing = seen()
    with transaction():
        jobs.start(kind, "x", by=None, **arguments)
    chance, deaths = random.Random(kind), 0
    for _death in range(2):
        deaths += killed_at(chance.randint(2, 8), jobs.run_pending)
        assert seen() in (nothing, done)
        TAKING_UP.run()
    with monkeypatch.context() as there:
        there.setattr(jobs, "_note", die_before_it_says_so)
        killed_at(NEVER, jobs.run_pending)
    assert deaths and seen() == done
    row = db.session.scalars(select(Job).where(Job.kind == kind)).one()
    assert (row.state, bool(row.result_url)) == ("done", True)
    db.session.rollback()
    TAKING_UP.run()
    jobs.run_pending()
    assert seen() == done
