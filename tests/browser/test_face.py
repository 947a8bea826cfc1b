"""The face: what everybody sees can be read and operated, on a desk and on a phone, in both languages."""

import pytest
from flask import render_template
from playwright.sync_api import expect

from tests.browser import style_guide_data
from tests.browser.walking import DESK, PHONE, Walk
from tests.factories.people import make_officer, make_person
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Account
from trainhub.people.sign_in import open_account
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser
SIZES = {"desk": DESK, "phone": PHONE}
LANGUAGES = ("zh_CN", "en")
LOOKED_AT = {("desk", "zh_CN"), ("phone", "en")}
"""By axe, and kept as a picture; the two others must fit, and looking at them too would find the same."""
FOR_EVERYBODY = {
    "front": "/",
    "sign-in": "/sign-in",
    "figures": "/regulations",
    "qualifications": "/regulations/qualifications",
    "verify": "/verify",
    "objections": "/exam/objections/",
    "nothing-here": "/nothing-here",
}
OF_DUTIES = {
    Duty.ARRANGE_SITTINGS: ["/home/exam", "/exam/sittings/", "/account"],
    Duty.AUTHOR_ITEMS: ["/home/exam", "/exam/bank/"],
    Duty.MANAGE_COURSES: ["/home/training", "/training/manage", "/training/classes"],
    Duty.AUDIT: [
        "/home/oversight",
        "/oversight/ledger",
        "/oversight/people",
        "/oversight/rules",
        "/oversight/audit?run=1",
        "/oversight/relations",
        "/oversight/refusals",
    ],
    Duty.ADMINISTER_SYSTEM: ["/oversight/organisations", "/oversight/people/new"],
}

NAMES_OF_A_RING = """([beside, below]) => {
  const ring = window.echarts.getInstanceByDom(document.querySelector("[data-chart*=donut]"));
  const { series, legend } = ring.getOption();
  return series[0].label.show === beside && Boolean(legend && legend.length) === below;
}"""


@pytest.fixture
def styled(app):
    """An application that also shows its style guide."""
    for side in ("training", "exam", "oversight"):

        @open_to_all("only this test knows it")
        def show(side=side):
            return render_template("kernel/style_guide.html", **style_guide_data.context(side))

        app.add_url_rule(f"/style-guide-{side}", f"style_guide_{side}", show)
    return app


@pytest.fixture
def look(styled, address, context, axe, shot):
    """Looks at pages in a size and a language."""

    def at(page, path, name=None):
        for size in SIZES:
            page.set_viewport_size(SIZES[size])
            for language in LANGUAGES:
                answer = page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
                assert answer.status in (200, 404), f"{path}: {answer.status}"
                if (size, language) not in LOOKED_AT:
                    width = page.evaluate("document.documentElement.scrollWidth")
                    assert width <= SIZES[size]["width"], page.url
                    continue
                axe(page)
                if name:
                    shot(page, f"{name}-{size}-{language}")

    return at


@pytest.mark.parametrize("side", ["training", "exam", "oversight"])
def test_one_of_everything_can_be_read_and_operated(look, context, side):
    page = context.new_page()
    look(page, f"/style-guide-{side}", f"style-guide-{side}")


def test_names_of_a_ring_have_room_on_every_screen(styled, address, context, shot):
    """Beside it on a telephone they were cut to two letters; there they stand below it."""
    page = context.new_page()
    page.goto(f"{address}/style-guide-training")
    for size, below in ((DESK, False), (PHONE, True)):
        page.set_viewport_size(size)
        page.wait_for_function(NAMES_OF_A_RING, arg=[not below, below])
        shot(page, f"ring-{size['width']}")


def test_who_does_not_mean_it_is_back_at_the_button_that_asked(styled, address, context):
    page = context.new_page()
    page.goto(f"{address}/style-guide-exam")
    page.locator("button[data-confirm], form[data-confirm] button").first.click()
    expect(page.locator("#confirm-no")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#confirm")).to_be_hidden()
    expect(page.locator("button[data-confirm], form[data-confirm] button").first).to_be_focused()


@pytest.mark.parametrize("name", FOR_EVERYBODY)
def test_pages_for_everybody_can_be_read_and_operated(look, context, name):
    look(context.new_page(), FOR_EVERYBODY[name], name)


@pytest.mark.parametrize("duty", OF_DUTIES, ids=lambda duty: duty.name.lower())
def test_pages_of_a_duty_can_be_read_and_operated(look, styled, address, context, duty):
    with transaction():
        person = make_officer(duty)
    page = _signed_in(styled, address, context, person)
    for path in OF_DUTIES[duty]:
        look(page, path, f"{duty.name.lower()}{path.rstrip('/').replace('/', '-')}")


def test_a_visitor_of_the_demo_becomes_somebody_with_one_click(styled, address, context, axe):
    with transaction():
        open_account(make_person(), "candidate", "a-long-password", by=None)
    styled.config["DEMO_SIGN_INS"] = [("candidate", "考生", "a-long-password")]
    page = context.new_page()
    page.goto(address)
    axe(page)

    page.get_by_role("button", name="candidate").click()

    assert page.url == f"{address}/home/training"


def _signed_in(app, address, context, person):
    account = db.session.query(Account).filter_by(person_id=person.id).one()
    walk = Walk(context.browser, app, address, None)
    return walk.as_person(account.username)
