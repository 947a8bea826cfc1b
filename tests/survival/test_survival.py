"""The short form of the survival run: the same checks, fewer candidates; and a broken server is found out.

Each run is a process of its own, for it mounts a disk that nobody else sees.
"""

import random
import subprocess
import sys

import pytest

from tests.servers import unavailable
from tests.survival.faults import FAULTS, missed
from tests.survival.machines import ROOT

PATIENCE_S = 900
MUST = {"worker", "web", "postgres", "everything", "commit", "hand-in", "disk", "clock", "cut"}
ON_SQLITE = ("worker", "web", "commit", "hand-in", "disk", "clock", "cut", "reload")
ON_POSTGRESQL = ("postgres", "backend", "everything", "commit", "hand-in", "redis", "freeze", "replay")
"""The kinds of the two short runs, each once: together they hold what must be, whatever the seed."""


def run(*arguments):
    """One run; returns its exit status and what it printed."""
    seed = random.SystemRandom().randint(1, 10**6)
    command = [sys.executable, "-m", "tests.survival", "--seed", str(seed), "--in-memory", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    print(done.stdout, done.stderr)
    if "Missing" in done.stderr:
        unavailable("strace, Redis, PostgreSQL or the right to mount a small disk")
    return done.returncode, done.stdout


def struck_by(said, kinds):
    """Whether each of some kinds happened once."""
    (line,) = [each for each in said.splitlines() if each.startswith("faults: ")]
    happened = line.removeprefix("faults: ").split(", ")
    return all(f"{kind} 1" in happened for kind in kinds)


def test_the_two_short_runs_hold_every_kind_that_must_be():
    assert set(ON_SQLITE) | set(ON_POSTGRESQL) >= MUST
    assert set(ON_SQLITE) | set(ON_POSTGRESQL) <= set(FAULTS)


def test_a_run_whose_kills_hit_nobody_or_with_no_deadline_in_a_fault_fails():
    hit, nobody = ({"fault": "commit", "killed": number} for number in (1, 0))
    rush = {"fault": "hand-in", "killed": 1}
    assert missed([nobody, hit, rush], 3) == []
    assert ["commit" in each for each in missed([nobody, rush], 3)] == [True]
    assert ["hand-in" in each for each in missed([hit, rush | {"killed": 0}], 3)] == [True]
    assert ["deadline" in each for each in missed([hit, rush], 0)] == [True]


def test_an_exam_on_sqlite_survives_what_must_be_survived():
    options = ["--candidates", "80", "--faults", "8", "--workers", "2", "--pace", "2"]
    status, said = run(*options, "--kinds", *ON_SQLITE)
    assert status == 0, said
    assert struck_by(said, ON_SQLITE), said


@pytest.mark.postgres
@pytest.mark.redis
def test_two_servers_on_one_postgresql_survive_and_one_of_them_does_not_come_back():
    options = ["--candidates", "80", "--faults", "8", "--workers", "1", "--servers", "2", "--pace", "2"]
    status, said = run("--database", "postgres", *options, "--kinds", *ON_POSTGRESQL)
    assert status == 0, said
    assert struck_by(said, ON_POSTGRESQL), said
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
