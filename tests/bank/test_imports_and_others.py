"""A long import beside others: nobody waits for it, and killed in its middle it does nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import event, func, select

from tests.factories.bank import make_bank, make_staff
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.handing_in import new_import, report_of
from trainhub.exams.bank.imports import AT_ONCE, import_items
from trainhub.exams.bank.models import Bank, Gram, HeldRow, Import, Item
from trainhub.exams.bank.models_alike import Sketch
from trainhub.kernel import db as database
from trainhub.kernel.db import db, transaction
from trainhub.kernel.written_workbooks import write_workbook
from trainhub.people.models import Person
from trainhub.separation.models import Authored

HEADER = ["题型", "题目", "选项", "答案"]

KILLED = """
import os, signal, sys
from pathlib import Path
from trainhub import create_app
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.imports import import_items

bank_id, kept, by, path, number = int(sys.argv[1]), *sys.argv[2:5], int(sys.argv[5])
done = 0

def tell(_done, _total):
    global done
    done += 1
    if done == number:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app().app_context():
    parsed = read_content(Path(path).read_bytes(), name="题.xlsx")
    import_items(parsed, bank_id, kept, file_name="题.xlsx", by=by, tell=tell)
"""


@pytest.fixture
def app(on_either):
    return on_either


@pytest.fixture
def place(app):
    with transaction():
        staff = make_staff()
        return {"bank": make_bank(staff).id, "author": staff.author.id}


def book(good, doubtful=0):
    """A file with so many questions that are sound, and so many that nobody can read for sure."""
    rows = [
        [
            "单选题",
            f"{place}号储罐检修前第{place * 7}步应当先做什么？",
            f"A.切断{place}号阀**B.通风{place}分钟",
            "A",
        ]
        for place in range(1, good + 1)
    ]
    rows += [
        ["单选题", f"{place}号叉车停放时货叉离地几厘米？", f"A.{place}m**A**B.{place + 1}m**A", "A"]
        for place in range(1, doubtful + 1)
    ]
    return write_workbook("Sheet1", HEADER, rows)


def begin_import(place):
    with transaction():
        bank, person = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        return new_import(bank, "题.xlsx", by=person, submit=True, dry_run=False).id


def bring_in(place, content):
    kept = begin_import(place)
    parsed = read_content(content, name="题.xlsx")
    report = import_items(parsed, place["bank"], kept, file_name="题.xlsx", by=place["author"]).plain()
    return report


class Holding:
    """What each transaction that may write costs the thread that has it, from its beginning to its end."""

    def __init__(self):
        self.seconds = []
        self._since = None
        event.listen(db.engine, "begin", self._begins)
        event.listen(db.engine, "commit", self._ends)
        event.listen(db.engine, "rollback", self._ends)

    def _begins(self, _connection):
        self._since = None if database.is_reading() else time.thread_time()

    def _ends(self, _connection):
        if self._since is not None:
            self.seconds.append(time.thread_time() - self._since)
        self._since = None


def test_nobody_waits_long_for_a_long_import(place):
    content = book(3 * AT_ONCE, doubtful=5 * AT_ONCE)
    holding = Holding()
    report = bring_in(place, content)

    assert (report["imported"], len(report["held"])) == (3 * AT_ONCE, 5 * AT_ONCE)
    assert len(holding.seconds) > 8
    assert max(holding.seconds) < sum(holding.seconds) / 2, sorted(holding.seconds)[-5:]


def state_of(place):
    db.session.rollback()
    number = {
        model: db.session.scalar(select(func.count()).select_from(model)) for model in (Item, HeldRow, Sketch)
    }
    sealed = db.session.scalar(select(func.count(func.distinct(Gram.item_id))))
    stated = db.session.scalar(select(func.count(func.distinct(Authored.item_code))))
    assert number[Item] == number[Sketch] == sealed == stated, "an item is whole or not there"
    return number[Item], number[HeldRow]


@pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.long), 3])
def test_who_is_killed_in_the_middle_leaves_whole_items_and_the_file_comes_in_once(
    place, app, tmp_path, number
):
    path = tmp_path / "题.xlsx"
    path.write_bytes(book(3 * AT_ONCE, doubtful=AT_ONCE + 5))
    kept = begin_import(place)
    settings = app.config["SETTINGS"]
    environ = dict(os.environ, TRAINHUB_INSTANCE=str(settings.instance))
    environ["TRAINHUB_DATABASE_URL"] = settings.database_url
    told = [str(place["bank"]), kept, str(place["author"]), str(path), str(number)]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, *told], env=environ, capture_output=True, timeout=500, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert state_of(place) == (number * AT_ONCE, 0)
    assert report_of(db.session.get_one(Import, kept)) is None

    report = bring_in(place, path.read_bytes())
    assert (report["imported"], report["duplicates"]) == ((3 - number) * AT_ONCE, number * AT_ONCE)
    assert state_of(place) == (3 * AT_ONCE, AT_ONCE + 5)
    again = bring_in(place, path.read_bytes())
    assert (again["imported"], len(again["held"])) == (0, 0)
    assert state_of(place) == (3 * AT_ONCE, AT_ONCE + 5)


def test_two_who_import_the_same_file_at_once_bring_it_in_once(place, app):
    content = book(AT_ONCE + 20, doubtful=30)
    begins, reports = threading.Barrier(2), []

    def run():
        with app.app_context():
            begins.wait(60)
            reports.append(bring_in(place, content))
            db.session.remove()

    threads = [threading.Thread(target=run) for _each in range(2)]
    db.session.rollback()
    for each in threads:
        each.start()
    for each in threads:
        each.join(500)

    assert sum(each["imported"] for each in reports) == AT_ONCE + 20
    assert sum(len(each["held"]) for each in reports) == 30
    assert state_of(place) == (AT_ONCE + 20, 30)
