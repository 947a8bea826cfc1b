"""No dump of the database and no memory of a training process holds what an item says.

Each look that finds nothing stands beside one that finds something: a lesson's text in the same dump, and the
item itself in the memory of an examination process that has just shown it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from tests.factories import bank, courses
from tests.factories import walls as instances
from tests.factories.people import give_duty, make_organisation, make_person
from tests.servers import free_port, postgres_program
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.exams import bank as bank_room
from trainhub.exams.bank import Draft, ItemBody, ItemType, Option
from trainhub.exams.bank import review as items_review
from trainhub.exams.bank.items import newest_version
from trainhub.kernel import keys, roles
from trainhub.kernel.db import Base, db, transaction
from trainhub.people.models import OrganisationKind
from trainhub.people.sign_in import open_account
from trainhub.separation.duties import Duty
from trainhub.separation.walls import walls

SENTENCE = "压力容器爆破片泄放口朝向检修通道时应立即停用"
OPTION = "先疏散再切断蒸汽阀门"
LESSON = "培训课文：检修之前必须断电上锁"
PASSWORD = "a-long-password"
START_SECONDS = 60


def fill():
    """A live item with a known sentence, and a lesson with another; codes and user names."""
    staff = bank.make_staff()
    row = bank.make_bank(staff)
    options = tuple(Option(key, f"{OPTION}{key}") for key in "ABCD")
    body = ItemBody(f"{SENTENCE}（ ）。", options, ("B",), SENTENCE, "第十条")
    item = bank_room.write_item(row, Draft(ItemType.SINGLE, body, None), by=staff.author)
    bank_room.submit([newest_version(item)], by=staff.author)
    bank_room.approve(newest_version(item), by=staff.reviewer)
    items_review.put_live([newest_version(item).id])
    bank.make_sealed(staff, row)
    school = make_organisation(OrganisationKind.TRAINING_BODY)
    manager = make_person("王芳")
    give_duty(manager, Duty.MANAGE_COURSES, school)
    course = courses.make_course(school, manager, lessons=((LESSON, 60),))
    author = make_person("李伟")
    give_duty(author, Duty.AUTHOR_ITEMS, staff.centre)
    open_account(manager, "manager", PASSWORD, by=None)
    open_account(author, "author", PASSWORD, by=None)
    return {"bank": row.code, "item": item.code, "course": course.code}


def forms_of(sentence):
    """A text in every form in which it could stand in a file or in memory."""
    utf8 = sentence.encode()
    return {
        "UTF-8": utf8,
        "UTF-16": sentence.encode("utf-16-le"),
        "UCS-4": sentence.encode("utf-32-le"),
        "GB 18030": sentence.encode("gb18030"),
        "hexadecimal": utf8.hex().encode(),
        "escaped": sentence.encode("unicode_escape"),
    }


def found_in(content, sentence):
    return {form for form, wanted in forms_of(sentence).items() if wanted in content}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("dumps") / "instance"


@pytest.fixture(scope="module")
def url(folder):
    with instances.house(folder) as address:
        yield address


@pytest.fixture(scope="module")
def known(url, folder):
    with instances.everything(url, folder), transaction():
        return fill()


def dump(url, *options):
    program = postgres_program("pg_dump")
    return subprocess.run([str(program), instances.dsn(url), *options], capture_output=True, check=False)


@pytest.mark.postgres
def test_a_dump_of_the_whole_database_shows_no_item(url, known):
    done = dump(url)
    assert done.returncode == 0, done.stderr
    assert found_in(done.stdout, LESSON) == {"UTF-8"}, "the control"
    for words in (SENTENCE, OPTION):
        assert found_in(done.stdout, words) == set()


@pytest.mark.postgres
def test_the_training_login_cannot_dump_the_whole_database(url, known):
    done = dump(instances.login_url(url, "training"))
    assert done.returncode != 0 and b"permission denied" in done.stderr
    assert found_in(done.stdout, SENTENCE) == set()


@pytest.mark.postgres
def test_a_copy_of_all_that_the_training_login_may_read_shows_no_item(url, known):
    readable = [
        table.name for table in Base.metadata.sorted_tables if "SELECT" in roles.rights(table, "training")
    ]
    content = b""
    with psycopg.connect(instances.dsn(instances.login_url(url, "training"))) as connection:
        for name in readable:
            with connection.cursor().copy(f'COPY (SELECT * FROM "{name}") TO STDOUT') as rows:
                content += b"".join(bytes(row) for row in rows)
    assert found_in(content, LESSON) == {"UTF-8"}, "the control"
    for words in (SENTENCE, OPTION, known["item"]):
        assert found_in(content, words) == set()


@pytest.mark.postgres
def test_no_key_stands_in_a_dump(url, folder, known):
    said = dump(url).stdout
    with instances.everything(url, folder):
        master = keys.key("exam")
        row = db.session.execute(text("SELECT code, key_sealed FROM bank_bank")).first()
        own = keys.unseal("exam", bytes(row[1]), f"bank-key:{row[0]}")
    assert bytes(row[1]).hex().encode() in said, "the control: the wrapped key"
    for key in (master, own):
        assert key.hex().encode() not in said and key not in said


class Browser:
    """Somebody signed in to a server that really runs."""

    def __init__(self, address, username):
        self.address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/sign-in")).group(1)
        data = {"username": username, "password": PASSWORD, "csrf_token": token}
        with closing(self._opener.open(f"{address}/sign-in", urllib.parse.urlencode(data).encode(), 30)):
            pass

    def get(self, path):
        with closing(self._opener.open(self.address + path, timeout=30)) as answer:
            return answer.read().decode()


@contextmanager
def serving(side, url, folder):
    """A real server of one side with its own folder, keys and login; its address and process."""
    with instances.process_of(side, url, folder):
        own = folder.parent / f"{folder.name}-{side}"
    port = free_port()
    environment = os.environ | {
        "TRAINHUB_INSTANCE": str(own),
        "TRAINHUB_DATABASE_URL": instances.login_url(url, side),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    with (own / "said").open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "trainhub", "serve", "--side", side, "--port", str(port)],
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}", server, own / "said")
        yield f"http://127.0.0.1:{port}", server.pid, own / "said"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(address, server, said):
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}/sign-in", timeout=5).close()
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < until, said.read_text()
            time.sleep(0.2)


def family(pid):
    """A process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def memory_of(pid):
    """All that a process has in writable memory."""
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            area, modes, *_rest = line.split()
            start, end = (int(each, 16) for each in area.split("-"))
            if modes.startswith("rw") and end - start < 1 << 31:
                try:
                    memory.seek(start)
                    yield memory.read(end - start)
                except OSError:
                    continue


