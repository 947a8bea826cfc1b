"""The desk in a real Chromium: what happens in the room is seen within three seconds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.factories.delivery import change, make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty
from trainhub.exams import delivery
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")


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
    expect(seat).to_have_class("desk-seat desk-offline")
    shot(page, "before")

    delivery.append(known["attempt"], known["token"], [change(1)])

    expect(seat).to_have_class("desk-seat desk-working", timeout=3_500)
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
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS] == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "phone")
