"""A database that stands still, as people meet it: nothing typed is lost, and the clock goes on."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.sitting_down import (
    ENDED,
    WORKING,
    answered,
    attempt_of,
    expect_state,
    leave_seconds,
    part,
    said_to_be_saved,
    sit_down,
)
from tests.delivery.stalling import pen_held
from tests.factories.people import make_account, make_person
from trainhub.kernel.db import db
from trainhub.people.models import Person
from trainhub.people.persons import phone_of

pytestmark = pytest.mark.browser

STANDS_S = 20
LONGEST_RETRY = 40_000


@pytest.fixture
def page(context, address, admitted):
    """A candidate at work, whose first answer is saved."""
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect_state(page, "saved")
    return page


def stands_still(app):
    """Somebody else holds SQLite's pen."""
    with app.app_context():
        return pen_held(app.config["SQLALCHEMY_DATABASE_URI"])


def seconds_left(page):
    """What the candidate reads as the time left, in seconds."""
    total = 0
    for part_of_it in part(page, "clock").inner_text().split(":"):
        total = total * 60 + int(part_of_it)
    return total


def test_in_a_standstill_the_page_keeps_answers_and_the_clock_and_sends_them_afterwards(
    app, page, admitted, shot
):
    before, began = seconds_left(page), time.monotonic()
    with stands_still(app):
        for key in ("F", "T", "F"):
            page.keyboard.press("ArrowRight")
            page.keyboard.press(key)
        expect_state(page, "offline")
        expect(part(page, "saving")).to_have_text("服务器繁忙。3 项变更已留存在本机，将重新发送。")
        expect(page.locator(WORKING)).to_be_visible()
        shot(page, "standstill")
        page.wait_for_timeout(max(0, STANDS_S - (time.monotonic() - began)) * 1000)
        passed = time.monotonic() - began
        assert abs(before - seconds_left(page) - passed) < 3
        assert said_to_be_saved(page) == {1}

    expect_state(page, "saved", LONGEST_RETRY)
    assert said_to_be_saved(page) == answered(admitted) == {1, 2, 3, 4}
    assert attempt_of(admitted).last_sequence == 4


def test_a_deadline_that_falls_into_a_standstill_loses_nothing_that_was_answered_before_it(
    app, page, admitted
):
    leave_seconds(admitted, 10)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(part(page, "clock")).to_have_text("0:00:08", timeout=10_000)
    with stands_still(app):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("F")
        expect_state(page, "offline")
        page.wait_for_timeout(STANDS_S * 1000)
        expect(page.locator(ENDED)).to_be_hidden()

    expect(page.locator(ENDED)).to_be_visible(timeout=LONGEST_RETRY)
    attempt = attempt_of(admitted)
    assert attempt.state == "handed_in"
    assert (attempt.last_sequence, attempt.late_sequence) in {(1, 2), (2, 0), (2, None)}


def test_a_form_sent_into_a_standstill_is_sent_again_from_the_page_that_says_so(
    app, client, context, address, shot
):
    person = make_person()
    make_account(person)
    db.session.commit()
    client.sign_in(person)
    person_id = person.id
    cookie = client.get_cookie("trainhub").value
    db.session.rollback()
    context.add_cookies([{"name": "trainhub", "value": cookie, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/account")
    page.fill("#phone", "13800138000")
    with stands_still(app):
        sent = time.monotonic()
        page.locator('form[action$="/account/phone"] button').click()
        expect(page.get_by_role("heading", name="系统暂时无法响应")).to_be_visible(timeout=12_000)
        assert time.monotonic() - sent < 10
        expect(page.locator("main")).to_contain_text("您填写的内容保留在本页")
        shot(page, "form")
    page.get_by_role("button", name="重新提交").click()
    expect(page.locator("main")).to_contain_text("手机")
    assert phone_of(db.session.get(Person, person_id)) == "13800138000"
