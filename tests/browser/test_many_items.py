"""Deeds on many items in a browser: what a deed needs is asked for before what was chosen is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.at_the_bank import signed_in
from tests.factories.bank import make_approved, make_bank, make_staff
from trainhub.kernel.db import transaction

pytestmark = pytest.mark.browser


def test_retiring_many_asks_for_the_reason_before_it_is_sent_and_forgets_nothing(
    app, context, client, address
):
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        make_approved(bank, staff, number=2)
        code, reviewer = bank.code, staff.reviewer.id
    page = signed_in(context, client, address, reviewer)
    page.goto(f"{address}/exam/bank/{code}")
    for box in page.locator("[name=item]").all():
        box.check()
    page.locator("[name=action]").select_option("retire")

    page.get_by_role("button", name="执行").click()
    expect(page.locator("[name=reason]")).to_be_focused()
    expect(page.locator("[name=item]:checked")).to_have_count(2)

    page.locator("[name=reason]").fill("所引标准已被新版替代")
    page.get_by_role("button", name="执行").click()
    expect(page.locator("main")).to_contain_text("停用")
    expect(page.locator("[name=item]:checked")).to_have_count(0)
