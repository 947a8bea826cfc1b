"""The runner runs every part, tells which failed, and warns of what is slow."""

import os
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


MEETING = (
    "import sys, time; from pathlib import Path\n"
    "me, other = map(Path, sys.argv[1:]); print('begins', me.name); me.touch()\n"
    "while not other.exists(): time.sleep(0.01)\n"
    "print('ends', me.name)"
)


def test_what_waits_and_what_computes_meet_and_one_tells_all_it_said_at_its_end(tmp_path, capfd):
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    parts = [
        Part("computes", (*python(MEETING), one, other)),
        Part("after it", python("print('was run')")),
        Part("waits", (*python(MEETING), other, one), waits=True),
    ]
    assert run.run_all(parts, {"computes": 9, "after it": 9, "waits": 9}, 27) == 0
    told = capfd.readouterr().out
    assert re.search(r"── waits ─+\nbegins other\nends other\n", told)
    assert told.index("ends one") < told.index("was run")
    assert re.findall(r"^(computes|after it|waits) .* passed$", told, re.M) == [
        "computes",
        "after it",
        "waits",
    ]


def test_what_computes_gives_way_to_what_waits(capfd):
    asks = python("import os; print('so far back:', os.nice(0))")
    own = os.nice(0)
    run.run_all([Part("waits", asks, waits=True)], {"waits": 9}, 9)
    assert f"so far back: {own}\n" in capfd.readouterr().out
    run.run_all([Part("computes", asks)], {"computes": 9}, 9)
    assert f"so far back: {min(19, own + int(run.GIVES_WAY[-1]))}\n" in capfd.readouterr().out


def test_parts_of_one_kind_run_one_by_one_in_view(tmp_path, capfd):
    is_alone = (
        "import sys, time; from pathlib import Path\n"
        "held = Path(sys.argv[1]); held.mkdir(); time.sleep(0.2); held.rmdir()"
    )
    command = (*python(is_alone), str(tmp_path / "held"))
    parts = [Part("first", command, waits=True), Part("second", command, waits=True)]
    assert run.run_all(parts, {"first": 9, "second": 9}, 18) == 0
    assert capfd.readouterr().out.count("── ") == 2


def test_what_one_part_of_the_tests_leaves_out_another_runs():
    words = {part.name: part.command for part in run.PARTS}
    left_out = {word.removeprefix("--ignore=") for word in words["tests"] if word.startswith("--ignore=")}
    others = {word for name in ("survival", "browser tests", "wheel test") for word in words[name]}

    assert left_out == {word for word in others if word.startswith("tests/")}
    assert [each for each in left_out if not (run.ROOT / each).exists()] == []


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


def test_every_part_has_a_budget_and_all_that_run_one_by_one_fit_into_the_whole():
    budgets = tomllib.loads(run.BUDGETS.read_text(encoding="utf-8"))
    assert list(budgets["parts"]) == [part.name for part in run.PARTS]
    for row in run.rows(run.PARTS):
        assert sum(budgets["parts"][part.name] for part in row) <= budgets["total"] <= 25 * 60


def test_a_part_that_is_not_known_is_refused():
    with pytest.raises(SystemExit):
        run.main(["--only", "no such part"])
