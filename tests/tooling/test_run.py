"""The runner runs every part, tells which failed, and warns of what is slow."""

import re
import sys
import tomllib

import pytest

from tests import run
from tests.run import Outcome, Part


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_a_failed_part_does_not_keep_the_others_from_running(capfd):
    parts = [Part("first", python("raise SystemExit(3)")), Part("second", python("print('was run')"))]
    assert run.run_all(parts, {"first": 9, "second": 9}, 18) == 1
    told = capfd.readouterr().out
    assert "was run" in told
    assert re.search(r"^first .* FAILED \(exit 3\)$", told, re.M)
    assert re.search(r"^second .* passed$", told, re.M)
    assert told.rstrip().endswith("FAILED: first")


def test_parts_beside_each_other_run_at_the_same_time_and_are_told_one_after_the_other(tmp_path, capfd):
    meeting = (
        "import sys, time; from pathlib import Path\n"
        "me, other = map(Path, sys.argv[1:]); print('begins', me.name); me.touch()\n"
        "while not other.exists(): time.sleep(0.01)\n"
        "print('ends', me.name)"
    )
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    parts = [
        Part("alone", python("print('was run')")),
        Part("first", (*python(meeting), one, other), beside=True),
        Part("second", (*python(meeting), other, one), beside=True),
    ]
    assert run.run_all(parts, {"alone": 9, "first": 9, "second": 9}, 27) == 0
    told = capfd.readouterr().out
    assert "begins one\nends one\n" in told
    assert "begins other\nends other\n" in told
    assert told.index("ends other") < told.index("was run")
    assert re.findall(r"^(alone|first|second) .* passed$", told, re.M) == ["alone", "first", "second"]


def test_a_part_that_could_not_tell_is_neither_failed_nor_passed(capfd):
    assert run.run_all([Part("asked", python(f"exit({run.COULD_NOT_TELL})"))], {"asked": 9}, 9) == 0
    told = capfd.readouterr().out
    assert re.search(r"^asked .* could not tell$", told, re.M)
    assert "NOT KNOWN: asked could not find out" in told
    assert "passed" not in told


def test_a_part_over_its_budget_is_warned_of_and_does_not_fail():
    lines = run.table([Outcome("slow", "passed", 12.34, 10)], 100)
    assert "WARNING: slow took 12.3 s, over its budget of 10 s" in lines
    assert lines[-1] == "No part failed."


def test_a_run_over_the_total_is_warned_of():
    lines = run.table([Outcome("one", "passed", 60, 60), Outcome("two", "passed", 60, 60)], 100)
    assert "WARNING: the whole run took 120.0 s, over its budget of 100 s" in lines


def test_every_part_has_a_budget_and_all_fit_into_25_minutes():
    budgets = tomllib.loads(run.BUDGETS.read_text(encoding="utf-8"))
    assert list(budgets["parts"]) == [part.name for part in run.PARTS]
    assert sum(budgets["parts"].values()) <= budgets["total"] <= 25 * 60


def test_a_part_that_is_not_known_is_refused():
    with pytest.raises(SystemExit):
        run.main(["--only", "no such part"])
