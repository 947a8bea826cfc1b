"""The serving process: it shares its port with nobody, and more browsers than Granian expects may stay."""

import os
import resource
import shutil
import socket
import subprocess
import sys
from http.client import HTTPResponse

import pytest

from tests.delivery.server import ROOT, Server

BROWSERS = 1_200


@pytest.fixture
def server(migrated, tmp_path):
    """The site, served as `trainhub serve` does."""
    instance = tmp_path / "instance"
    shutil.copytree(migrated, instance)
    served = Server(instance)
    served.start()
    yield served
    served.kill()


@pytest.fixture
def many_files():
    """Leave to open as many files as the system allows."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def ask(line):
    """Return the status; the whole answer is read, for its body may come in a packet of its own."""
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    answer = HTTPResponse(line)
    answer.begin()
    answer.read()
    return answer.status


def test_who_comes_after_twelve_hundred_resting_connections_is_answered(many_files, server):
    resting = []
    try:
        for _browser in range(BROWSERS):
            line = socket.create_connection(("127.0.0.1", server.port), timeout=20)
            resting.append(line)
            assert ask(line) == 200
        assert ask(resting[0]) == 200
    finally:
        for line in resting:
            line.close()


@pytest.mark.parametrize("command", [["serve"], ["demo"]])
def test_a_port_on_which_somebody_serves_is_refused_before_anything_is_made_or_served(
    server, tmp_path, command
):
    other = tmp_path / "other"
    if command == ["serve"]:
        shutil.copytree(tmp_path / "instance", other)
    second = subprocess.run(
        [sys.executable, "-m", "trainhub", *command, "--port", str(server.port)],
        cwd=ROOT,
        env=os.environ | {"TRAINHUB_INSTANCE": str(other)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert f"port {server.port} of 127.0.0.1 is taken" in second.stderr
    assert second.stdout == ""
    assert command == ["serve"] or not other.exists()


def test_who_was_killed_is_followed_at_once_at_the_same_port(server):
    for _time in range(2):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
            assert ask(line) == 200
            server.kill()
        server.start()
