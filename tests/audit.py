"""Asks whether what the lock names has known weaknesses, and tells 'clean' from 'could not look up'."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.run import COULD_NOT_TELL, ROOT

LOCK = ROOT / "requirements.lock"
AT_MOST_SECONDS = 90


@dataclass(frozen=True)
class Verdict:
    """What is known about the lock.

    Args:
        state: clean, vulnerable or not audited.
        lines: what to tell the reader.
    """

    state: str
    lines: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        return {"clean": 0, "vulnerable": 1}.get(self.state, COULD_NOT_TELL)


def judge(report: str, complaints: str) -> Verdict:
    """Read pip-audit's JSON report; whatever is not a full report is no audit."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaints.strip().splitlines() or ["no report"])[-1]
        return Verdict("not audited", [f"NOT AUDITED: the advisory service gave no answer ({last[:200]})"])
    weak = [
        f"VULNERABLE: {package['name']} {package['version']}: {weakness['id']},"
        f" fixed in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in packages
        for weakness in package.get("vulns", [])
    ]
    if weak:
        return Verdict("vulnerable", weak)
    skipped = [package for package in packages if "skip_reason" in package]
    if skipped or not packages:
        return Verdict("not audited", [f"NOT AUDITED: {_unanswered(skipped, len(packages))}"])
    return Verdict("clean", [f"{len(packages)} packages, no known weakness"])


def _unanswered(skipped: list[dict[str, str]], asked: int) -> str:
    if not skipped:
        return "the report names no package"
    first = skipped[0]
    return f"no answer about {len(skipped)} of {asked} packages ({first['name']}: {first['skip_reason']})"


def audit(lock: Path = LOCK, at_most: float = AT_MOST_SECONDS) -> Verdict:
    """Ask the advisory service about every package of the lock, within a bounded time."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=at_most, check=False)
    except subprocess.TimeoutExpired:
        return Verdict("not audited", [f"NOT AUDITED: no answer within {at_most:.0f} seconds"])
    return judge(answer.stdout, answer.stderr)


if __name__ == "__main__":
    verdict = audit()
    print("\n".join(verdict.lines), flush=True)
    sys.exit(verdict.exit_status)
