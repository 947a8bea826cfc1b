"""When PostgreSQL is killed, everybody is asked to come again; nobody is told that something is broken."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.servers import postgres_program, unavailable
from tests.survival.machines import Postgres
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.kernel import keys, migrations
from trainhub.kernel.db import db


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    if postgres_program("postgres") is None:
        unavailable("PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="trainhub-gone-", dir="/tmp"))
    folder.chmod(0o755)
    machine = Postgres(folder / "data", folder / "postgres.log")
    machine.create()
    yield machine
    machine.kill()
    shutil.rmtree(folder)


@pytest.fixture
def application(postgres: Postgres, tmp_path: Path) -> Iterator[Flask]:
    keys.create_missing_keys(tmp_path / "keys")
    found = create_app(
        read_settings({"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": postgres.url})
    )
    with found.app_context():
        migrations.upgrade(db.engine)
        db.session.remove()
    yield found
    with found.app_context():
        db.engine.dispose()


def test_a_killed_database_asks_everybody_to_come_again_and_then_it_goes_on(
    application: Flask, postgres: Postgres
) -> None:
    client = application.test_client()
    call = {"json": {"changes": []}, "headers": {"X-Attempt": "x" * 32, "Authorization": "Bearer nobody"}}
    assert client.get("/exam/attempt").status_code == 200
    assert client.post("/exam/attempt/journal", **call).status_code == 401

    postgres.kill()
    answers = [
        client.get("/"),
        client.get("/exam/attempt"),
        client.get("/sign-in"),
        client.post("/exam/attempt/journal", **call | {"headers": call["headers"] | {"X-Attempt": "y" * 32}}),
        client.post("/exam/attempt/start", json={}, headers=call["headers"] | {"X-Attempt": "z" * 32}),
    ]
    shown = [(answer.request.path, answer.status_code) for answer in answers if answer.status_code != 200]
    assert {status for _path, status in shown} == {503}
    assert {"/exam/attempt/journal", "/exam/attempt/start"} <= {path for path, _status in shown}
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 503)

    postgres.start()
    assert client.get("/exam/attempt").status_code == 200
    # The writer holds its connection; if it did not rest, it finds out by trying, and one batch comes again.
    first, second = (client.post("/exam/attempt/journal", **call).status_code for _time in range(2))
    assert first in (401, 503)
    assert second == 401
