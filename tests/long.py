"""Runs the long forms, and keeps their last result in docs/long-forms.md.

Long forms are the tests marked `long`, and every module of `benchmarks/` that begins with no underscore: it
runs without arguments, prints figures, and the first line of its docstring is its heading.
"""

from __future__ import annotations

import ast
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.run import ROOT

MEASURED = ROOT / "docs" / "long-forms.md"
KEPT_LINES = 60


@dataclass(frozen=True)
class Form:
    """One long form: its heading, and the command that runs it."""

    heading: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """What a form printed, how it ended, and after how many seconds."""

    heading: str
    state: str
    seconds: float
    lines: list[str]


def forms(benchmarks: Path = ROOT / "benchmarks") -> list[Form]:
    """The long forms that the tree has."""
    pytest = (sys.executable, "-m", "pytest", "-q", "-m", "long", "tests")
    found = [Form("Long tests", pytest)]
    for script in sorted(benchmarks.glob("[!_]*.py")):
        sentence = (
            ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem
        ).splitlines()[0]
        found.append(Form(sentence.rstrip("."), (sys.executable, "-m", f"benchmarks.{script.stem}")))
    return found


def measure(form: Form) -> Measured:
    """Run one form, showing what it prints while it prints it; pytest fails where no test bears the mark."""
    print(f"\n── {form.heading}", flush=True)
    began = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    lines = []
    with subprocess.Popen(
        form.command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            lines.append(line.rstrip().replace(str(ROOT), "."))
    state = "passed" if running.returncode == 0 else f"FAILED (exit {running.returncode})"
    return Measured(form.heading, state, time.monotonic() - began, lines[-KEPT_LINES:])


def report(results: list[Measured], when: datetime) -> str:
    """The text of docs/long-forms.md."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {platform.machine()}"
    )
    text = ["# The long forms, as last measured", ""]
    text += ["Written by `make long`; figures are those of the machine named here and of that day.", ""]
    text += [f"{when:%Y-%m-%d %H:%M} UTC · {machine}", ""]
    for result in results:
        text += [f"## {result.heading}", "", f"{result.state}, {result.seconds:.0f} s", ""]
        text += ["```", *result.lines, "```", ""]
    return "\n".join(text)


def main() -> int:
    """Run every form, whatever the others did; 1 if any failed."""
    results = [measure(form) for form in forms()]
    MEASURED.write_text(report(results, datetime.now(UTC)), encoding="utf-8")
    print(f"\nKept in {MEASURED.relative_to(ROOT)}")
    return int(any(result.state != "passed" for result in results))


if __name__ == "__main__":
    sys.exit(main())
