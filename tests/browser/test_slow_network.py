"""The exam over a network as slow as 3G: 400 ms each way and back, 400 kbit/s."""

import pytest
from playwright.sync_api import expect

from tests.browser.sitting_down import (
    ENDED,
    WORKING,
    attempt_of,
    expect_state,
    part,
    said_to_be_saved,
    sit_down,
    stored,
)

pytestmark = pytest.mark.browser

THIRD_GENERATION = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
JOURNAL = "/exam/attempt/journal"


@pytest.fixture
def page(context):
    """A page behind a slow network."""
    page = context.new_page()
    page.set_default_timeout(60_000)
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", THIRD_GENERATION)
    return page


def test_the_whole_exam_works_over_a_slow_network_and_typing_does_not_wait_for_it(page, address, admitted):
    sent = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith(JOURNAL) else None)
    sit_down(page, address, admitted)
    for _question in range(10):
        page.keyboard.press("1")
        page.keyboard.press("ArrowRight")
    expect(part(page, "map").locator(".is-answered")).to_have_count(10)
    assert said_to_be_saved(page) < set(range(1, 11)), "saved before it can have been"
    expect_state(page, "saved", timeout=60_000)
    assert len(stored(admitted)) == 10
    # What is made while a packet is on its way goes in one packet after it, not in ten.
    assert len(sent) < 10

    page.reload()
    expect(page.locator(WORKING)).to_be_visible(timeout=60_000)
    assert said_to_be_saved(page) == set(range(1, 11))
    part(page, "hand-in").click()
    part(page, "hand-in-now").click()
    expect(page.locator(ENDED)).to_be_visible(timeout=60_000)
    assert attempt_of(admitted).state == "handed_in"


def test_the_clock_of_the_server_is_known_within_the_way_of_a_message(page, address, admitted):
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect_state(page, "saved", timeout=60_000)
    left = part(page, "clock").inner_text()
    assert left.startswith("1:59:") or left == "2:00:00"
