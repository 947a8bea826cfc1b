"""Memory that nobody uses any more goes back to the machine."""

from __future__ import annotations

import subprocess
import sys

HOLES = """
from pathlib import Path
from trainhub.kernel.memory import GivingBack

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

give_back = GivingBack()
pieces = [bytes(3000) for _ in range(40_000)]
stays = pieces[::20]
del pieces
print(resident_mb(), {asked}, resident_mb())
"""


def _told(asked: str) -> tuple[int, str, int]:
    done = subprocess.run(
        [sys.executable, "-c", HOLES.format(asked=asked)], capture_output=True, text=True, check=True
    )
    before, answer, after = done.stdout.split()
    return int(before), answer, int(after)


def test_what_lies_unused_between_what_stays_is_given_back():
    before, answer, after = _told("give_back()")

    assert answer == "True"
    assert after < before - 40

    before, _answer, after = _told("None")
    assert after >= before - 5


def test_it_is_not_looked_for_all_the_time():
    assert _told("give_back() and give_back()")[1] == "False"
