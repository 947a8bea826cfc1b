"""Background work: begun after the deed, watched by its owner alone, and whole or not at all."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories.people import make_account
from trainhub import ledger
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l, in_language, ngettext
from trainhub.kernel.jobs import Job, JobState
from trainhub.kernel.kept_words import BEGIN as KEPT
from trainhub.ledger import Entry
from trainhub.people.models import Person

seen: list[tuple] = []


@jobs.job("test.count")
def count(progress, *, upto):
    """Count, and tell how far."""
    for number in range(upto):
        progress.tell(number + 1, upto, "counting")
        row = db.session.get_one(Job, progress.job_id)
        seen.append((row.state, row.done, row.total, row.message))
        db.session.rollback()
    return "/home"


@jobs.job("test.tell")
def tell(progress):
    """Tell in words of the house."""
    progress.tell(3, 3, ngettext("%(num)s paper marked", "%(num)s papers marked", 3))


@jobs.job("test.refuse")
def refuse(_progress):
    """Write half, then be refused."""
    with transaction():
        ledger.append("test.half", by=None, side="core")
        db.session.flush()
        raise Conflict(_("Please sign in first."))


@jobs.job("test.break")
def break_down(_progress):
    """Break in a way nobody foresaw."""
    raise RuntimeError("secret of the inside")


@pytest.fixture
def owner_id(app):
    seen.clear()
    with transaction():
        return make_account().person_id


def start(kind, owner_id, **arguments):
    with transaction():
        job = jobs.start(kind, "数一数", by=db.session.get(Person, owner_id), **arguments)
        job_id = job.id
    return job_id


def row(job_id):
    """The job as it stands, read in a transaction that holds up nobody."""
    db.session.rollback()
    found = db.session.get_one(Job, job_id)
    db.session.expunge(found)
    db.session.rollback()
    return found


def test_work_tells_how_far_it_is_and_ends_with_its_result(owner_id):
    job_id = start("test.count", owner_id, upto=3)
    assert row(job_id).state == JobState.QUEUED
    assert jobs.run_pending() == 1
    assert seen == [("running", number, 3, "counting") for number in (1, 2, 3)]
    done = row(job_id)
    assert (done.state, done.result_url) == (JobState.DONE, "/home")
    assert done.ended_at is not None


def test_work_of_a_deed_that_failed_is_never_begun(owner_id):
    with pytest.raises(Conflict), transaction():
        jobs.start("test.count", "数一数", by=None, upto=1)
        raise Conflict("no")
    assert jobs.run_pending() == 0
    assert db.session.scalars(select(Job)).all() == []


def test_refused_work_leaves_nothing_and_says_why_in_the_language_of_who_reads(app, client, owner_id):
    job_id = start("test.refuse", owner_id, language="en")
    jobs.run_pending()
    assert row(job_id).state == JobState.FAILED
    assert said_of(client, job_id, owner_id) == {"zh_CN": "请先登录。", "en": "Please sign in first."}
    assert db.session.scalars(select(Entry).where(Entry.kind == "test.half")).all() == []


def said_of(client, job_id, owner_id):
    """What the page of a job, and its state, say of it in each language; both say the same."""
    client.sign_in(db.session.get_one(Person, owner_id))
    found = {}
    for language in ("zh_CN", "en"):
        client.get(f"/?lang={language}")
        found[language] = client.get(f"/jobs/{job_id}/state").json["message"]
        page = client.get(f"/jobs/{job_id}").text
        assert found[language] in page and KEPT not in page
    return found


def test_title_and_progress_of_work_begun_in_one_language_are_read_in_the_other(app, client, owner_id):
    with transaction(), in_language("en"):
        title = _l("Mark the sitting %(code)s", code="S1")
        by = db.session.get(Person, owner_id)
        job_id = jobs.start("test.tell", title, by=by, language="en").id
    jobs.run_pending()
    assert said_of(client, job_id, owner_id) == {"zh_CN": "已评 3 份", "en": "3 papers marked"}
    titles = {}
    for language in ("zh_CN", "en"):
        client.get(f"/?lang={language}")
        titles[language] = re.search("<h1[^>]*>(.*?)</h1>", client.get(f"/jobs/{job_id}").text)[1]
    assert titles == {"zh_CN": "评卷：S1", "en": "Mark the sitting S1"}


def test_broken_work_says_nothing_of_our_inside(owner_id):
    job_id = start("test.break", owner_id)
    jobs.run_pending()
    assert row(job_id).state == JobState.FAILED
    assert "secret" not in row(job_id).message and row(job_id).message


def test_work_of_an_unknown_kind_is_a_mistake_of_the_program(owner_id):
    with pytest.raises(KeyError), transaction():
        jobs.start("test.unknown", "?", by=None)


def test_the_owner_watches_and_nobody_else(app, client, owner_id):
    job_id = start("test.count", owner_id, upto=2)
    jobs.run_pending()
    client.sign_in(db.session.get_one(Person, owner_id))
    assert client.get(f"/jobs/{job_id}").status_code == 200
    state = client.get(f"/jobs/{job_id}/state").get_json()
    assert state == {"state": "done", "done": 2, "total": 2, "message": "counting", "result_url": "/home"}
    with transaction():
        other = make_account().person
    stranger = app.test_client()
    stranger.sign_in(other)
    for address in (f"/jobs/{job_id}", f"/jobs/{job_id}/state"):
        assert stranger.get(address).status_code == 404
        assert app.test_client().get(address).status_code == 302


def test_work_of_the_house_itself_belongs_to_nobody(client, owner_id):
    with transaction():
        job_id = jobs.start("test.count", "数", by=None, upto=1).id
    client.sign_in(db.session.get_one(Person, owner_id))
    assert client.get(f"/jobs/{job_id}").status_code == 404
