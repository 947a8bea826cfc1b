"""A store of the page that is slow, stalled, full or not there: nothing is lost, nothing promised falsely."""

import pytest
from playwright.sync_api import expect

from tests.browser.sitting_down import (
    ENDED,
    KEPT,
    WORKING,
    answered,
    expect_state,
    leave_seconds,
    meets,
    part,
    said_to_be_saved,
    sit_down,
)
from tests.browser.test_silent_loss import JOURNAL, NOTHING_KEPT, SETTLE, answer, answering, cut

pytestmark = pytest.mark.browser

KEPT_HERE = "留存在本机"
ONLY_WHILE_OPEN = "仅在本页打开期间保留"
SLOW_AT_FIRST = """
const open = IDBFactory.prototype.open;
let isFirst = true;
IDBFactory.prototype.open = function (...given) {
  if (!isFirst) return open.apply(this, given);
  isFirst = false;
  return {};
};
"""
"""The first opening never comes to an end; the next ones are as ever."""
FULL = """() => {
  window.isFull = true;
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    const request = put.apply(this, given);
    if (window.isFull) this.transaction.abort();
    return request;
  };
}"""
"""What a browser does when nothing fits on the disk any more: it takes the whole transaction back."""
STALLED = "IDBObjectStore.prototype.getAll = () => ({});"


@pytest.fixture
def page(context, address, admitted):
    """A candidate at work."""
    page = context.new_page()
    sit_down(page, address, admitted)
    return page


def go_on_in_another_page(page, script):
    """The page is closed and opened again on the same machine, where the store is not well."""
    again = page.context.new_page()
    again.add_init_script(script)
    address = page.url
    page.close()
    again.goto(address)
    expect(again.locator(WORKING)).to_be_visible(timeout=20_000)
    return again


def test_answers_kept_before_a_store_opens_too_late_are_sent_and_not_written_over(app, page, admitted):
    answer(page, 1)
    expect_state(page, "saved")
    with meets(app, JOURNAL, cut):
        for position in (2, 3, 5):
            answer(page, position)
        expect_state(page, "offline")
        page.wait_for_function(KEPT, arg=4)
        page = go_on_in_another_page(page, SLOW_AT_FIRST)
        answer(page, 6)
        expect(part(page, "no-store")).to_be_hidden(timeout=20_000)
        expect_state(page, "offline")
        page.wait_for_function(KEPT, arg=5)
        assert said_to_be_saved(page) == answered(admitted) == {1}
    page.evaluate(SETTLE)
    expect_state(page, "saved")

    assert said_to_be_saved(page) == answered(admitted) == {1, 2, 3, 5, 6}


def test_what_was_answered_meanwhile_stands_before_what_is_read_late(app, page, admitted):
    with meets(app, JOURNAL, cut):
        answer(page, 5)
        expect_state(page, "offline")
        page.wait_for_function(KEPT, arg=1)
        page = go_on_in_another_page(page, SLOW_AT_FIRST)
        part(page, "map").locator("button").nth(4).click()
        page.keyboard.press("C")
        expect(part(page, "no-store")).to_be_hidden(timeout=20_000)
    page.evaluate(SETTLE)
    expect_state(page, "saved")

    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    expect(part(page, "options").locator("input:checked")).to_have_value("C")


def test_a_store_that_opens_and_then_says_nothing_does_not_keep_the_exam_from_opening(page, admitted):
    page = go_on_in_another_page(page, STALLED)
    expect(part(page, "no-store")).to_be_visible()
    answer(page, 1)
    expect_state(page, "saved", timeout=30_000)
    assert said_to_be_saved(page) == answered(admitted) == {1}


def test_a_full_disk_is_told_nothing_is_lost_and_what_fits_again_is_kept_again(app, page, admitted):
    answer(page, 1)
    expect_state(page, "saved")
    page.evaluate(FULL)
    with meets(app, JOURNAL, cut):
        answer(page, 2)
        expect(part(page, "no-store")).to_be_visible(timeout=20_000)
        expect(part(page, "saving")).to_contain_text(ONLY_WHILE_OPEN)
        page.evaluate("window.isFull = false")
        answer(page, 3)
        expect(part(page, "no-store")).to_be_hidden(timeout=20_000)
        page.wait_for_function(KEPT, arg=3)
        expect(part(page, "saving")).to_contain_text(KEPT_HERE)
    page.evaluate(SETTLE)
    expect_state(page, "saved")
    assert said_to_be_saved(page) == answered(admitted) == {1, 2, 3}


@pytest.mark.parametrize(
    "fault", [cut, answering(503, ""), answering(422, '{"error": "x"}', ("Content-Type", "application/json"))]
)
def test_where_nothing_is_kept_no_sentence_says_that_it_is(app, context, address, admitted, fault):
    page = context.new_page()
    page.add_init_script(NOTHING_KEPT)
    sit_down(page, address, admitted)
    with meets(app, JOURNAL, fault):
        answer(page, 2)
        expect_state(page, "offline")
        expect(part(page, "saving")).to_contain_text(ONLY_WHILE_OPEN)
        expect(part(page, "saving")).not_to_contain_text(KEPT_HERE)


def test_a_machine_that_is_cut_off_does_not_promise_to_keep_what_it_cannot(app, context, address, admitted):
    page = context.new_page()
    page.add_init_script(NOTHING_KEPT)
    sit_down(page, address, admitted)
    with meets(app, JOURNAL, cut):
        answer(page, 2)
        expect_state(page, "offline")
    with meets(app, JOURNAL, answering(401, '{"error": "x"}', ("Content-Type", "application/json"))):
        page.evaluate(SETTLE)
        expect(part(page, "blocked-left")).to_contain_text(ONLY_WHILE_OPEN)


def test_at_the_end_without_network_or_store_nothing_is_promised(app, context, address, admitted):
    page = context.new_page()
    page.add_init_script(NOTHING_KEPT)
    sit_down(page, address, admitted)
    leave_seconds(admitted, 15)
    page.evaluate(SETTLE)
    expect(part(page, "clock")).to_contain_text("0:00:")
    with meets(app, JOURNAL, cut):
        answer(page, 2)
        expect(part(page, "over")).to_contain_text(ONLY_WHILE_OPEN, timeout=20_000)
        expect(part(page, "over")).not_to_contain_text(KEPT_HERE)
    expect(page.locator(ENDED)).to_be_visible(timeout=40_000)
