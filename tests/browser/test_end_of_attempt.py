"""The moments before a candidate hands in, in a real Chromium: nothing comes early, nothing is stuck."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.sitting_down import (
    BEAT,
    PAUSED,
    WORKING,
    attempt_of,
    expect_state,
    go_on,
    halted,
    leave_seconds,
    part,
    sit_down,
    stored,
)
from trainhub.kernel import clock
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser


def test_a_pause_moves_the_time_before_which_nobody_hands_in_on_the_page_too(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    part(page, "hand-in").click()
    expect(part(page, "hand-in-now")).to_be_enabled()
    page.keyboard.press("Escape")
    code = halted(admitted)
    attempt = attempt_of(admitted)
    # It began ten minutes ago.
    attempt.paused_at = clock.now() - timedelta(minutes=10)
    starts_at = attempt.sitting.starts_at
    db.session.commit()
    go_on(admitted, code)
    page.evaluate(BEAT)
    expect(part(page, "said")).not_to_be_empty()

    part(page, "hand-in").click()
    expect(part(page, "hand-in-now")).to_be_disabled()
    expect(part(page, "hand-in-note")).to_contain_text(
        f"{clock.local(starts_at + timedelta(minutes=10)):%H:%M}"
    )
    # While the dialog is open the moment comes.
    attempt_of(admitted).halted_seconds = 0
    db.session.commit()
    page.evaluate(BEAT)
    expect(part(page, "hand-in-now")).to_be_enabled()
    expect(part(page, "hand-in-note")).to_be_empty()


def test_a_pause_that_begins_while_the_page_hands_in_at_the_end_covers_it_and_it_goes_on(
    app, context, address, admitted
):
    page = context.new_page()
    sit_down(page, address, admitted)
    codes = []

    def stands_still_by_now(route):
        with app.app_context():
            leave_seconds(admitted, 300)
            codes.append(halted(admitted))
            db.session.rollback()
        route.continue_()

    page.route("**/exam/attempt/hand-in", stands_still_by_now, times=1)
    leave_seconds(admitted, 4)
    page.evaluate(BEAT)
    expect(page.locator(PAUSED)).to_be_visible(timeout=30_000)
    go_on(admitted, codes[0])
    expect(page.locator(WORKING)).to_be_visible(timeout=30_000)
    expect(part(page, "over")).to_be_hidden()
    page.keyboard.press("T")
    expect_state(page, "saved")
    assert stored(admitted) == {1: "T"}


def test_time_that_is_given_while_the_page_hands_in_at_the_end_is_not_lost(app, context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)

    def more_time_by_now(route):
        with app.app_context():
            leave_seconds(admitted, 600)
            db.session.rollback()
        route.continue_()

    page.route("**/exam/attempt/hand-in", more_time_by_now, times=1)
    leave_seconds(admitted, 4)
    page.evaluate(BEAT)
    expect(part(page, "clock")).to_have_text(re.compile(r"0:0[1-9]:"), timeout=30_000)
    expect(part(page, "over")).to_be_hidden()
    page.keyboard.press("T")
    expect_state(page, "saved")
    assert stored(admitted) == {1: "T"}
