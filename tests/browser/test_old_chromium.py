"""The pages in a real Chromium 90, the oldest that the exam promises to work in; an older one is told so.

Too long for each run, and what it needs is fetched: part of ``make long``.
"""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser import old_chromium
from tests.browser.conftest import ARGUMENTS
from tests.run import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.long]

CANDIDATE = (
    "attempt",
    "clock_of_the_page",
    "controls",
    "end_of_attempt",
    "every_type",
    "heard",
    "left_on_the_machine",
    "machine_check",
    "new_type",
    "photos",
    "practice",
    "scenes",
    "set_aside",
    "silent_loss",
    "slow_network",
    "standstill",
    "store_of_the_page",
    "surroundings",
    "time_of_attempt",
    "written",
)
STAFF = (
    "authoring",
    "cases",
    "courses",
    "desk",
    "desk_for_many",
    "exchange",
    "items",
    "key_changes",
    "media",
)
LEFT_OUT = {
    # Without a window it has no second clipboard, and falls over what is selected by mouse or by Shift.
    "test_a_polygon_is_closed_at_its_first_corner_and_one_that_is_open_is_not_lost",
    "test_an_author_draws_hazards_and_a_candidate_marks_them_without_network",
}
"""What ends this build of Chromium 90 for reasons that are none of the pages'."""


@pytest.fixture(scope="module")
def oldest():
    """The program of Chromium 90."""
    return old_chromium.program(old_chromium.OLDEST)


@pytest.mark.parametrize("name", [*CANDIDATE, *STAFF])
def test_a_file_of_browser_tests_passes_in_it(oldest, name):
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-m", "not long"]
    left_out = " or ".join(sorted(LEFT_OUT))
    walked = subprocess.run(
        [*command, "-k", f"not ({left_out})", f"tests/browser/test_{name}.py"],
        cwd=ROOT,
        env={**os.environ, old_chromium.CHROMIUM: str(oldest)},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert walked.returncode == 0, walked.stdout


def test_it_is_what_it_says(playwright, oldest):
    browser = playwright.chromium.launch(executable_path=oldest, args=[*ARGUMENTS, *old_chromium.ARGUMENTS])
    page = browser.new_page()
    assert browser.version == old_chromium.OLDEST.chromium
    # What came with 92, 98 and 110 is not there: nothing lends it to our pages.
    assert page.evaluate("[[].at, self.structuredClone, [].toSorted].every((each) => !each)")
    browser.close()


@pytest.mark.parametrize("path", ["machine-check", "attempt"])
def test_a_real_chromium_before_it_is_told_so_at_the_check_and_before_signing_in(
    playwright, address, shot, path
):
    browser = playwright.chromium.launch(
        executable_path=old_chromium.program(old_chromium.TOO_OLD), args=[*ARGUMENTS, *old_chromium.ARGUMENTS]
    )
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{address}/exam/{path}?lang=en")
    expect(page.locator("#machine-check")).to_have_attribute("data-verdict", "warn", timeout=20_000)
    line = page.locator("#check-browser" if path == "machine-check" else "#check-verdict")
    expect(line).to_contain_text("Chromium 89")
    expect(line).to_contain_text("Chromium 90")
    shot(page, f"too-old-{path}")
    browser.close()
