"""A candidate's exam in a real Chromium: offline, reload, a second window, hand-in; nothing is lost."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.factories.delivery import lay_out_paper, make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.exams.delivery.reading import is_intact, shown_responses
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.persons import id_number_of

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")
WORKING = '[data-view="working"]'


@pytest.fixture
def admitted(app):
    """Ticket number, digits and attempt of a candidate whom the desk let in."""
    sitting = make_seated_sitting(paper_code="P-BROWSER")
    lay_out_paper(app, sitting)
    candidate = make_seated_candidate(sitting, 7)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    found = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return found


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def sit_down(page, address, admitted):
    """Sign in at the machine and begin."""
    page.goto(f"{address}/exam/attempt")
    page.fill("#ticket_number", admitted[0])
    page.fill("#last_six", admitted[1])
    page.click("main button[type=submit]")
    expect(part(page, "start")).to_be_enabled(timeout=10_000)
    part(page, "start").click()
    expect(page.locator(WORKING)).to_be_visible()


def attempt_of(admitted):
    db.session.rollback()
    return db.session.get(delivery.Attempt, admitted[2], populate_existing=True)


def stored(admitted):
    answers = {place: answer for place, (answer, _flag) in shown_responses(attempt_of(admitted)).items()}
    db.session.rollback()
    return answers


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

    context.set_offline(False)
    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    expect(part(page, "saving")).to_have_attribute("data-state", "saved", timeout=15_000)
    expect(part(page, "map").locator(".is-answered")).to_have_count(3)
    assert stored(admitted) == {1: "T", 2: "F", 5: "B"}
    shot(page, "back")


def test_a_page_closed_before_its_answers_left_sends_them_when_it_is_opened_again(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.route("**/exam/attempt/journal", lambda route: route.abort())
    page.keyboard.press("T")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("T")
    expect(part(page, "saving")).to_have_attribute("data-state", "offline", timeout=5_000)
    page.close()
    assert stored(admitted) == {}

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
    other.goto(f"{address}/exam/attempt")
    other.fill("#ticket_number", admitted[0])
    other.fill("#last_six", admitted[1])
    other.click("main button[type=submit]")
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


def test_what_the_browser_gets_holds_no_key(context, address, admitted):
    page = context.new_page()
    papers = []
    page.on("response", lambda got: papers.append(got) if got.url.endswith("/paper") else None)
    sit_down(page, address, admitted)

    paper = papers[0].json()
    assert {key for question in paper["questions"] for key in question} == {
        "position",
        "type",
        "marks",
        "stem",
        "options",
    }
    assert {key for each in paper["questions"] for option in each["options"] for key in option} == {
        "letter",
        "text",
    }


def test_axe_finds_no_serious_violation_on_the_exam_page(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    for _contrast in range(2):
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS] == []
        part(page, "contrast").click()


def test_the_page_notices_when_the_server_has_something_else_than_it_acknowledged(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    page.keyboard.press("T")
    expect(part(page, "saving")).to_have_attribute("data-state", "saved")
    expect(part(page, "differs")).to_be_hidden()
    page.wait_for_timeout(300)
    attempt_of(admitted).head = "0" * 64
    db.session.commit()

    page.reload()
    expect(part(page, "differs")).to_be_visible()


def test_at_the_deadline_the_page_hands_in_by_itself(context, address, admitted, shot):
    page = context.new_page()
    sit_down(page, address, admitted)
    attempt = attempt_of(admitted)
    attempt.deadline = clock.now() + timedelta(seconds=4)
    db.session.commit()
    page.keyboard.press("T")

    expect(page.locator('[data-view="ended"]')).to_be_visible(timeout=15_000)
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
