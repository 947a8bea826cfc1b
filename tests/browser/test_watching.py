"""Answering by key, mouse, finger, screen reader and program in a real Chromium: what raises an alarm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser import hands
from tests.browser.conftest import ARGUMENTS
from tests.browser.hands import part
from tests.browser.sitting_down import meets
from tests.browser.test_silent_loss import answering
from tests.factories.delivery import lay_out_paper, make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.exams.delivery import watching
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import Alarm, WatchEvent
from trainhub.exams.delivery.reading import shown_responses
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of

pytestmark = pytest.mark.browser

WITH_WINDOWS = "/usr/bin/chromium"
RUNS = Path(__file__).resolve().parents[1] / "delivery" / "runs"
HONEST = {
    "keyboard": hands.by_keys,
    "mouse": hands.by_mouse,
    "touch": hands.by_touch,
    "reading-first": hands.reading_first,
}
SHORT = ("keyboard", "touch")
"""Who sits in every run; the others do in `make long`."""
PROGRAMS = {
    "script": (hands.by_script, {"no_hand", "too_fast", "scripted"}),
    "injected-keys": (hands.by_injected_keys, {"too_fast"}),
}


@pytest.fixture
def admitted(app):
    sitting = make_seated_sitting(paper_code="P-BROWSER")
    lay_out_paper(app, sitting)
    candidate = make_seated_candidate(sitting, 7)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    found = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return found


def sit_down(page, address, admitted):
    page.goto(f"{address}/exam/attempt")
    page.fill("#ticket_number", admitted[0])
    page.fill("#last_six", admitted[1])
    page.click("main button[type=submit]")
    expect(part(page, "start")).to_be_enabled(timeout=10_000)
    part(page, "start").click()
    expect(page.locator(".exam-question")).to_be_visible()


def settle(page, admitted):
    """Wait until everything is saved and told."""
    expect(part(page, "saving")).to_have_attribute("data-state", "saved", timeout=15_000)
    for _look in range(80):
        if not page.evaluate("key => localStorage.getItem(key)", f"exam-watch:{code_of(admitted)}"):
            return
        page.wait_for_timeout(250)
    raise AssertionError("what the page noticed was not told")


def code_of(admitted):
    db.session.rollback()
    code = db.session.get(Attempt, admitted[2]).code
    db.session.rollback()
    return code


def alarms_after(admitted):
    """Look at the journal a minute later, as the chore of the process does."""
    db.session.rollback()
    with clock.set_to(clock.now() + timedelta(minutes=1)), transaction():
        raised = {alarm.kind for alarm in watching.look_at(db.session.get(Attempt, admitted[2]))}
    return raised


def keep(admitted, name):
    """Keep the run among the recorded ones, when asked to record."""
    if os.environ.get("RECORD_RUNS"):
        with clock.set_to(clock.now() + timedelta(minutes=1)):
            hands.write(hands.recorded(admitted[2]), RUNS / f"{name}.json")


@pytest.mark.parametrize(
    "name",
    [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in HONEST],
)
def test_honest_answering_raises_no_alarm(context, address, admitted, name):
    page = context.browser.new_context(has_touch=name == "touch").new_page()
    sit_down(page, address, admitted)
    HONEST[name](page)
    settle(page, admitted)
    keep(admitted, name)

    assert alarms_after(admitted) == set()


def test_full_screen_is_told_to_the_desk_and_so_is_leaving_it_whoever_made_the_window_full(
    playwright, address, admitted
):
    # The shell without a window has no window that could be made full.
    chromium = playwright.chromium.launch(executable_path=WITH_WINDOWS, args=[*ARGUMENTS, "--headless=new"])
    page = chromium.new_context(no_viewport=True).new_page()
    desk = page.context.new_cdp_session(page)
    window = desk.send("Browser.getWindowForTarget")["windowId"]
    sit_down(page, address, admitted)
    for state in ("fullscreen", "normal", "fullscreen", "normal"):
        desk.send("Browser.setWindowBounds", {"windowId": window, "bounds": {"windowState": state}})
        is_full = page.evaluate("() => matchMedia('(display-mode: fullscreen)').matches")
        assert is_full == (state == "fullscreen")
        page.wait_for_timeout(1_100)
    settle(page, admitted)
    chromium.close()

    wanted = WatchEvent.kind.in_(["windowed", "full_screen", "full_screen_left"])
    told = db.session.scalars(select(WatchEvent.kind).where(wanted).order_by(WatchEvent.number)).all()
    db.session.rollback()
    assert told == ["windowed", *["full_screen", "full_screen_left"] * 2]


@pytest.mark.parametrize("name", PROGRAMS)
def test_answers_that_enter_themselves_raise_an_alarm_and_change_nothing(context, address, admitted, name):
    page = context.new_page()
    act, kinds = PROGRAMS[name]
    sit_down(page, address, admitted)
    act(page)
    settle(page, admitted)
    keep(admitted, name)

    assert alarms_after(admitted) == kinds
    assert db.session.get(Attempt, admitted[2]).state == "working"
    db.session.rollback()
    expect(page.locator(".exam-question")).to_be_visible()


def noticed(admitted):
    db.session.rollback()
    found = [each.kind for each in db.session.query(WatchEvent).filter_by(attempt_id=admitted[2])]
    db.session.rollback()
    return found


def test_what_happens_around_the_exam_is_told_and_survives_a_network_that_is_away(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    settle(page, admitted)
    assert noticed(admitted) == ["machine", "windowed"]

    context.set_offline(True)
    page.evaluate("document.dispatchEvent(new ClipboardEvent('paste'))")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.locator(".exam-question").click(button="right")
    page.wait_for_timeout(4000)
    assert noticed(admitted) == ["machine", "windowed"]

    context.set_offline(False)
    page.reload()
    settle(page, admitted)
    assert {"paste", "focus_lost", "context_menu"} <= set(noticed(admitted))
    assert db.session.query(Alarm).count() == 0


def test_the_candidates_number_stands_behind_the_question_and_disturbs_nobody(
    context, address, admitted, shot, axe
):
    page = context.new_page()
    sit_down(page, address, admitted)
    mark = page.locator(".exam-watermark")
    expect(mark).to_have_attribute("aria-hidden", "true")
    assert admitted[0] in mark.text_content()
    expect(mark).to_be_visible()
    axe(page)
    shot(page, "watermark")
    part(page, "contrast").click()
    axe(page)
    shot(page, "watermark-contrast")
    page.emulate_media(media="print")
    expect(mark).to_be_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 390, "height": 800})
    shot(page, "watermark-phone")


LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
ACCESSIBLE = ["--no-sandbox", "--disable-gpu", "--force-renderer-accessibility"]


@pytest.fixture
def accessible_bus(tmp_path):
    """Environment of a session bus of its own with the accessibility bus on it, as on a desktop."""
    socket = tmp_path / "bus"
    command = ["dbus-daemon", "--session", "--nofork", f"--address=unix:path={socket}"]
    with subprocess.Popen(command) as daemon:
        environment = os.environ | {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
            "XDG_RUNTIME_DIR": str(tmp_path),
            "ACCESSIBILITY_ENABLED": "1",
        }
        while not socket.exists():
            time.sleep(0.05)
        with subprocess.Popen([str(LAUNCHER), "--launch-immediately"], env=environment) as launcher:
            time.sleep(1)
            yield environment
            launcher.terminate()
        daemon.terminate()


def test_a_screen_reader_presses_without_hand_and_raises_no_alarm(
    address, admitted, accessible_bus, playwright
):
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=ACCESSIBLE, env=accessible_bus
    )
    page = browser.new_context(locale="zh-CN").new_page()
    sit_down(page, address, admitted)
    page.wait_for_timeout(2500)
    names = []
    for number in range(8):
        names += [["正确", "错误"][number % 2] if number < 4 else "选项" + "ABCD"[number % 4], "下一题"]
    reader = [sys.executable, str(Path(hands.__file__).parent / "screen_reader.py"), *names]
    pressing = subprocess.Popen(reader, env=accessible_bus, stdout=subprocess.PIPE, text=True)
    while pressing.poll() is None:
        page.wait_for_timeout(300)
    pressed = pressing.communicate()[0]
    settle(page, admitted)
    keep(admitted, "screen-reader")
    browser.close()

    assert pressed.count("True") == len(names), pressed
    assert len(stored(admitted)) == 8
    assert alarms_after(admitted) == set()


def stored(admitted):
    db.session.rollback()
    found = shown_responses(db.session.get(Attempt, admitted[2]))
    db.session.rollback()
    return found


def test_what_a_machine_that_is_turned_away_noticed_is_told_as_soon_as_it_fits(
    app, context, address, admitted
):
    page = context.new_page()
    sit_down(page, address, admitted)
    refusal = answering(403, '{"error": "x", "reason": "surroundings"}', ("Content-Type", "application/json"))
    with meets(app, "/exam/attempt/events", refusal):
        with page.expect_response("**/exam/attempt/events"):
            page.evaluate("document.querySelector('[data-part=options] input').click()")
        page.wait_for_timeout(300)
    settle(page, admitted)

    db.session.rollback()
    told = select(WatchEvent.kind).where(WatchEvent.attempt_id == admitted[2])
    assert "untrusted" in db.session.scalars(told).all()
