"""The load generator of ``trainhub bench answers`` lives a sitting as recorded pages do."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

import trainhub
from tests.delivery.server import Server
from tests.survival.machines import wait_for
from trainhub import create_app
from trainhub.cli.answers_city import live
from trainhub.cli.answers_line import Broken, Line
from trainhub.cli.answers_load import Seat
from trainhub.cli.answers_recorded import recorded
from trainhub.cli.answers_server import started
from trainhub.cli.answers_world import build
from trainhub.config import read_settings
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.exams.delivery.reading import is_intact
from trainhub.kernel.checkpointing import WORTH_IT
from trainhub.kernel.db import db, transaction
from trainhub.kernel.engines import LONGEST_LOG

STATIC = Path(trainhub.__file__).parent / "static"
CANDIDATES = 4
ORDER = {"rush_s": 0.2, "work_s": 1.0, "sign_in_at_once": 2, "files": True}


@pytest.fixture
def city(migrated, tmp_path):
    """Port of the site as served, and candidates who are let in; the last one brings a wrong number."""
    instance = tmp_path / "instance"
    shutil.copytree(migrated, instance)
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(instance)}))
    with app.app_context():
        tickets = build(CANDIDATES)
        with transaction():
            db.session.query(Attempt).update({"token_hash": None})
        db.session.remove()
        seats = [Seat(code=each.number, token=each.digits) for each in tickets]
        seats[-1].token = "000000" if seats[-1].token != "000000" else "000001"
        served = Server(instance)
        served.start()
        yield served.port, seats
        served.kill()
        db.session.remove()
        db.engine.dispose()


def test_the_floor_carries_its_log_over_beside_the_work_as_the_house_does(tmp_path):
    database = tmp_path / "trainhub.db"
    change = {"sequence": 1, "position": 7, "response": "A" * 250_000}
    packet = json.dumps({"changes": [change], "beacon": None}).encode()
    with started({"TRAINHUB_INSTANCE": str(tmp_path)}, 1, floor=True) as floor:
        for _each in range(WORTH_IT // 50):
            call = Request(
                f"http://127.0.0.1:{floor.port}/commit", packet, {"Content-Type": "application/json"}
            )
            with urlopen(call, timeout=60) as answer:
                assert json.load(answer) == {"last_sequence": 1, "beacon": None}
        # More than is worth carrying over, less than what a commit of SQLite would carry over by itself.
        assert WORTH_IT < Path(f"{database}-wal").stat().st_size // 4096 < LONGEST_LOG
        wait_for(lambda: database.stat().st_size > WORTH_IT * 4096, "the file with what the log held", 30)


def test_a_small_city_lives_a_sitting_and_only_whoever_brings_a_wrong_number_counts_as_an_error(city):
    port, seats = city
    found = asyncio.run(live(seats, ORDER | {"port": port}))

    assert [bool(seat.errors) for seat in seats] == [False, False, False, True]
    done = {name: found[name]["done"] for name in ("sign_in", "files", "start", "told", "hand_in")}
    assert set(done.values()) == {CANDIDATES}
    attempts = db.session.query(Attempt).order_by(Attempt.id).all()
    assert [each.state for each in attempts] == [AttemptState.HANDED_IN] * 3 + [AttemptState.ADMITTED]
    assert all(is_intact(each) for each in attempts[:3])
    assert db.session.query(WatchEvent).count() == 3


def test_the_files_that_were_recorded_are_still_there():
    named = [path.removeprefix("/static/") for path in recorded().statics]
    assert [name for name in named if not (STATIC / name).is_file()] == []


def test_a_request_that_meets_the_end_of_a_kept_connection_is_sent_again_and_a_new_one_that_ends_is_told():
    taken = []

    async def answer(reader, writer):
        """Answer once on each connection, then hang up on whatever comes; on the third one at once."""
        number = len(taken)
        taken.append([])
        while request := await reader.readuntil(b"\r\n\r\n"):
            taken[number].append(request)
            if number == 2 or len(taken[number]) == 2:
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    async def ask():
        served = await asyncio.start_server(answer, "127.0.0.1", 0)
        line = Line("127.0.0.1", served.sockets[0].getsockname()[1])
        for name in (b"first", b"second"):
            assert (await line.ask(b"GET /%b HTTP/1.1\r\n\r\n" % name))[0] == 200
        assert line.sent_again == 1
        with pytest.raises(Broken):
            await line.ask(b"GET /third HTTP/1.1\r\n\r\n")
        served.close()

    asyncio.run(ask())
    assert [len(each) for each in taken] == [2, 2, 1]


def test_saves_and_bare_commits_are_measured_by_turns_and_every_acknowledged_save_is_stored():
    asked = ["bench", "answers", "--candidates", "16", "--seconds", "0.6", "--workers", "1", "--json"]
    done = subprocess.run([sys.executable, "-m", "trainhub", *asked], capture_output=True, check=True)
    found = json.loads(done.stdout)
    sides = found["floor"] | found["figures"]
    parts = {name: part for name, part in sides.items() if isinstance(part, dict)}
    assert all(part["done"] and not part["errors"] and part["server_cpu_s"] for part in parts.values())
    assert found["figures"]["responses_stored"] == sum(
        part["done"] for name, part in parts.items() if name.startswith("save_")
    )
    assert found["ratio"].keys() == {f"save_to_bare_commit_{each}" for each in (8, 64, 256)}
