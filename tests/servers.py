"""Real PostgreSQL and Redis for tests: started on first use, shared by parallel processes, gone with the run.

A keeper process owns each server and stops it when the pytest that asked for it has ended, however it ended.
"""

from __future__ import annotations

import glob
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
import redis
from filelock import FileLock

START_SECONDS = 60
DURABLE = "TRAINHUB_TESTS_DURABLE"
"""Set in the environment before the first database is made, the server writes to disk as in production."""
FORGETFUL = {
    # A crash may lose everything: the cluster lives no longer than the run.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
POSTGRES_SETTINGS = {
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
}


def postgres_program(name: str) -> str | None:
    """Where Debian (or the path) has a program of PostgreSQL, the newest version first."""
    return next(
        iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), shutil.which(name)
    )


def unavailable(what: str) -> NoReturn:
    """Skip on a desk, fail in CI: there a skipped database test would look like a passed one."""
    reason = f"{what} is not installed; `make test` as root installs it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ---- asking for a server (in the test process)


@cache
def shared_folder() -> Path:
    """The folder that all processes of this pytest run share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    folder = Path(tempfile.gettempdir()) / f"trainhub-tests-{run}"
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


def _server_port(kind: str) -> int:
    """Port of the run's server of this kind, started if it is not there yet."""
    folder = shared_folder() / kind
    with FileLock(f"{folder}.lock", timeout=START_SECONDS * 2):
        ready = folder / "ready.json"
        if not ready.exists():
            _start_keeper(kind, folder)
        return int(json.loads(ready.read_text())["port"])


def _start_keeper(kind: str, folder: Path) -> None:
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    folder.mkdir(mode=0o755, exist_ok=True)
    log = folder.with_suffix(".log")
    command = [sys.executable, "-m", "tests.servers", kind, str(folder), str(owner)]
    root = Path(__file__).resolve().parent.parent
    with log.open("ab") as output:
        subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    until = time.monotonic() + START_SECONDS
    while not (folder / "ready.json").exists():
        if time.monotonic() > until or (folder / "failed").exists():
            pytest.fail(f"{kind} did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


@cache
def _administration() -> psycopg.Connection[tuple[object, ...]]:
    if postgres_program("initdb") is None:
        unavailable("PostgreSQL")
    return psycopg.connect(f"host=127.0.0.1 port={_server_port('postgres')} user=postgres", autocommit=True)


def _create_database(name: str, template: str) -> str:
    _administration().execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"postgresql+psycopg://postgres@127.0.0.1:{_server_port('postgres')}/{name}"


def create_database(build: Callable[[str], None] | None = None) -> str:
    """Make a database of its own and give its SQLAlchemy address.

    Args:
        build: fills a database at an address, for example with migrations. It runs once in a whole test run;
            later databases are copies of what it made. It must close its connections.
    """
    if build is None:
        return _create_database(f"t_{uuid.uuid4().hex}", "template0")
    _administration()
    template = f"template_{build.__module__}_{build.__qualname__}".replace(".", "_").lower()[:63]
    with FileLock(shared_folder() / f"{template}.lock", timeout=300):
        done = shared_folder() / f"{template}.done"
        if not done.exists():
            build(_create_database(template, "template0"))
            done.touch()
    return _create_database(f"t_{uuid.uuid4().hex}", template)


def drop_database(url: str) -> None:
    """Remove a database that `create_database` made, whoever is still connected."""
    _administration().execute(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def said_by_postgres() -> bytes:
    """All that the run's server has written into its log."""
    return (shared_folder() / "postgres.log").read_bytes()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Address of an empty PostgreSQL database that this test has for itself."""
    url = create_database()
    yield url
    drop_database(url)


@pytest.fixture
def redis_url() -> str:
    """Address of an empty Redis database that no other test process uses at the same time."""
    if shutil.which("redis-server") is None:
        unavailable("Redis")
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = f"redis://127.0.0.1:{_server_port('redis')}/{number}"
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


# ---- keeping a server (in the keeper process)


def _serve_postgres(folder: Path, port: int) -> subprocess.Popen[bytes]:
    data = folder / "data"
    data.mkdir(mode=0o700)
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(data, user)
    subprocess.run(
        [str(postgres_program("initdb")), "--pgdata", data, "--username", "postgres", "--auth", "trust"]
        + ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        check=True,
        user=user,
        cwd="/",
    )
    quick = {} if os.environ.get(DURABLE) else FORGETFUL
    settings = {**quick, **POSTGRES_SETTINGS, "port": str(port), "unix_socket_directories": str(data)}
    options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
    return subprocess.Popen([str(postgres_program("postgres")), "-D", data, *options], user=user, cwd="/")


def _serve_redis(folder: Path, port: int) -> subprocess.Popen[bytes]:
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--save",
        "",
        "--databases",
        "64",
    ]
    return subprocess.Popen(["redis-server", *options])


def _postgres_answers(port: int) -> bool:
    try:
        psycopg.connect(f"host=127.0.0.1 port={port} user=postgres", connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
    except OSError:
        return False


KINDS = {"postgres": (_serve_postgres, _postgres_answers), "redis": (_serve_redis, _redis_answers)}


def _wait_for_end_of(owner: int) -> None:
    try:
        handle = os.pidfd_open(owner)
    except ProcessLookupError:
        return
    select.select([handle], [], [])


def keep(kind: str, folder: Path, owner: int) -> None:
    """Run a server until the process that owns it ends, then remove what it wrote."""
    serve, answers = KINDS[kind]
    port = free_port()
    try:
        server = serve(folder, port)
        until = time.monotonic() + START_SECONDS
        while not answers(port) and time.monotonic() < until and server.poll() is None:
            time.sleep(0.05)
        unfinished = folder / "ready.part"
        unfinished.write_text(json.dumps({"port": port, "pid": server.pid}))
        unfinished.rename(folder / "ready.json")
    except Exception:
        (folder / "failed").touch()
        raise
    _wait_for_end_of(owner)
    # The signal that both take as "end now, and cleanly"; PostgreSQL would wait for its clients on SIGTERM.
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
    shutil.rmtree(folder.parent, ignore_errors=True)


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
