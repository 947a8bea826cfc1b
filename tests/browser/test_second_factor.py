"""The second factor in Chromium: scanned, confirmed, asked for at the next sign-in, and opened from paper."""

from datetime import timedelta

import pyotp
import pytest

from tests.browser.usable import require_usable
from tests.factories.people import give_duty, make_organisation, make_person
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.people.models import OrganisationKind
from trainhub.people.sign_in import open_account
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser

PASSWORD = "海川-correct horse 42"


@pytest.fixture
def auditor(app):
    with transaction():
        person = make_person("范仲衡")
        open_account(person, "auditor", PASSWORD, by=None)
        give_duty(person, Duty.AUDIT, make_organisation(OrganisationKind.AUTHORITY))


def give_password(page, address):
    page.goto(f"{address}/sign-in?next=/oversight/ledger")
    page.fill("#username", "auditor")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def give_code(page, code):
    page.fill("#code", code)
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_load_state()


def test_an_auditor_sets_it_up_signs_in_with_a_code_and_once_from_paper(browser, address, auditor):
    page = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    give_password(page, address)
    page.goto(f"{address}/account/second-factor")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    require_usable(page)
    secret = page.inner_text(".secret").replace(" ", "")
    assert page.locator(".code-picture svg").is_visible()

    give_code(page, "000000")
    assert page.locator("#code-error").is_visible()
    give_code(page, pyotp.TOTP(secret).at(clock.now()))
    require_usable(page)
    on_paper = page.locator(".codes code").all_inner_texts()
    assert len(on_paper) == 8

    for code in (pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30)), on_paper[0]):
        page.click("text=退出登录")
        page.wait_for_load_state()
        give_password(page, address)
        assert "/sign-in/code" in page.url
        require_usable(page)
        give_code(page, code)
        assert page.url == f"{address}/oversight/ledger"
