"""When the database stands still, all are told in time to come again, and pages go on."""

import asyncio
import json
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

from tests.delivery.server import Server
from tests.delivery.stalling import house_at, pen_held
from tests.factories.delivery import make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty
from tests.factories.people import begin_session_for
from tests.migrated import on_postgres, on_sqlite
from tests.servers import drop_database
from trainhub.cli.answers_line import Line, head_of, with_body
from trainhub.cli.serving import THREADS
from trainhub.exams.delivery import is_intact, writer
from trainhub.exams.delivery.models import Attempt
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty

PAGE_HANGS_UP_S = 15
"""``PATIENCE_MS`` of ``delivery-server.js``."""
CANDIDATES = 2 * THREADS + 8


@contextmanager
def table_held(url):
    """Somebody holds the attempts on PostgreSQL against whoever would change one."""
    address = make_url(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as holder:
        holder.execute("LOCK TABLE delivery_attempt IN EXCLUSIVE MODE")
        yield


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stalling(request, tmp_path):
    """Address of a database, and what makes it stand still."""
    if request.param == "sqlite":
        url = on_sqlite(tmp_path)
        yield url, pen_held(url)
    else:
        url = on_postgres()
        yield url, table_held(url)
        drop_database(url)


@pytest.fixture
def house(stalling, tmp_path):
    """A house at that database, not yet served, whose context is active."""
    with house_at(stalling[0], tmp_path) as app:
        yield app


@pytest.fixture
def server(house, stalling, tmp_path):
    served = Server(tmp_path, TRAINHUB_DATABASE_URL=stalling[0])
    served.start()
    yield served
    served.kill()


def change(sequence):
    facts = {"sequence": sequence, "position": 1, "response": "TF"[sequence % 2], "flagged": False}
    return facts | {"how": "pointer", "shown_ms": 1200}


def saving(code, token, last):
    """The call with which a page sends everything up to its last change."""
    own = f"X-Attempt: {code}", f"Cookie: trainhub-attempt={token}"
    head = head_of("POST", "/exam/attempt/journal", "Host: localhost", *own)
    return with_body(head, {"changes": [change(number) for number in range(1, last + 1)]})


def looking(path, cookie="none=1"):
    return head_of("GET", path, "Host: localhost", f"Cookie: {cookie}") + b"\r\n"


def desk(app, sitting):
    """The call with which an invigilator opens the desk."""
    path = f"/exam/desk/{sitting.code}"
    token = begin_session_for(make_on_duty(sitting, Duty.INVIGILATE))
    signed = app.session_interface.get_signing_serializer(app).dumps({"sign-in": token})
    return looking(path, f"trainhub={signed}")


async def answers(port, saves, pages):
    """Send all saves at once, then ask for pages; returns (what, status, head) of the answers in order."""
    told = []

    async def ask(what, request):
        line = Line("127.0.0.1", port)
        async with asyncio.timeout(PAGE_HANGS_UP_S):
            status, head, _body = await line.ask(request)
        told.append((what, status, head))
        line.close()

    sent = [asyncio.create_task(ask("save", each)) for each in saves]
    await asyncio.sleep(1)
    sent += [asyncio.create_task(ask(what, each)) for what, each in pages.items()]
    await asyncio.gather(*sent)
    return told


async def acknowledged(port, saves):
    """Send saves as pages do, again and again until each is acknowledged; returns the last numbers."""

    async def ask(request):
        line = Line("127.0.0.1", port)
        while True:
            status, _head, body = await line.ask(request)
            if status == 200:
                line.close()
                return json.loads(body)["last_sequence"]
            assert status == 503, body
            await asyncio.sleep(0.5)

    return await asyncio.gather(*(ask(each) for each in saves))


def test_a_database_that_stands_still_leaves_nobody_without_an_answer_and_no_page_dark(
    house, stalling, server
):
    sitting = make_seated_sitting()
    seats = [make_working_attempt(sitting, seat) for seat in range(1, CANDIDATES + 1)]
    seats = [(attempt.code, token) for attempt, token in seats]
    pages = {"health": looking("/healthz"), "desk": desk(house, sitting)}
    db.session.remove()

    with stalling[1]:
        told = asyncio.run(answers(server.port, [saving(*seat, 1) for seat in seats], pages))

    # The stall ended only when the last of these had come.
    whats = [what for what, _status, _head in told]
    assert {status for what, status, _head in told if what == "save"} == {503}
    assert all(b"retry-after: " in head for what, _status, head in told if what == "save")
    assert {what: status for what, status, _head in told if what != "save"} == {"health": 200, "desk": 200}
    assert max(whats.index("health"), whats.index("desk")) < len(whats) - 1 - whats[::-1].index("save")

    # What was not acknowledged comes again with what was answered meanwhile; each is kept once and in order.
    again = asyncio.run(acknowledged(server.port, [saving(*seat, 2) for seat in seats]))
    assert again == [2] * CANDIDATES
    attempts = db.session.query(Attempt).all()
    assert [each.last_sequence for each in attempts] == [2] * CANDIDATES
    assert all(is_intact(each) for each in attempts)


def test_who_waits_for_a_standstill_to_end_leaves_threads_for_pages_and_is_heard_before_the_page_hangs_up():
    assert writer.PLACES < THREADS
    assert writer.PATIENCE_S < PAGE_HANGS_UP_S
