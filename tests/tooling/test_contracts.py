"""A contract that is broken on purpose is seen, by the checker and the contracts that `make test` runs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["kernel", "ledger", "people", "regulations", "separation", "governance", "handover"]
ROOMS += ["courses", "cases", "exams", "certificates", "portal"]
EXAM_ROOMS = ["bank", "sites", "papers", "sittings", "staffing", "delivery", "invigilation", "marking"]
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The house without its code, so that only what a test adds can break anything."""
    for room in (".", *ROOMS, *(f"exams/{room}" for room in EXAM_ROOMS)):
        package = tmp_path / "trainhub" / room
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
    for module in ("app.py", "cli.py", "config.py"):
        (tmp_path / "trainhub" / module).touch()
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def check(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT_IMPORTS), "--config", "setup.cfg", "--no-cache"]
    return subprocess.run(command, cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True)


BREAKS = {
    "kernel knows a domain": ("kernel/x.py", "trainhub.people", "Floors"),
    "people know duties": ("people/x.py", "trainhub.governance", "Floors"),
    "ledger knows a room": ("ledger/x.py", "trainhub.certificates", "Floors"),
    "door knows a wing": ("handover/x.py", "trainhub.exams.bank", "Floors"),
    "exams know certificates": ("exams/marking/x.py", "trainhub.certificates", "Floors"),
    "courses know cases": ("courses/x.py", "trainhub.cases", "Floors"),
    "a room knows the portal": ("exams/bank/x.py", "trainhub.portal", "Floors"),
    "a room knows the factory": ("courses/x.py", "trainhub.app", "Floors"),
    "courses reach into exams": ("courses/x.py", "trainhub.exams.bank", "Training knows nothing"),
    "cases reach into certificates": ("cases/x.py", "trainhub.certificates", "Training knows nothing"),
    "exams reach into courses": ("exams/delivery/x.py", "trainhub.courses", "Examination knows nothing"),
    "certificates reach into cases": ("certificates/x.py", "trainhub.cases", "Examination knows nothing"),
    "the bank knows the marks": ("exams/bank/x.py", "trainhub.exams.marking", "order of the work"),
    "delivery knows the desk": ("exams/delivery/x.py", "trainhub.exams.invigilation", "order of the work"),
}


def test_the_empty_house_keeps_every_contract(copy):
    result = check(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("place", "imported", "contract"), BREAKS.values(), ids=BREAKS)
def test_a_broken_contract_is_named(copy, place, imported, contract):
    (copy / "trainhub" / place).write_text(f"import {imported}\n")
    result = check(copy)
    assert result.returncode == 1, result.stderr
    broken = [line for line in result.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), result.stdout


def test_a_wing_is_not_reached_through_a_third_room_either(copy):
    (copy / "trainhub/courses/x.py").write_text("import trainhub.portal.y\n")
    (copy / "trainhub/portal/y.py").write_text("import trainhub.exams\n")
    assert "Training knows nothing of the examination BROKEN" in check(copy).stdout


def test_a_room_without_a_floor_is_refused(copy):
    (copy / "trainhub/helpers").mkdir()
    (copy / "trainhub/helpers/__init__.py").write_text("")
    result = check(copy)
    assert result.returncode == 1
    assert "helpers" in result.stdout + result.stderr
