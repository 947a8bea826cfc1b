"""Redis with the files of `deploy/redis`, a user for each side; port, folder and passwords are the test's."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.deploy.front import DEPLOY, require
from tests.servers import free_port


@contextmanager
def house_redis(folder: Path) -> Iterator[dict[str, str]]:
    """Run it; gives the address of each side."""
    port = free_port()
    users = (DEPLOY / "redis" / "trainhub.acl.example").read_text()
    for side in ("exam", "training", "oversight"):
        mark = f">PASSWORD-OF-{side.upper()}"
        assert mark in users
        users = users.replace(mark, f">secret-of-{side}")
    (folder / "trainhub.acl").write_text(users)
    settings = (DEPLOY / "redis" / "trainhub.conf").read_text()
    for old, new in (
        ("port 6379", f"port {port}"),
        ("/etc/redis/trainhub.acl", f"{folder}/trainhub.acl"),
        ("maxclients 4000", "maxclients 200"),
    ):
        assert old in settings
        settings = settings.replace(old, new)
    (folder / "redis.conf").write_text(f"{settings}\ndir {folder}\n")
    with (folder / "redis.log").open("wb") as log:
        running = subprocess.Popen([require("redis-server"), str(folder / "redis.conf")], stdout=log)
    try:
        addresses = {
            side: f"redis://{side}:secret-of-{side}@127.0.0.1:{port}/0"
            for side in ("exam", "training", "oversight")
        }
        _wait(addresses["exam"], running, folder / "redis.log")
        yield addresses
    finally:
        running.terminate()
        running.wait(timeout=10)


def _wait(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            with redis.Redis.from_url(address) as connection:
                connection.ping()
            return
        except redis.exceptions.ConnectionError:
            if running.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
