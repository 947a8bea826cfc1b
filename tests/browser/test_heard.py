"""The candidate's page without eyes and without a mouse: what is told, once, and where the focus goes."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.hearing import focus, heard, listen, told
from tests.browser.sitting_down import (
    BEAT,
    BLOCKED,
    ENDED,
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
)
from trainhub.exams import delivery
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser


@pytest.fixture
def page(context, address, admitted):
    """A candidate who has begun; what is told from now on is heard."""
    page = context.new_page()
    sit_down(page, address, admitted)
    listen(page)
    return page


def texts(page):
    """What the page may say, by name."""
    return json.loads(page.locator("#exam").get_attribute("data-texts"))


def test_a_letter_says_what_it_chose_and_not_the_question_again(page):
    said = texts(page)
    page.keyboard.press("T")
    page.keyboard.press("F")
    page.keyboard.press("g")
    assert heard(page) == [
        said["chosen"].replace("{option}", said["true"]),
        said["chosen"].replace("{option}", said["false"]),
        said["flagged"],
    ]
    assert focus(page) == "heading"
    page.keyboard.press("g")
    part(page, "take-back").focus()
    page.keyboard.press("Enter")
    assert heard(page) == [said["unflagged"], said["unanswered"]]
    assert focus(page) == "take-back"


def test_all_single_keys_are_off_when_they_are_switched_off(page):
    part(page, "keys").click()
    part(page, "heading").focus()
    for key in "TGM":
        page.keyboard.press(key)
    assert focus(page) == "heading"
    assert heard(page) == []
    expect(part(page, "map").locator(".is-answered, .is-flagged")).to_have_count(0)


def test_the_flag_says_its_state_in_one_way(page):
    """A name that changes and a pressed state that changes contradict each other when both are read."""
    said = texts(page)
    for name in ("flag", "unflag", "flag"):
        button = page.get_by_role("button", name=said[name], exact=True)
        expect(button).to_have_count(1)
        assert button.get_attribute("aria-pressed") is None
        button.press("Enter")


def test_the_map_says_of_each_question_where_it_stands(context, page):
    said = texts(page)
    page.keyboard.press("T")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("g")
    expect_state(page, "saved")
    context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F")
    page.keyboard.press("g")
    for number, states in enumerate(
        [("answered",), ("unanswered", "flagged"), ("answered", "flagged", "notSaved"), ("unanswered",)],
        start=1,
    ):
        words = ", ".join(said[each] for each in states)
        button = page.get_by_role("button", name=f"{number}: {words}", exact=True)
        expect(button).to_have_count(1)
        assert button.get_attribute("aria-current") == ("true" if number == 3 else None)


def test_a_lost_connection_is_told_once_and_once_when_all_is_saved_again(context, page):
    said = texts(page)
    context.set_offline(True)
    expect_state(page, "offline")
    for key in ("T", "ArrowRight", "F", "ArrowRight", "T"):
        page.keyboard.press(key)
    page.wait_for_timeout(3000)
    context.set_offline(False)
    expect_state(page, "saved")
    page.wait_for_timeout(1500)
    chosen = {said["chosen"].replace("{option}", said[each]) for each in ("true", "false")}
    assert [each for each in heard(page) if each not in chosen] == [said["offlineSaved"], said["saved"]]


def test_the_last_minutes_are_told_once_each_and_no_second_of_the_clock_is(page, admitted):
    said = texts(page)
    for minutes in (15, 5, 1):
        leave_seconds(admitted, minutes * 60 + 2)
        page.evaluate(BEAT)
        expect(part(page, "clock")).to_contain_text(f"0:{minutes:02}:0")
        page.wait_for_timeout(3500)
    wanted = [said["left"].replace("{minutes}", str(minutes)) for minutes in (15, 5)]
    assert heard(page) == [*wanted, said["lastMinute"]]


def test_a_pause_takes_the_focus_with_its_reason_and_gives_it_back_to_the_question(page, admitted):
    said = texts(page)
    page.keyboard.press("ArrowRight")
    part(page, "hand-in").click()
    code = halted(admitted)
    page.evaluate(BEAT)
    expect(page.locator(PAUSED)).to_be_visible(timeout=15_000)
    assert focus(page) == "paused"
    assert said["pausedFault"] in told(page)
    page.evaluate(BEAT)
    page.wait_for_timeout(1000)
    assert heard(page) == []

    go_on(admitted, code)
    page.evaluate(BEAT)
    expect(page.locator(WORKING)).to_be_visible(timeout=20_000)
    assert focus(page) == "heading"
    expect(part(page, "position")).to_contain_text(" 2 ")
    assert heard(page) == [said["goesOn"]]


def test_a_seat_frozen_in_a_pause_is_told_although_nothing_else_changes(page, admitted):
    said = texts(page)
    code = halted(admitted)
    page.evaluate(BEAT)
    expect(page.locator(PAUSED)).to_be_visible(timeout=15_000)
    halted(admitted, delivery.HaltKind.FREEZE, candidate=attempt_of(admitted).candidate)
    go_on(admitted, code)
    page.evaluate(BEAT)
    expect(part(page, "paused-why")).to_have_text(said["pausedSeat"], timeout=15_000)
    page.wait_for_timeout(500)
    assert heard(page) == [said["pausedSeat"]]


def test_a_frozen_seat_is_told_with_the_heading(page, admitted):
    halted(admitted, delivery.HaltKind.FREEZE, candidate=attempt_of(admitted).candidate)
    page.evaluate(BEAT)
    expect(page.locator(PAUSED)).to_be_visible(timeout=15_000)
    assert focus(page) == "paused"
    assert texts(page)["pausedSeat"] in told(page)
    assert heard(page) == []


def test_the_dialog_tells_what_is_open_and_gives_the_focus_back(page):
    said = texts(page)
    page.keyboard.press("T")
    part(page, "hand-in").focus()
    page.keyboard.press("Enter")
    assert focus(page) == "go-back"
    described = page.evaluate(
        """() => document.querySelector("dialog").getAttribute("aria-describedby").split(" ")
          .map((id) => document.getElementById(id).innerText).join(" ")"""
    )
    assert said["openLeft"].replace("{list}", "2–10") in described
    page.keyboard.press("Escape")
    expect(part(page, "hand-in")).to_be_focused()


def test_handing_in_without_network_keeps_the_focus_and_says_so_once(context, page):
    said = texts(page)
    page.keyboard.press("T")
    expect_state(page, "saved")
    heard(page)
    part(page, "hand-in").click()
    page.route("**/exam/attempt/hand-in", lambda route: route.abort())
    part(page, "hand-in-now").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(5000)
    assert focus(page) == "hand-in-now"
    assert heard(page) == [said["unsent"], said["handInFailed"]]

    page.unroute("**/exam/attempt/hand-in")
    expect(page.locator(ENDED)).to_be_visible(timeout=20_000)
    assert focus(page) == "ended"
    assert told(page).startswith(said["endedCandidate"] + "|")
    assert heard(page) == []


def test_who_begins_comes_back_or_is_turned_away_stands_at_a_heading(page, admitted):
    assert focus(page) == "heading"
    page.keyboard.press("ArrowRight")
    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    assert focus(page) == "heading"

    listen(page)
    away = {"error": "此机不在考场网络内。", "reason": "surroundings"}
    for address in ("journal", "state"):
        page.route(f"**/exam/attempt/{address}", lambda route: route.fulfill(status=403, json=away))
    page.keyboard.press("T")
    expect(page.locator(BLOCKED)).to_be_visible(timeout=10_000)
    assert focus(page) == "blocked-title"
    page.wait_for_timeout(8000)
    assert heard(page)[1:] == [away["error"]]


def test_a_candidate_who_waits_is_told_once_when_the_exam_begins(context, address, admitted):
    page = context.new_page()
    waits = {"state": "admitted", "may_start": False, "now": 0, "starts_at": 0}
    page.route("**/exam/attempt/state", lambda route: route.fulfill(json=waits))
    enter(page, address, admitted)
    expect(part(page, "start-note")).not_to_be_empty()
    listen(page)
    page.wait_for_timeout(7000)
    assert heard(page) == []
    db.session.rollback()
