"""Runs recorded in a real Chromium, judged again: people raise nothing, programs raise an alarm.

Recorded by ``RECORD_RUNS=1 pytest tests/browser/test_watching.py``; the screen reader presses through AT-SPI.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from trainhub.exams.delivery.alarms import AlarmKind, Entry, Limits, Look, judge

RUNS = Path(__file__).parent / "runs"
HONEST = ["keyboard", "mouse", "touch", "screen-reader", "reading-first"]
PROGRAMS = {
    "script": {AlarmKind.NO_HAND, AlarmKind.TOO_FAST, AlarmKind.SCRIPTED},
    "injected-keys": {AlarmKind.TOO_FAST},
}


def read(name):
    run = json.loads((RUNS / f"{name}.json").read_text())
    return [Entry(**row) for row in run["rows"]], dict(run["lengths"]), run["events"]


def alarms(rows, lengths, events, limits=Limits()):  # noqa: B008  (frozen)
    at = {
        kind: [each["detail"]["position"] for each in events if each["kind"] == kind]
        for kind in ("assisted", "untrusted")
    }
    found = judge(Look(), rows, lengths, limits, assisted=at["assisted"], scripted=at["untrusted"])
    return {each.kind for each in found}


def test_every_recorded_run_is_judged():
    assert {path.stem for path in RUNS.iterdir()} == {*HONEST, *PROGRAMS}


@pytest.mark.parametrize("name", HONEST)
def test_a_run_of_a_person_raises_no_alarm(name):
    rows, lengths, events = read(name)

    assert len({row.position for row in rows if row.answer is not None}) >= 8
    assert alarms(rows, lengths, events) == set()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_run_of_a_program_raises_its_alarms(name):
    assert alarms(*read(name)) == PROGRAMS[name]


@pytest.mark.parametrize("name", HONEST)
def test_there_is_room_between_people_and_the_limits(name):
    """Twice as fast, and with runs half as long, still raises nothing."""
    rows, lengths, events = read(name)
    hurried = [replace(row, shown_ms=row.shown_ms // 2) for row in rows]

    assert alarms(hurried, lengths, events, Limits(run=4)) == set()


def test_an_old_browser_that_tells_no_hand_of_a_screen_reader_raises_none():
    """Older ones press for a screen reader without a pointer event; the page notices that it was trusted."""
    rows, lengths, _events = read("screen-reader")
    silent = [replace(row, how="none") for row in rows]
    assisted = [{"kind": "assisted", "detail": {"position": row.position}} for row in rows]

    assert alarms(silent, lengths, assisted) == set()
    assert alarms(silent, lengths, []) == {AlarmKind.NO_HAND}
