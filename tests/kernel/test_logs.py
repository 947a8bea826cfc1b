"""A log that cannot be written stops nobody."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

TELLS = """
from pathlib import Path
from trainhub.kernel.logs import configure_logging, log
from trainhub.kernel.turns import Turns

configure_logging()
try:
    raise RuntimeError("a batch that was not written")
except RuntimeError as problem:
    log().error("journal not written", exc_info=problem)
log().warning("as soon as the database hears")
turns = Turns(Path("/dev/null/no-folder.turn"))
print([turns.take(patience_s=0.1), turns._holder])
"""


@contextmanager
def nobody_reads():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


@contextmanager
def full_disk():
    with open("/dev/full", "wb") as full:
        yield full.fileno()


@pytest.mark.parametrize("standard_error", [full_disk, nobody_reads])
def test_who_tells_what_happened_goes_on_and_keeps_nothing_from_others(standard_error):
    with standard_error() as where:
        done = subprocess.run(
            [sys.executable, "-c", TELLS], stdout=subprocess.PIPE, stderr=where, text=True, timeout=120
        )
    assert done.stdout == "[False, None]\n"
