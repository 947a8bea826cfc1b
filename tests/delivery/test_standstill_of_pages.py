"""When the database stands still, pages and deeds are answered soon, in words, and the house stays awake."""

import html
import json
import re
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import chain, count
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import make_url

from tests.delivery.server import Server
from tests.delivery.stalling import PausedLine, house_at, pen_held
from tests.factories.delivery import (
    lay_out_paper,
    make_seated_candidate,
    make_seated_sitting,
    make_working_attempt,
)
from tests.factories.people import make_person
from tests.migrated import on_postgres, on_sqlite
from tests.servers import drop_database
from trainhub.cli.serving import THREADS
from trainhub.exams import delivery
from trainhub.exams.delivery import forms_prepared
from trainhub.exams.delivery.chain import hash_token
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Account
from trainhub.people.sign_in import open_account

WORST_S = 20
RUSH = 2 * THREADS
PASSWORD = "correct horse battery"


@contextmanager
def accounts_held(url):
    """Somebody holds the accounts on PostgreSQL against whoever would sign in."""
    address = make_url(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as holder:
        holder.execute("LOCK TABLE people_account IN ACCESS EXCLUSIVE MODE")
        yield


ON_POSTGRESQL = [pytest.param(kind, marks=pytest.mark.postgres) for kind in ("lock", "line")]


@pytest.fixture(params=["pen", *ON_POSTGRESQL])
def stalling(request, tmp_path):
    """Address of a database for a server, one to fill it by, and what makes it stand still.

    SQLite's pen held by somebody else; a lock of PostgreSQL; a server of PostgreSQL that says nothing at all.
    """
    if request.param == "pen":
        url = on_sqlite(tmp_path)
        yield url, url, pen_held(url)
        return
    url = on_postgres()
    if request.param == "lock":
        yield url, url, accounts_held(url)
    else:
        with PausedLine(make_url(url).port) as line:
            served = make_url(url).set(port=line.port).render_as_string(hide_password=False)
            yield served, url, line.paused()
    drop_database(url)


@pytest.fixture
def server(stalling, tmp_path):
    """A server with somebody who can sign in."""
    served, direct, _stall = stalling
    with house_at(direct, tmp_path):
        with transaction():
            open_account(make_person(), "walker", PASSWORD, by=None)
        found = Server(tmp_path, TRAINHUB_DATABASE_URL=served)
        found.start()
        yield found
        found.kill()


@contextmanager
def stands_for(seconds, url):
    """Somebody else holds SQLite's pen for a while, beside the block."""
    is_held = threading.Event()

    def hold():
        with pen_held(url):
            is_held.set()
            time.sleep(seconds)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(10)
    yield
    holder.join()


class Browser:
    """A browser before the sign-in page, which remembers how long its last answer took."""

    def __init__(self, port):
        self._port = port
        self._cookie = ""
        self.took_s = 0.0

    def ask(self, method, path, fields=None):
        """Returns (status, headers, text)."""
        line = HTTPConnection("127.0.0.1", self._port, timeout=40)
        headers = {"Cookie": self._cookie, "Accept": "text/html"}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        asked = time.monotonic()
        line.request(method, path, fields and urlencode(fields), headers)
        answer = line.getresponse()
        body = answer.read().decode()
        self.took_s = time.monotonic() - asked
        if cookie := answer.headers.get("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        line.close()
        return answer.status, answer.headers, body

    def open_door(self):
        """Open the sign-in page; returns the fields of its form, filled in."""
        _status, _headers, page = self.ask("GET", "/sign-in")
        token = html.unescape(re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1])
        return {"csrf_token": token, "username": "walker", "password": PASSWORD, "next": ""}


def names():
    yield from chain(["walker"], (f"nobody-{number}" for number in count()))


def at_once(acts):
    """Do everything at the same time; returns what came of each."""
    came = [None] * len(acts)

    def run(number, act):
        came[number] = act()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_who_signs_in_during_a_standstill_is_told_soon_to_come_again_and_the_house_stays_awake(
    stalling, server
):
    doors = [Browser(server.port) for _each in range(RUSH)]
    # Each tries a name of its own, for a name is not tried without end.
    forms = [door.open_door() | {"username": name} for door, name in zip(doors, names(), strict=False)]
    pulse, looked = Browser(server.port), []

    def look():
        for _each in range(20):
            status, _headers, _page = pulse.ask("GET", "/healthz")
            looked.append((status, pulse.took_s))
            time.sleep(0.2)

    def sign_in(door, form):
        return lambda: door.ask("POST", "/sign-in", form)

    with stalling[2]:
        told = at_once([look, *(sign_in(*each) for each in zip(doors, forms, strict=True))])[1:]
        later = Browser(server.port)
        later._cookie = doors[0]._cookie
        again = later.ask("POST", "/sign-in", forms[0])

    assert {status for status, _headers, _page in [*told, again]} == {503}
    assert {headers["Retry-After"] for _status, headers, _page in told} == {"3"}
    assert all("暂时无法" in page for _status, _headers, page in told)
    assert max(door.took_s for door in doors) < WORST_S
    assert later.took_s < WORST_S / 2
    assert {status for status, _took in looked} == {200}
    assert max(took for _status, took in looked) < WORST_S / 2

    # The same browser with the same form, when it is over: let in, and none of the tries left a trace.
    status, headers, _page = doors[0].ask("POST", "/sign-in", forms[0])
    assert (status, headers["Location"]) == (302, "/home")
    db.session.rollback()
    assert db.session.query(Account).one().failures == 0


@pytest.mark.parametrize("stalling", ON_POSTGRESQL[:1], indirect=True)
def test_while_nobody_can_sign_in_who_is_at_work_is_answered_as_ever(stalling, server):
    attempt, token = make_working_attempt(make_seated_sitting())
    own = {
        "Cookie": f"trainhub-attempt={token}",
        "X-Attempt": attempt.code,
        "Content-Type": "application/json",
    }
    db.session.commit()
    doors = [Browser(server.port) for _each in range(RUSH)]
    forms = [door.open_door() | {"username": name} for door, name in zip(doors, names(), strict=False)]
    saved = []

    def save():
        for sequence in range(1, 31):
            line = HTTPConnection("127.0.0.1", server.port, timeout=40)
            change = {"sequence": sequence, "position": 1, "response": "TF"[sequence % 2], "flagged": False}
            body = {"changes": [change | {"how": "pointer", "shown_ms": 1200}]}
            line.request("POST", "/exam/attempt/journal", json.dumps(body), own)
            saved.append(line.getresponse().status)
            line.close()
            time.sleep(0.2)

    def sign_in(door, form):
        return lambda: door.ask("POST", "/sign-in", form)

    with stalling[2]:
        at_once([save, *(sign_in(*each) for each in zip(doors, forms, strict=True))])
    assert saved == [200] * 30


@pytest.fixture
def begin(app, client):
    """What a page calls whose candidate was let in and has not begun."""
    sitting = make_seated_sitting(paper_code="P-TEST")
    lay_out_paper(app, sitting)
    candidate = make_seated_candidate(sitting, 1)
    attempt = delivery.admit(candidate, by=candidate.person)
    attempt.token_hash = hash_token("own")
    call = {"Authorization": "Bearer own", "X-Attempt": attempt.code}
    db.session.commit()
    return lambda: client.post("/exam/attempt/start", json={}, headers=call)


def test_one_standstill_after_the_other_does_not_let_a_page_hang_up_before_it_is_told(app, begin):
    """The pen is away, then comes for a moment; somebody prepares the form, and the pen is away again."""
    url, is_over = app.config["SQLALCHEMY_DATABASE_URI"], threading.Event()

    def stand_still_twice():
        with pen_held(url):
            time.sleep(6.5)
        time.sleep(0.4)
        with pen_held(url):
            is_over.wait(30)

    def prepare_for_long():
        with forms_prepared._preparing:
            is_over.wait(10.5)

    threads = [threading.Thread(target=each) for each in (stand_still_twice, prepare_for_long)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    asked = time.monotonic()
    told = begin()
    waited = time.monotonic() - asked
    is_over.set()
    for thread in threads:
        thread.join(30)

    assert (told.status_code, told.headers.get("Retry-After")) == (503, "2")
    assert waited < 13, "the page hangs up after 15 s"
    assert begin().status_code == 200


def test_who_waited_for_a_standstill_to_end_does_not_wait_once_more_for_the_form(app, begin):
    with stands_for(3, app.config["SQLALCHEMY_DATABASE_URI"]):
        told = begin()
    # The form is there now; the page comes again by itself and begins.
    assert (told.status_code, told.headers.get("Retry-After")) == (503, "2")
    assert begin().status_code == 200
