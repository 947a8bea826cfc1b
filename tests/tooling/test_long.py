"""The long forms are found, run, and their result is kept."""

import re
import sys
from datetime import UTC, datetime

from tests import long
from tests.long import Form


def test_every_benchmark_is_a_long_form_under_its_own_sentence(tmp_path):
    (tmp_path / "answers.py").write_text('"""How many answers a second are saved.\n\nMore."""\n')
    (tmp_path / "_shared.py").write_text("")
    assert [form.heading for form in long.forms(tmp_path)] == [
        "Long tests",
        "How many answers a second are saved",
    ]


def test_what_a_form_prints_is_kept_with_how_it_ended():
    good = long.measure(Form("Good", (sys.executable, "-c", "print('42 a second')")))
    bad = long.measure(Form("Bad", (sys.executable, "-c", "exit(4)")))
    text = long.report([good, bad], datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert "2026-11-23 12:00 UTC" in text
    assert re.search(r"## Good\n\npassed, \d+ s\n\n```\n42 a second\n```", text)
    assert "## Bad\n\nFAILED (exit 4)" in text


def test_long_tests_none_of_which_is_selected_have_failed(tmp_path):
    (tmp_path / "test_short.py").write_text("def test_of_the_short_form():\n    pass\n")
    heading, (*command, tests) = long.forms(tmp_path)[0].heading, long.forms(tmp_path)[0].command

    result = long.measure(Form(heading, (*command, "-p", "no:cacheprovider", str(tmp_path))))

    assert tests == "tests" and "1 deselected" in result.lines[-1]
    assert result.state == "FAILED (exit 5)"


def test_some_tests_bear_the_mark_by_which_the_long_ones_are_selected():
    place = "tests/bank/exchange/test_hostile_at_scale.py"
    *command, _tests = long.forms()[0].command

    found = long.measure(Form("Long", (*command, "--collect-only", place)))

    assert found.state == "passed" and any("a million strings" in line for line in found.lines)
