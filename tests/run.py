"""Runs the parts of `make test`, all of them, and ends with the table of their times.

Those that wait, for servers and pages, run one after the other; beside them, giving way to them, those that
compute. So no core is idle while a test waits, and what is timed has the cores when it wants them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUDGETS = ROOT / "tests" / "budgets.toml"
COULD_NOT_TELL = 75
"""Exit status of a part that could not find out; it is neither a pass nor a failure."""
UNKNOWN = "could not tell"


@dataclass(frozen=True)
class Part:
    """One part of the run.

    Args:
        name: as in the table and in the budgets.
        command: module or program of the environment, and its arguments.
        needs: folder without which there is nothing to run yet.
        waits: whether it waits much of its time, and for things that must not be late.
    """

    name: str
    command: tuple[str, ...]
    needs: Path | None = None
    waits: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a part ended, and after how many seconds."""

    name: str
    state: str
    seconds: float
    budget: float

    @property
    def failed(self) -> bool:
        return self.state.startswith("FAILED")


def program(name: str) -> str:
    """A program of the environment that runs this file."""
    return str(Path(sys.executable).parent / name)


GIVES_WAY = ("nice", "-n", "5")
"""What computes takes a third of what is timed takes: enough to go on, and too little to make that late."""
PYTEST = (sys.executable, "-m", "pytest", "--tb=short", "--durations=40")
SURVIVAL = ROOT / "tests" / "survival"
SURVIVED = (
    "tests/bank/test_broken_off.py",
    "tests/cli/test_serving.py",
    "tests/delivery/test_standstill.py",
    "tests/delivery/test_standstill_of_pages.py",
    "tests/deploy/test_files_on_the_way.py",
    "tests/deploy/test_front.py",
    "tests/deploy/test_paths_of_the_sides.py",
    "tests/deploy/test_sent_again.py",
    "tests/invigilation/test_live.py",
    "tests/kernel/test_alone.py",
    "tests/kernel/test_database_gone.py",
    "tests/kernel/test_standstill.py",
    "tests/walls/test_dumps.py",
)
"""Tried with ``SURVIVAL``: here too servers are killed or made to stand still, or asked by the clock."""
PARTS = (
    Part("ruff check", (program("ruff"), "check", ".")),
    Part("ruff format", (program("ruff"), "format", "--check", ".")),
    Part("mypy", (program("mypy"),)),
    Part("rule mutants", (sys.executable, "-m", "tests.mutate")),
    Part("import contracts", (program("lint-imports"), "--config", "setup.cfg")),
    Part("wheel test", (*PYTEST, "-m", "not long", "tests/wheel"), ROOT / "tests" / "wheel"),
    Part("dependency audit", (sys.executable, "-m", "tests.audit")),
    Part(
        "tests",
        (*PYTEST, "-n", "2", "--dist", "worksteal", "-m", "not long and not browser and not wheel")
        + ("--ignore=tests/browser", "--ignore=tests/wheel", "--ignore=tests/survival")
        + (*(f"--ignore={each}" for each in SURVIVED), "tests"),
    ),
    Part(
        "survival",
        (*PYTEST, "-n", "3", "--dist", "worksteal", "-m", "not long", "tests/survival", *SURVIVED),
        SURVIVAL,
        waits=True,
    ),
    Part(
        "browser tests",
        (*PYTEST, "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
        + ("-m", "not long", "tests/browser"),
        ROOT / "tests" / "browser",
        waits=True,
    ),
)


def run(part: Part, budget: float, in_view: bool = True) -> Outcome:
    """Run one part; its output in view, or all of it at its end."""
    title = f"\n── {part.name} " + "─" * max(2, 100 - len(part.name))
    if in_view:
        print(title, flush=True)
    if part.needs and not part.needs.exists():
        print(f"{part.needs.relative_to(ROOT)} does not exist yet")
        return Outcome(part.name, "nothing to run", 0.0, budget)
    began = time.monotonic()
    said = None if in_view else subprocess.PIPE
    command = part.command if part.waits else (*GIVES_WAY, *part.command)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, stdout=said, stderr=said and subprocess.STDOUT
    )
    seconds = time.monotonic() - began
    if ended.stdout is not None:
        print(f"{title}\n{ended.stdout.decode(errors='replace')}", end="", flush=True)
    return Outcome(part.name, state_of(ended.returncode), seconds, budget)


def state_of(status: int) -> str:
    """What an exit status says, in the word of the table."""
    if status == 0:
        return "passed"
    return UNKNOWN if status == COULD_NOT_TELL else f"FAILED (exit {status})"


def table(outcomes: Iterable[Outcome], total_budget: float, total: float | None = None) -> list[str]:
    """The lines of the closing table, with a warning for each part over its budget.

    Args:
        outcomes: of the parts.
        total_budget: for all of them.
        total: how long all took together; the sum of the parts unless some ran beside each other.
    """
    outcomes = list(outcomes)
    total = sum(outcome.seconds for outcome in outcomes) if total is None else total
    lines = ["", f"{'part':<20}{'seconds':>9}{'budget':>9}  result"]
    lines += [f"{o.name:<20}{o.seconds:>9.1f}{o.budget:>9.0f}  {o.state}" for o in outcomes]
    lines += [f"{'all':<20}{total:>9.1f}{total_budget:>9.0f}", ""]
    lines += [
        f"WARNING: {o.name} took {o.seconds:.1f} s, over its budget of {o.budget:.0f} s"
        for o in (*outcomes, Outcome("the whole run", "", total, total_budget))
        if o.seconds > o.budget
    ]
    lines += [f"NOT KNOWN: {o.name} could not find out, see above" for o in outcomes if o.state == UNKNOWN]
    failed = [outcome.name for outcome in outcomes if outcome.failed]
    lines.append(f"FAILED: {', '.join(failed)}" if failed else "No part failed.")
    return lines


def rows(parts: Iterable[Part]) -> list[list[Part]]:
    """Return what runs beside each other: the parts that wait and those that compute, each one by one."""
    parts = list(parts)
    both = [part for part in parts if part.waits], [part for part in parts if not part.waits]
    return [row for row in both if row]


def run_all(parts: Iterable[Part], budgets: Mapping[str, float], total_budget: float) -> int:
    """Run every part, whatever the others did; 1 if any failed. The last row is in view, it takes longest."""
    parts, began = list(parts), time.monotonic()
    beside, interrupted = rows(parts), threading.Event()

    def one_by_one(row: list[Part]) -> list[Outcome]:
        in_view = row is beside[-1]
        return [run(part, budgets[part.name], in_view) for part in row if not interrupted.is_set()]

    with ThreadPoolExecutor(len(beside)) as pool:
        try:
            found = {outcome.name: outcome for row in pool.map(one_by_one, beside) for outcome in row}
        except KeyboardInterrupt:
            interrupted.set()
            raise
    outcomes = [found[part.name] for part in parts]
    print("\n".join(table(outcomes, total_budget, time.monotonic() - began)), flush=True)
    return int(any(outcome.failed for outcome in outcomes))


def main(arguments: list[str] | None = None) -> int:
    """Run all parts, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [part.name for part in PARTS]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="PART", help=", ".join(names)
    )
    only = parser.parse_args(arguments).only
    budgets = tomllib.loads(BUDGETS.read_text(encoding="utf-8"))
    return run_all([part for part in PARTS if part.name in only], budgets["parts"], budgets["total"])


if __name__ == "__main__":
    sys.exit(main())
