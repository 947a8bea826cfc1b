"""The short form of the survival run: the same checks, fewer candidates; and a broken server is found out.

Each run is a process of its own, for it mounts a disk that nobody else sees.
"""

import random
import subprocess
import sys

import pytest

from tests.servers import unavailable
from tests.survival.machines import ROOT

PATIENCE_S = 900


def run(*arguments):
    """One run; returns its exit status and what it printed."""
    seed = random.SystemRandom().randint(1, 10**6)
    command = [sys.executable, "-m", "tests.survival", "--seed", str(seed), "--in-memory", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    print(done.stdout, done.stderr)
    if "Missing" in done.stderr:
        unavailable("strace, Redis, PostgreSQL or the right to mount a small disk")
    return done.returncode, done.stdout


def test_an_exam_on_sqlite_survives_every_kind_of_fault():
    status, said = run("--candidates", "80", "--faults", "8", "--workers", "2", "--pace", "2")
    assert status == 0, said


@pytest.mark.postgres
@pytest.mark.redis
def test_two_servers_on_one_postgresql_survive_and_one_of_them_does_not_come_back():
    options = ["--candidates", "80", "--faults", "8", "--workers", "1", "--servers", "2", "--pace", "2"]
    status, said = run("--database", "postgres", *options)
    assert status == 0, said
    assert "server lost 1" in said


@pytest.mark.parametrize(
    ("way", "kind", "faults"),
    [
        ("early", "web", "3"),
        ("hand-in", "hand-in", "1"),
        ("last", "reload", "1"),
    ],
)
def test_a_server_that_promises_what_it_does_not_keep_is_found_out(way, kind, faults):
    options = ["--candidates", "60", "--faults", faults, "--kinds", kind, "--workers", "1", "--pace", "1"]
    status, said = run("--broken", way, *options)
    assert status == 1, said
    # Not only the pages noticed it: the comparison with the database did.
    assert any(f" {word} " in said.splitlines()[-1] for word in ("lost", "changed")), said
