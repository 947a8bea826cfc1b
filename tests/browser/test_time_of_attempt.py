"""The candidate's time in a real Chromium: more of it, standing still, over, and over without network."""

import json
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from werkzeug import Response

from tests.browser.sitting_down import (
    BEAT,
    ENDED,
    KEPT,
    PAUSED,
    WORKING,
    attempt_of,
    enter,
    expect_state,
    go_on,
    halted,
    leave_seconds,
    part,
    sit_down,
    stored,
    unreachable,
)
from tests.browser.usable import require_usable
from trainhub.exams import delivery
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person

pytestmark = pytest.mark.browser


def test_at_the_deadline_the_page_hands_in_by_itself(context, address, admitted, shot):
    page = context.new_page()
    sit_down(page, address, admitted)
    leave_seconds(admitted, 4)
    page.keyboard.press("T")

    expect(page.locator(ENDED)).to_be_visible(timeout=20_000)
    shot(page, "deadline")
    attempt = attempt_of(admitted)
    assert (attempt.state, attempt.ending) == ("handed_in", "deadline")
    assert stored(admitted) == {1: "T"}


def test_more_time_given_at_the_desk_shows_on_the_page_and_is_said(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect(part(page, "clock")).to_contain_text("1:59:")
    attempt = attempt_of(admitted)
    delivery.extend(attempt, 15, "机器重启补时", by=attempt.candidate.person)
    db.session.commit()
    page.keyboard.press("F")

    expect(part(page, "clock")).to_contain_text("2:14:")
    expect(part(page, "said")).not_to_be_empty()


def test_more_time_of_which_the_page_did_not_hear_keeps_it_from_handing_in_at_the_old_end(
    context, address, admitted
):
    page = context.new_page()
    sit_down(page, address, admitted)
    leave_seconds(admitted, 4)
    page.keyboard.press("T")
    expect(part(page, "clock")).to_contain_text("0:00:0")
    attempt = attempt_of(admitted)
    delivery.extend(attempt, 15, "网络故障补时", by=attempt.candidate.person)
    db.session.commit()

    expect(part(page, "clock")).to_contain_text("0:14:", timeout=20_000)
    expect(part(page, "over")).to_be_hidden()
    page.keyboard.press("F")
    expect_state(page, "saved")
    assert stored(admitted) == {1: "F"}
    assert attempt_of(admitted).state == "working"


def test_after_a_pause_and_when_turned_away_the_page_goes_on_by_itself(
    app, context, address, admitted, shot, monkeypatch
):
    page = context.new_page()
    sit_down(page, address, admitted)
    context.set_offline(True)
    page.keyboard.press("T")
    expect_state(page, "offline")
    code = halted(admitted)
    context.set_offline(False)
    expect(page.locator(PAUSED)).to_be_visible(timeout=15_000)
    expect(part(page, "stem")).to_be_hidden()
    shot(page, "paused")
    expect_state(page, "saved")
    assert stored(admitted) == {1: "T"}

    page.reload()
    expect(page.locator(PAUSED)).to_be_visible()
    go_on(admitted, code)
    expect(page.locator(WORKING)).to_be_visible(timeout=20_000)
    expect(part(page, "map").locator(".is-answered")).to_have_count(1)

    # Turned away for a moment, as while a router is replaced.
    away = {"error": "This machine is not in the network of your exam room.", "reason": "surroundings"}
    with monkeypatch.context() as replaced:
        replaced.setattr(app, "wsgi_app", Response(json.dumps(away), 403, mimetype="application/json"))
        page.keyboard.press("ArrowRight")
        page.keyboard.press("F")
        expect(part(page, "blocked")).to_have_text(away["error"])
    expect(page.locator(WORKING)).to_be_visible(timeout=20_000)
    expect_state(page, "saved")
    assert stored(admitted) == {1: "T", 2: "F"}


def test_a_frozen_seat_says_that_somebody_comes_and_not_why(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    halted(admitted, delivery.HaltKind.FREEZE, candidate=attempt_of(admitted).candidate)
    page.evaluate(BEAT)
    expect(page.locator(PAUSED)).to_be_visible(timeout=15_000)
    expect(page.locator(PAUSED)).not_to_contain_text("机房停电")


def test_after_a_suspension_the_candidate_signs_in_again_and_nothing_is_lost(
    context, address, admitted, shot
):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect_state(page, "saved")
    context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F")
    expect_state(page, "offline")
    code = halted(admitted, delivery.HaltKind.SUSPENSION)
    context.set_offline(False)
    expect(page.locator('[data-view="blocked"]')).to_be_visible(timeout=15_000)
    expect(part(page, "blocked-title")).to_have_text("本场考试已中止")
    expect(part(page, "blocked")).to_contain_text("何时何地继续，由监考员通知")
    expect(part(page, "blocked-left")).to_contain_text("2")
    shot(page, "suspended")

    go_on(admitted, code)
    enter(page, address, admitted)
    expect(page.locator(WORKING)).to_be_visible(timeout=15_000)
    expect_state(page, "saved")
    assert stored(admitted) == {1: "T", 2: "F"}


def test_who_begins_anew_on_the_reserve_paper_is_told_so_before_the_time_runs(
    context, address, admitted, shot
):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect_state(page, "saved")
    attempt_of(admitted).sitting.reserve_paper_code = "P-RESERVE"
    db.session.commit()
    code = halted(admitted, delivery.HaltKind.SUSPENSION)
    page.evaluate(BEAT)
    expect(page.locator('[data-view="blocked"]')).to_be_visible(timeout=15_000)
    go_on(admitted, code, reserve=True)

    enter(page, address, admitted)
    expect(page.locator('[data-view="waiting"]')).to_contain_text("备用卷", timeout=15_000)
    shot(page, "reserve")


def test_answers_without_network_at_the_end_are_kept_sent_later_and_called_late(
    context, address, admitted, shot
):
    page = context.new_page()
    sit_down(page, address, admitted)
    leave_seconds(admitted, 5)
    page.keyboard.press("T")
    expect_state(page, "saved")
    context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F")
    expect(part(page, "over")).to_be_visible(timeout=15_000)
    expect(part(page, "over")).to_contain_text("1")
    expect(part(page, "options").locator("input").first).to_be_disabled()
    shot(page, "over-offline")

    context.set_offline(False)
    expect(page.locator(ENDED)).to_be_visible(timeout=30_000)
    expect(part(page, "late")).to_have_attribute("data-state", "provisional")
    expect(part(page, "left")).to_be_hidden()
    shot(page, "late")
    assert stored(admitted) == {1: "T"}
    assert attempt_of(admitted).late_state == "provisional"


SOON = """const real = window.setTimeout;
window.setTimeout = (act, ms, ...rest) => real(act, ms > 20000 ? 200 : ms, ...rest);"""


def test_what_is_refused_is_taken_off_what_the_page_says_was_answered(context, address, admitted, shot):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    sit_down(page, address, admitted)
    leave_seconds(admitted, 5)
    page.keyboard.press("T")
    expect_state(page, "saved")
    page.evaluate(SOON)
    context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F")
    expect(part(page, "over")).to_be_visible(timeout=15_000)
    context.set_offline(False)
    expect(part(page, "late")).to_have_attribute("data-state", "provisional", timeout=30_000)
    expect(part(page, "received")).to_contain_text("已答 2 题")

    attempt = attempt_of(admitted)
    delivery.decide_late(attempt, False, "考场网络未曾中断", by=attempt.candidate.person)
    db.session.commit()

    expect(part(page, "late")).to_have_attribute("data-state", "refused", timeout=15_000)
    expect(part(page, "received")).to_contain_text("已答 1 题")
    require_usable(page)
    shot(page, "refused-390")


def test_answers_without_network_at_the_end_arrive_late_even_after_browser_and_sitting_were_closed(
    app, context, address, admitted, monkeypatch
):
    page = context.new_page()
    sit_down(page, address, admitted)
    leave_seconds(admitted, 5)
    page.keyboard.press("T")
    expect_state(page, "saved")
    with monkeypatch.context() as cut:
        cut.setattr(app, "wsgi_app", unreachable)
        context.set_offline(True)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("F")
        page.wait_for_function(KEPT, arg=2)
        page.close()
        over = attempt_of(admitted).deadline
        db.session.rollback()
        while clock.now() < over:
            time.sleep(0.2)
    # The desk has closed the sitting, and the machine counts as free for the next candidate.
    attempt = attempt_of(admitted)
    sitting_id, person_id = attempt.sitting_id, attempt.candidate.person.id
    with transaction(), clock.set_to(clock.now() - timedelta(minutes=20)):
        delivery.close_all(db.session.get(Sitting, sitting_id), by=db.session.get(Person, person_id))
    assert attempt_of(admitted).ending == "sitting_closed"
    db.session.rollback()

    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{address}/exam/attempt")
    expect(again.locator(ENDED)).to_be_visible(timeout=30_000)
    expect(part(again, "left")).to_be_hidden()
    expect(part(again, "result-comes")).to_be_visible()
    expect(part(again, "late")).to_have_attribute("data-state", "provisional")
    assert attempt_of(admitted).late_sequence == 2


def test_what_the_server_refused_is_never_shown_as_received(context, address, admitted, shot):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect_state(page, "saved")
    context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F")
    expect_state(page, "offline")
    attempt = attempt_of(admitted)
    delivery.end_for_misconduct(attempt, by=attempt.candidate.person)
    db.session.commit()

    context.set_offline(False)
    expect(page.locator(ENDED)).to_be_visible(timeout=15_000)
    expect(part(page, "left")).to_contain_text("2")
    expect(part(page, "result-comes")).to_be_hidden()
    shot(page, "not-received")
    assert stored(admitted) == {1: "T"}


def test_who_waited_at_the_machine_for_the_reserve_paper_is_led_to_it_and_told_the_day(
    context, address, admitted, shot
):
    page = context.new_page()
    sit_down(page, address, admitted)
    attempt_of(admitted).sitting.reserve_paper_code = "P-RESERVE"
    db.session.commit()
    tomorrow = clock.now() + timedelta(days=1)
    code = halted(admitted, delivery.HaltKind.SUSPENSION, resumes_at=tomorrow)
    page.evaluate(BEAT)
    expect(page.locator('[data-view="blocked"]')).to_be_visible(timeout=15_000)
    enter(page, address, admitted)
    expect(part(page, "paused-resumes")).to_contain_text(f"{clock.local(tomorrow):%Y-%m-%d 周}")
    shot(page, "goes-on-tomorrow")

    go_on(admitted, code, reserve=True)
    expect(page.locator(ENDED)).to_contain_text("不计分", timeout=15_000)
    assert "离座" not in page.inner_text("main") and "下一位考生" not in page.inner_text("main")
    require_usable(page)
    shot(page, "replaced")
    page.get_by_role("button", name="重新登录").click()
    page.fill("#ticket_number", admitted[0])
    page.fill("#last_six", admitted[1])
    page.click("main button[type=submit]")
    expect(page.locator('[data-view="waiting"]')).to_contain_text("备用卷", timeout=15_000)
