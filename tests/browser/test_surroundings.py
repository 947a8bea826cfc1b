"""The locked browser's two ways of showing its keys, played by a real Chromium; the pages that set it up."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.people import make_officer
from tests.factories.surroundings import make_demanding
from trainhub.exams import delivery
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_of_surroundings import Cause
from trainhub.exams.delivery.refusals import note
from trainhub.exams.delivery.seb_keys import BROWSER_KEY_HEADER, CONFIG_KEY_HEADER, request_hash
from trainhub.exams.delivery.surroundings import Refusal
from trainhub.exams.sittings.models import Candidate, SittingState
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser

BROWSER_KEY = "ab" * 32


@pytest.fixture
def candidate(app, address):
    """A candidate let in at a sitting that demands the locked browser: ticket, digits, Config Key."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], public_url=address)
    sitting = make_seated_sitting()
    keys = {"lockdown": True, "browser_keys": [BROWSER_KEY], "public_url": address}
    key = make_demanding(sitting, networks=["127.0.0.0/8"], **keys).config_key
    seated = make_seated_candidate(sitting, 7)
    delivery.admit(seated, by=seated.person)
    db.session.commit()
    typed = seated.ticket_number, id_number_of(seated.person)[-6:]
    db.session.rollback()
    return *typed, key


def play_script_api(context, address, key):
    """Give pages what the modern web view of the locked browser gives them."""
    hashes = {
        f"{address}{path}": {
            "configKey": request_hash(f"{address}{path}", key),
            "browserExamKey": request_hash(f"{address}{path}", BROWSER_KEY),
        }
        for path in ("/exam/attempt", "/exam/attempt/enter", "/exam/attempt?next=1")
    }
    context.add_init_script(
        f"window.SafeExamBrowser = {{version: 'SEB_Windows_3.7', security: {json.dumps(hashes)}"
        "[location.href.split('#')[0]] || {}};"
    )


def play_headers(context, key):
    """Add to every request what the locked browser of Windows adds."""

    def add(route):
        asked = route.request.url
        own = {
            CONFIG_KEY_HEADER: request_hash(asked, key),
            BROWSER_KEY_HEADER: request_hash(asked, BROWSER_KEY),
        }
        route.continue_(headers=route.request.headers | own)

    context.route("**/*", add)


def sign_in(page, address, ticket, digits):
    page.goto(f"{address}/exam/attempt")
    page.fill("[name=ticket_number]", ticket)
    page.fill("[name=last_six]", digits)
    page.click("main button[type=submit]")


def is_state(response):
    return response.url.endswith("/exam/attempt/state")


@pytest.mark.parametrize("way", ["script", "headers"])
def test_the_locked_browser_comes_to_the_exam_and_through_a_reload(context, address, candidate, way):
    ticket, digits, key = candidate
    if way == "script":
        play_script_api(context, address, key)
    else:
        play_headers(context, key)
    page = context.new_page()

    for come in (lambda: sign_in(page, address, ticket, digits), page.reload):
        with page.expect_response(is_state) as heard:
            come()
        assert heard.value.status == 200
        assert page.locator("#exam").count() == 1


def test_any_other_browser_is_told_what_to_do(context, address, candidate, axe, shot):
    ticket, digits, _key = candidate
    page = context.new_page()
    sign_in(page, address, ticket, digits)

    assert "Safe Exam Browser" in page.inner_text("main")
    axe(page)
    shot(page, "turned-away")


@pytest.fixture
def pages(app, client, address, candidate):
    """The pages that set surroundings up, each with the cookie of who may; one machine was turned away."""
    with transaction():
        sitting = db.session.scalars(select(Candidate)).one().sitting
        paths = {
            Duty.ARRANGE_SITTINGS: (f"/exam/sittings/{sitting.code}/surroundings",),
            Duty.MANAGE_SITES: (
                f"/exam/sites/{sitting.site.code}",
                f"/exam/sites/{sitting.site.code}/rooms/A101",
            ),
        }
        officers = {duty: make_officer(duty, sitting.organisation) for duty in paths}
        sitting.state = SittingState.ARRANGED
        code = db.session.scalars(select(Attempt)).one().code
    note(Refusal(Cause.NETWORK, code, "203.0.113.9"))
    found = []
    for duty, person in officers.items():
        client.sign_in(person)
        db.session.rollback()
        found += [(path, client.get_cookie("trainhub").value) for path in paths[duty]]
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_surroundings_can_be_used(context, address, pages, axe, shot, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    for path, cookie in pages:
        context.add_cookies([{"name": "trainhub", "value": cookie, "url": address}])
        for language in ("zh_CN", "en"):
            page.goto(f"{address}{path}?lang={language}")
            for closed in page.locator("details.more").all():
                closed.evaluate("each => { each.open = true; }")
            axe(page)
            shot(page, f"{path.rpartition('/')[2]}-{language}-{width}")
