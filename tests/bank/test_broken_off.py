"""An import whose process is killed goes on by itself: nothing is lost, nothing comes in twice, all told."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest
from sqlalchemy import select

from tests.bank.test_imports_and_others import book, place, state_of
from trainhub.exams.bank.handing_in import hand_in_items, last_imports, report_of
from trainhub.exams.bank.imports import AT_ONCE
from trainhub.exams.bank.models import Bank
from trainhub.kernel import jobs
from trainhub.kernel.broken_off import MOST_BROKEN_OFF, TAKING_UP
from trainhub.kernel.db import db, transaction
from trainhub.kernel.jobs import Job
from trainhub.ledger import Entry
from trainhub.people.models import Person

__all__ = ["place"]

KILLED_AT_WORK = """
import os, signal, sys
from trainhub import create_app
from trainhub.kernel import jobs

number, done, told = int(sys.argv[1]), 0, jobs.Progress.tell

def tell(self, *given):
    global done
    told(self, *given)
    done += 1
    if done == number:
        os.kill(os.getpid(), signal.SIGKILL)

jobs.Progress.tell = tell
with create_app().app_context():
    jobs.run_pending()
"""


@pytest.fixture
def app(on_either):
    return on_either


@pytest.fixture
def handed_in(place):
    """A file that waits for a worker: three lots of sound questions, one copy, and doubtful ones."""
    with transaction():
        bank, person = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        content = io.BytesIO(book(3 * AT_ONCE, doubtful=AT_ONCE + 5))
        hand_in_items(content, "题.xlsx", bank, by=person, language="en")
    return place


def job():
    db.session.rollback()
    return db.session.scalars(select(Job).where(Job.kind == "bank.import")).one()


def killed_at_work(app, number):
    """Kill a worker in the middle of the import."""
    settings = app.config["SETTINGS"]
    environ = dict(os.environ, TRAINHUB_INSTANCE=str(settings.instance))
    environ["TRAINHUB_DATABASE_URL"] = settings.database_url
    db.session.rollback()
    told = [sys.executable, "-c", KILLED_AT_WORK, str(number)]
    ended = subprocess.run(told, env=environ, capture_output=True, timeout=500, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def locks(app):
    """The files beside a database of SQLite on which processes hold their locks."""
    return {each.name for each in Path(app.config["SETTINGS"].instance).glob("*.alone-*")}


def report(place):
    db.session.rollback()
    [kept] = last_imports(db.session.get_one(Bank, place["bank"]))
    return report_of(kept)


@pytest.mark.parametrize("number", [2, 4])
def test_who_is_killed_at_an_import_leaves_it_to_the_next_and_the_report_is_of_the_whole_file(
    handed_in, app, number
):
    killed_at_work(app, number)
    assert state_of(handed_in) == ((number - 1) * AT_ONCE, 0)
    assert (job().state, report(handed_in)) == ("running", None)

    TAKING_UP.run()
    db.session.remove()
    assert job().state == "queued"
    db.session.remove()
    assert jobs.run_pending() == 1

    told = report(handed_in)
    assert job().state == "done"
    assert state_of(handed_in) == (3 * AT_ONCE, AT_ONCE + 5)
    assert (told["imported"], told["duplicates"], len(told["held"])) == (3 * AT_ONCE, 0, AT_ONCE + 5)
    assert db.session.query(Entry).filter_by(kind="items.imported").count() == 1
    assert locks(app) <= {f"trainhub.db.alone-{crc32(b'alone:work broken off'):08x}"}, "a job leaves none"


def test_what_a_living_process_works_on_is_left_to_it(handed_in, app, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE_S", 0.3)
    with transaction():
        row = db.session.scalars(select(Job)).one()
        row.state, code = "running", row.id
    with jobs.held(code) as is_mine:
        assert is_mine
        TAKING_UP.run()
        db.session.remove()
        assert job().state == "running"
        jobs.perform(code, "bank.import", job().arguments)
        assert report(handed_in) is None, "a second worker does not begin it"
    TAKING_UP.run()
    db.session.remove()
    assert job().state == "queued"


def test_what_ends_its_process_each_time_is_given_up_and_says_so(handed_in, app):
    for _time in range(MOST_BROKEN_OFF + 1):
        with transaction():
            db.session.scalars(select(Job)).one().state = "running"
        TAKING_UP.run()
        db.session.remove()
    assert (job().state, job().ended_at is not None) == ("failed", True)
