"""The long forms are found, run, and their result is kept."""

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
    assert "## Good\n\npassed, 0 s\n\n```\n42 a second\n```" in text
    assert "## Bad\n\nFAILED (exit 4)" in text


def test_no_long_test_at_all_is_no_failure_but_no_benchmark_is():
    command = (sys.executable, "-c", "exit(5)")
    assert long.measure(Form("Tests", command, may_be_empty=True)).state == "passed"
    assert long.measure(Form("Benchmark", command)).state == "FAILED (exit 5)"
