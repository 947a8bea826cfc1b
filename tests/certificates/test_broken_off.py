"""Issuing, killed anywhere, is taken up: each result gets one certificate, and nobody is told twice."""

import os
import random
import signal

from sqlalchemy import func, select, update

from tests.factories.certificates import Story
from tests.killing import killed_at
from trainhub.certificates import issuing
from trainhub.certificates.models import Certificate
from trainhub.certificates.work import ISSUE
from trainhub.kernel import jobs
from trainhub.kernel.broken_off import TAKING_UP
from trainhub.kernel.db import db, transaction
from trainhub.kernel.jobs import Job
from trainhub.people.models import Message

NEVER = 10**9


def issued():
    db.session.rollback()
    count = func.count(Certificate.id), func.count(Certificate.result_id.distinct())
    told = select(func.count(Message.id)).where(Message.subject.like("certificate.%"))
    found = [*db.session.execute(select(*count)).one(), db.session.scalar(told)]
    db.session.rollback()
    return found


def die_before_it_says_so(job_id, **values):
    if values["state"] != jobs.JobState.RUNNING:
        os.kill(os.getpid(), signal.SIGKILL)
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))


def test_killed_issuing_goes_on_with_the_results_that_have_no_certificate(app, monkeypatch):
    monkeypatch.setattr(issuing, "BATCH", 2)
    story = Story(names=tuple(f"考生{number}" for number in range(5)))
    with transaction():
        jobs.start(ISSUE, "x", by=None, sitting_code=story.code, by_id=story.issuer_id)
    chance, deaths = random.Random(ISSUE), 0
    for last in (20, 120, 120):
        deaths += killed_at(chance.randint(3, last), jobs.run_pending)
        count, different, told = issued()
        assert count == different == told and count % 2 == 0 or count == 5
        TAKING_UP.run()
    with monkeypatch.context() as there:
        there.setattr(jobs, "_note", die_before_it_says_so)
        killed_at(NEVER, jobs.run_pending)
    assert deaths and issued() == [5, 5, 5]
    row = db.session.scalars(select(Job).where(Job.kind == ISSUE)).one()
    assert (row.state, bool(row.result_url)) == ("done", True)
    db.session.rollback()
    TAKING_UP.run()
    jobs.run_pending()
    assert issued() == [5, 5, 5]
