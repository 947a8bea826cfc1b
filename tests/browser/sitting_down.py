"""What tests of the candidate's page share: its parts, and a candidate who sits down before it."""

from __future__ import annotations

from playwright.sync_api import expect

WORKING = '[data-view="working"]'
ENDED = '[data-view="ended"]'
BLOCKED = '[data-view="blocked"]'


def part(page, name):
    """A part of the page by its name."""
    return page.locator(f'[data-part="{name}"]')


def expect_state(page, state, timeout=15_000):
    """Wait until the sign of saving says something."""
    expect(part(page, "saving")).to_have_attribute("data-state", state, timeout=timeout)


def begin(page):
    """Press the button that begins."""
    expect(part(page, "start")).to_be_enabled(timeout=10_000)
    part(page, "start").click()
    expect(page.locator(WORKING)).to_be_visible()


def sit_down(page, address, admitted):
    """Sign in at the machine and begin."""
    enter(page, address, admitted)
    begin(page)


def enter(page, address, admitted):
    """Sign in at the machine."""
    page.goto(f"{address}/exam/attempt")
    page.fill("#ticket_number", admitted[0])
    page.fill("#last_six", admitted[1])
    page.click("main button[type=submit]")
