"""The search of a bank in a browser: what it did not look for is said, and nothing typed is lost."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.at_the_bank import make_place, signed_in
from tests.browser.usable import require_usable
from tests.factories.every_type import CASE_SET
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.items import Draft, write_item
from trainhub.exams.bank.models import Bank
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def place(app):
    made = make_place()
    with transaction():
        bank = db.session.scalars(select(Bank)).one()
        write_item(bank, Draft(ItemType.CASE_SET, CASE_SET), by=db.session.get_one(Person, made[1]))
    return made


def test_too_short_a_search_comes_back_with_its_reason_and_a_longer_one_says_what_it_left_out(
    context, client, address, place, shot
):
    page = signed_in(context, client, address, place[1])
    page.goto(f"{address}/exam/bank/{place[0]}")
    page.locator("#words").fill("油 罐")
    page.keyboard.press("Enter")
    expect(page.locator("#words")).to_have_value("油 罐")
    expect(page.locator("#words")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#words-error")).to_contain_text("两字")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        require_usable(page)
        shot(page, f"refused-{width}")

    page.locator("#words").fill("设计压力 锂")
    page.keyboard.press("Enter")
    expect(page.locator(".bank-items tbody tr")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("未作查找：锂")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        require_usable(page)
        shot(page, f"found-{width}")


def test_a_browser_comes_back_from_an_item_to_what_the_search_found(context, client, address, place, shot):
    page = signed_in(context, client, address, place[1])
    page.goto(f"{address}/exam/bank/{place[0]}")
    page.locator("#words").fill("设计压力")
    page.keyboard.press("Enter")
    expect(page.locator(".bank-items tbody tr")).to_have_count(1)
    assert "设计" not in unquote(page.url)
    page.locator(".bank-items tbody a").first.click()
    page.wait_for_url("**/items/**")
    page.go_back()
    expect(page.locator(".bank-items tbody tr")).to_have_count(1)
    expect(page.locator("#words")).to_have_value("设计压力")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".bank-items tbody tr")).to_have_count(1)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        require_usable(page)
        shot(page, f"found-{width}-en")