def remembered(pid, *wanted):
    """Which of some byte strings stand in the memory of a server, in any of its processes."""
    found = set()
    for each in family(pid):
        for area in memory_of(each):
            found |= {words for words in wanted if words in area}
    return found


def spellings(sentence):
    return [wanted for form, wanted in forms_of(sentence).items() if form in ("UTF-8", "UTF-16", "UCS-4")]


@pytest.mark.postgres
def test_the_memory_of_a_training_process_holds_no_item_and_no_key(url, folder, known):
    with instances.everything(url, folder):
        master = keys.key("exam")
    with serving("training", url, folder) as (address, pid, said):
        browser = Browser(address, "manager")
        for path in ("/home/training", "/training/courses", f"/training/courses/{known['course']}"):
            shown = browser.get(path)
        assert LESSON in shown
        assert "wall database: stands" in said.read_text()
        assert "wall content: stands" in said.read_text()
        assert remembered(pid, *spellings(LESSON)), "the control"
        assert remembered(pid, *spellings(SENTENCE), *spellings(OPTION), master) == set()


@pytest.mark.postgres
def test_the_memory_of_an_examination_process_that_shows_the_item_holds_it(url, folder, known):
    """The control: this way of looking finds an item where there is one."""
    with serving("exam", url, folder) as (address, pid, _said):
        browser = Browser(address, "author")
        assert SENTENCE in browser.get(f"/exam/bank/items/{known['item']}")
        assert remembered(pid, *spellings(SENTENCE))


def test_the_file_of_an_embedded_database_shows_no_item(app, tmp_path):
    with transaction():
        fill()
    db.session.remove()
    instance = app.config["SETTINGS"].instance
    content = b"".join(path.read_bytes() for path in instance.glob("trainhub.db*"))
    assert found_in(content, LESSON) == {"UTF-8"}, "the control"
    for words in (SENTENCE, OPTION):
        assert found_in(content, words) == set()


def test_a_training_process_starts_without_the_key_of_content(app, tmp_path):
    own = tmp_path / "training"
    shutil.copytree(app.config["SETTINGS"].instance, own, ignore=shutil.ignore_patterns("exam*.key"))
    settings = {"TRAINHUB_INSTANCE": str(own), "TRAINHUB_SIDE": "training"}
    with create_app(read_settings(settings)).app_context():
        with pytest.raises(keys.MissingKey):
            keys.key("exam")
        assert next(wall for wall in walls() if wall.name == "content").stands
        shutil.copy(app.config["SETTINGS"].keys / "exam.key", own / "keys")
        assert not next(wall for wall in walls() if wall.name == "content").stands
        db.engine.dispose()
