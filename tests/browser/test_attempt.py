"""A candidate's exam in a real Chromium: offline, reload, a second window, hand-in; nothing is lost."""

import json

import pytest
from playwright.sync_api import expect
from werkzeug import Response

from tests.browser.sitting_down import (
    KEPT,
    WORKING,
    attempt_of,
    enter,
    part,
    sit_down,
    stored,
    unreachable,
)
from tests.browser.usable import require_usable
from trainhub.exams import delivery
from trainhub.exams.delivery.reading import is_intact
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser

OUTLINES = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  return [...document.querySelectorAll(".exam-map .is-unsaved")].map((button) => {
    const style = getComputedStyle(button);
    const [less, more] = [light(style.outlineColor), light(style.backgroundColor)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  });
}"""
"""How well the dashes of a question that is not saved yet stand out from its square."""


def test_answers_given_offline_survive_a_reload_and_are_saved_when_the_network_is_back(
    context, address, admitted, shot
):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect(part(page, "saving")).to_have_attribute("data-state", "saved")
    assert stored(admitted) == {1: "T"}

    context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F")
    part(page, "map").locator("li:nth-child(5) button").click()
    page.locator(".exam-option").nth(1).click()
    expect(part(page, "saving")).to_have_attribute("data-state", "offline")
    shot(page, "offline")
    assert stored(admitted) == {1: "T"}
    assert part(page, "map").locator(".is-unsaved").count() == 2
    assert min(page.evaluate(OUTLINES)) > 3

    context.set_offline(False)
    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    expect(part(page, "saving")).to_have_attribute("data-state", "saved", timeout=15_000)
    expect(part(page, "map").locator(".is-answered")).to_have_count(3)
    assert stored(admitted) == {1: "T", 2: "F", 5: "B"}
    shot(page, "back")


def test_a_page_closed_before_its_answers_left_sends_them_when_it_is_opened_again(
    app, context, address, admitted, monkeypatch
):
    page = context.new_page()
    sit_down(page, address, admitted)
    with monkeypatch.context() as cut:
        cut.setattr(app, "wsgi_app", unreachable)
        context.set_offline(True)
        page.keyboard.press("T")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("T")
        expect(part(page, "saving")).to_have_attribute("data-state", "offline", timeout=5_000)
        page.wait_for_function(KEPT, arg=2)
        page.close()
        # Its last attempts have met a server that took nothing.
        assert stored(admitted) == {}

    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{address}/exam/attempt")
    expect(part(again, "saving")).to_have_attribute("data-state", "saved", timeout=15_000)
    assert stored(admitted) == {1: "T", 2: "T"}


def test_a_second_window_does_not_write_and_goes_on_when_the_first_is_closed(
    context, address, admitted, shot
):
    first = context.new_page()
    sit_down(first, address, admitted)
    second = context.new_page()
    second.goto(f"{address}/exam/attempt")
    expect(second.locator('[data-view="blocked"]')).to_be_visible()
    shot(second, "second-window")

    first.close()
    expect(second.locator(WORKING)).to_be_visible(timeout=15_000)


def test_handing_in_asks_for_what_is_open_and_gives_a_receipt_that_checks(context, address, admitted, shot):
    page = context.new_page()
    sit_down(page, address, admitted)
    for _question in range(4):
        page.keyboard.press("T")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    page.keyboard.press("g")
    expect(part(page, "saving")).to_have_attribute("data-state", "saved")
    part(page, "hand-in").click()
    expect(part(page, "open-left")).to_contain_text("6–10")
    expect(part(page, "flagged-left")).to_contain_text("5")
    shot(page, "hand-in")
    part(page, "hand-in-now").click()
    expect(page.locator('[data-view="ended"]')).to_be_visible()
    shot(page, "ended")

    attempt = attempt_of(admitted)
    assert attempt.state == "handed_in"
    assert is_intact(attempt)
    assert part(page, "receipt").inner_text() == attempt.receipt
    db.session.rollback()
    part(page, "receipt-link").click()
    shot(page, "receipt")


def test_a_candidate_moved_to_another_machine_finds_their_answers_and_the_old_one_stops(
    context, address, admitted
):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect(part(page, "saving")).to_have_attribute("data-state", "saved")
    attempt = attempt_of(admitted)
    delivery.move(attempt, "主机故障", by=attempt.candidate.person)
    db.session.commit()

    other = context.browser.new_context().new_page()
    enter(other, address, admitted)
    expect(part(other, "map").locator(".is-answered")).to_have_count(1, timeout=10_000)
    page.keyboard.press("F")
    expect(page.locator('[data-view="blocked"]')).to_be_visible(timeout=10_000)
    assert stored(admitted) == {1: "T"}


def test_the_page_works_on_a_phone_and_in_high_contrast(context, address, admitted, shot):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    sit_down(page, address, admitted)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    part(page, "map-toggle").click()
    expect(part(page, "map").locator("li").nth(9)).to_be_visible()
    part(page, "contrast").click()
    part(page, "larger").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "phone")


def test_what_the_server_finds_wrong_is_named_and_not_called_a_lost_connection(
    app, context, address, admitted, monkeypatch
):
    page = context.new_page()
    sit_down(page, address, admitted)
    wrong = json.dumps({"error": "The answer has a form that this question does not know."})
    with monkeypatch.context() as finding:
        finding.setattr(app, "wsgi_app", Response(wrong, 422, mimetype="application/json"))
        for _question in range(2):
            page.keyboard.press("1")
            page.keyboard.press("ArrowRight")
        expect(part(page, "saving")).to_contain_text("1–2")
        expect(part(page, "saving")).to_have_attribute("data-state", "offline")
        expect(part(page, "saving")).not_to_contain_text("网络")
        assert stored(admitted) == {}

    expect(part(page, "saving")).to_have_attribute("data-state", "saved", timeout=20_000)
    assert set(stored(admitted)) == {1, 2}


def test_what_the_browser_gets_holds_no_key(context, address, admitted):
    page = context.new_page()
    forms = []
    page.on("response", lambda got: forms.append(got) if "/form/" in got.url else None)
    sit_down(page, address, admitted)

    form = forms[0].json()
    assert {key for question in form["questions"] for key in question} == {
        "type",
        "marks",
        "stem",
        "options",
    }
    assert all(isinstance(text, str) for question in form["questions"] for text in question["options"])


def test_the_questions_are_fetched_once_and_again_by_a_reload_for_the_browser_keeps_none(
    context, address, admitted
):
    page = context.new_page()
    sit_down(page, address, admitted)
    sizes = "performance.getEntriesByType('resource').filter((each) => each.name.includes('/form/'))"
    assert page.evaluate(f"{sizes}.map((each) => each.transferSize > 0)") == [True]

    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    assert page.evaluate(f"{sizes}.map((each) => each.transferSize > 0)") == [True]


def test_axe_finds_no_serious_violation_on_the_exam_page(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    for _contrast in range(2):
        require_usable(page)
        part(page, "contrast").click()
