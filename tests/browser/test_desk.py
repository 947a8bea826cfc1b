"""The desk in a real Chromium: what happens in the room is seen within three seconds."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.sitting_down import WORKING, attempt_of, sit_down
from tests.browser.test_time_of_attempt import BEAT
from tests.browser.usable import require_usable
from tests.factories.delivery import change, make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty
from trainhub.exams import delivery
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(app, client, context, address):
    """The desk's page of a sitting with one at work and one not here yet, and what the test needs to know."""
    sitting = make_seated_sitting()
    attempt, token = make_working_attempt(sitting, 1)
    late = make_seated_candidate(sitting, 2)
    known = {
        "attempt": attempt.code,
        "token": token,
        "seat": attempt.candidate.code,
        "late": late.ticket_number,
    }
    code = sitting.code
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    db.session.rollback()
    context.add_cookies([{"name": "trainhub", "value": client.get_cookie("trainhub").value, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/exam/desk/{code}")
    return page, known


def test_what_happens_in_the_room_is_on_the_map_within_three_seconds(desk, shot):
    page, known = desk
    seat = page.locator(f'[data-seat="{known["seat"]}"]')
    expect(seat).to_have_attribute("data-state", "offline")
    shot(page, "before")

    delivery.append(known["attempt"], known["token"], [change(1)])

    expect(seat).to_have_attribute("data-state", "working", timeout=3_500)
    expect(seat.locator('[data-fact="progress"]')).to_have_text("1/10")
    shot(page, "after")


def test_a_candidate_is_checked_in_with_two_acts(desk, shot):
    page, known = desk
    page.goto(page.url + f"/check-in?ticket={known['late']}")
    page.check("input[name=phone_given][value=none]")
    page.check("input[name=identity_confirmed]")
    shot(page, "check-in")
    page.locator("form[method=post] button[type=submit]").last.click()

    expect(page.locator("body")).to_contain_text("2")
    page.goto(page.url.split("/check-in")[0])
    expect(page.locator(".desk-seat.desk-checked_in")).to_have_count(1)


def test_the_desk_can_be_read_by_everybody_and_on_a_phone(desk, shot):
    page, _known = desk
    require_usable(page)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "phone")


def seat_of(page, known):
    return page.locator(f'[data-seat="{known["seat"]}"]')


def test_a_pause_chosen_at_one_desk_is_seen_at_the_other_and_reaches_the_machine(
    desk, app, client, context, address, shot
):
    page, known = desk
    delivery.append(known["attempt"], known["token"], [change(1)])
    other = context.new_page()
    other.goto(page.url)
    expect(seat_of(other, known)).to_have_attribute("data-state", "working", timeout=3_500)

    page.click("#desk-choose")
    seat_of(page, known).click()
    page.check("input[name=act][value=pause]")
    shot(page, "choosing")
    page.click("#desk-act-do")

    expect(seat_of(other, known)).to_have_attribute("data-state", "paused", timeout=5_000)
    taken = delivery.append(known["attempt"], known["token"], [])
    assert taken.paused["kind"] == "pause"


def test_extra_time_chosen_at_the_desk_reaches_the_machine(desk):
    page, known = desk
    before = delivery.append(known["attempt"], known["token"], [change(1)]).deadline

    page.click("#desk-choose")
    page.click("[data-choose-room]")
    page.check("input[name=act][value=extend]")
    page.fill("#minutes", "7")
    page.click("#desk-act-do")
    expect(seat_of(page, known).locator('[data-fact="note"]')).to_have_text("+7′", timeout=5_000)

    after = delivery.append(known["attempt"], known["token"], []).deadline
    assert (after - before).total_seconds() == 420


def test_a_held_seat_begins_choosing_and_a_tap_adds_another(desk):
    page, known = desk
    box = seat_of(page, known).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.wait_for_timeout(800)
    page.mouse.up()
    expect(page.locator("#desk-chosen")).to_have_text("1")

    page.locator(".desk-seat").nth(1).click()

    expect(page.locator("#desk-chosen")).to_have_text("2")
    page.click("#desk-choose")
    expect(page.locator("#desk-acts")).to_be_hidden()


def test_what_is_chosen_by_keyboard_is_not_hidden_behind_the_panel(desk):
    page, _known = desk
    page.set_viewport_size({"width": 390, "height": 640})
    page.click("#desk-choose")
    boxes = page.locator(".desk-pick input")
    for number in range(boxes.count()):
        while not boxes.nth(number).evaluate("(box) => box === document.activeElement"):
            page.keyboard.press("Tab")
        assert boxes.nth(number).evaluate(
            """(box) => box.getBoundingClientRect().bottom <=
                 document.getElementById("desk-acts").getBoundingClientRect().top"""
        )


@pytest.mark.parametrize(("act", "why"), [("note", None), ("record", None), ("pause", "other")])
def test_words_that_lack_are_asked_for_where_the_seats_stay_chosen(desk, act, why):
    page, known = desk
    page.click("#desk-choose")
    page.click("[data-choose-room]")
    page.check(f"input[name=act][value={act}]")
    if why:
        page.select_option("#why", why)
    page.click("#desk-act-do")

    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#desk-chosen")).to_have_text("2")
    page.fill("#text", "邻座说话，已当场提醒并记录")
    page.click("#desk-act-do")
    expect(page.locator(".notice-good")).to_be_visible()


def test_a_field_that_is_not_shown_holds_nothing_up(desk):
    page, known = desk
    page.click("#desk-choose")
    seat_of(page, known).click()
    page.check("input[name=act][value=extend]")
    page.fill("#minutes", "500")
    page.check("input[name=act][value=pause]")
    page.click("#desk-act-do")

    expect(seat_of(page, known)).to_have_attribute("data-state", "paused", timeout=5_000)


def test_who_is_not_on_duty_any_more_loses_the_map(desk):
    page, known = desk
    expect(seat_of(page, known)).to_be_visible()
    page.context.clear_cookies()

    expect(page.locator(".desk-seat")).to_have_count(0, timeout=6_000)
    expect(page.locator("#desk-freshness")).to_have_class("desk-freshness is-old")


def test_told_that_the_server_is_busy_the_desk_comes_again_at_once(desk):
    page, _known = desk
    asked = []

    def answer(route):
        asked.append(time.monotonic())
        if len(asked) == 1:
            route.fulfill(status=503, headers={"Retry-After": "0"})
        else:
            route.continue_()

    page.route("**/board", answer)
    page.wait_for_timeout(4_000)

    assert asked[1] - asked[0] < 0.9
    assert all(later - earlier > 1.1 for earlier, later in zip(asked[1:], asked[2:], strict=False))


@pytest.mark.parametrize("fault", ["cut", "silent", "old"])
def test_a_desk_says_that_it_is_behind_from_the_fourth_second_on(desk, fault):
    page, _known = desk
    freshness = page.locator("#desk-freshness")
    expect(freshness).not_to_be_empty(timeout=3_000)
    expect(freshness).to_have_class("desk-freshness")

    def answer(route):
        if fault == "cut":
            route.abort()
        elif fault == "old":
            route.fulfill(status=304, headers={"X-Age": "4500"})

    page.route("**/board", answer)
    expect(freshness).to_have_class("desk-freshness is-old", timeout=6_000)

    page.unroute("**/board")
    expect(freshness).to_have_class("desk-freshness", timeout=7_000)


def test_the_desk_can_be_used_by_touch_on_a_phone_while_choosing(desk, axe):
    page, _known = desk
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("#desk-choose")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             "main .button, .desk-pick, .desk-act, .desk-seat > a")]
             .filter((each) => each.offsetParent !== null)
             .filter((each) => each.getBoundingClientRect().height < 44)
             .map((each) => each.outerHTML.slice(0, 80))"""
    )

    assert small == []
    axe(page)


def test_a_pause_at_one_of_two_desks_covers_the_candidates_page_and_extra_time_reaches_it(
    client, context, address, admitted, shot
):
    candidate_page = context.new_page()
    sit_down(candidate_page, address, admitted)
    sitting = attempt_of(admitted).sitting
    code = sitting.code
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    db.session.rollback()
    desks = context.browser.new_context(viewport={"width": 1024, "height": 768})
    desks.add_cookies([{"name": "trainhub", "value": client.get_cookie("trainhub").value, "url": address}])
    first, second = desks.new_page(), desks.new_page()
    first.goto(f"{address}/exam/desk/{code}")
    second.goto(f"{address}/exam/desk/{code}")

    def act(page, name):
        page.click("#desk-choose")
        page.click("[data-choose-room]")
        page.check(f"input[name=act][value={name}]")
        page.click("#desk-act-do")

    act(first, "pause")
    expect(second.locator('.desk-seat[data-state="paused"]')).to_have_count(1, timeout=5_000)
    candidate_page.evaluate(BEAT)
    expect(candidate_page.locator('[data-view="paused"]')).to_be_visible(timeout=15_000)
    shot(candidate_page, "candidate-paused")

    act(second, "resume")
    expect(candidate_page.locator(WORKING)).to_be_visible(timeout=20_000)
    before = attempt_of(admitted).deadline
    db.session.rollback()
    act(second, "extend")
    expect(first.locator('[data-fact="note"]')).to_have_text("+10′", timeout=5_000)
    assert (attempt_of(admitted).deadline - before).total_seconds() == 600
    desks.close()
