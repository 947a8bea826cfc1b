"""The throw-away servers are real, empty for each test, and do not outlive the run."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests import servers
from tests.servers import postgres_url, redis_url  # noqa: F401  (fixtures)

ROOT = Path(__file__).resolve().parents[2]


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.mark.postgres
def test_each_test_has_an_empty_database_of_its_own(postgres_url):  # noqa: F811
    with connect(postgres_url) as connection:
        connection.execute("CREATE TABLE only_here (number integer)")
        assert connection.execute("SHOW server_version").fetchone()[0] >= "15"
    other = servers.create_database()
    with connect(other) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    servers.drop_database(other)
    assert tables == []


built: list[str] = []


def one_row(url: str) -> None:
    built.append(url)
    with connect(url) as connection:
        connection.execute("CREATE TABLE prepared AS SELECT 42 AS answer")


@pytest.mark.postgres
def test_a_built_database_is_built_once_and_then_copied():
    first, second = servers.create_database(one_row), servers.create_database(one_row)
    for url in (first, second):
        with connect(url) as connection:
            assert connection.execute("SELECT answer FROM prepared").fetchone() == (42,)
        servers.drop_database(url)
    assert first != second
    assert len(built) <= 1


@pytest.mark.redis
def test_redis_is_real_and_empty(redis_url):  # noqa: F811
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.dbsize() == 0
        connection.set("kept", "a moment")
        assert connection.get("kept") == b"a moment"


ASKING = """
from tests import servers
print(servers._server_port("redis"), servers.shared_folder(), flush=True)
"""


@pytest.mark.redis
def test_a_server_ends_with_the_run_that_asked_for_it():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    answer = subprocess.run(
        [sys.executable, "-c", ASKING], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    port, folder = answer.stdout.split()
    until = time.monotonic() + 15
    while Path(folder).exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(folder).exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=1)


def test_a_missing_server_fails_in_ci_and_is_skipped_at_a_desk(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Redis is not installed"):
        servers.unavailable("Redis")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="Redis is not installed"):
        servers.unavailable("Redis")
