"""The exam in a real Firefox ESR: answer, lose the server, reload, hand in."""

import pytest

from tests.browser.firefox import Firefox
from tests.browser.sitting_down import attempt_of, stored

pytestmark = pytest.mark.browser

STATE = "document.querySelector('[data-part=saving]').dataset.state"
WORKING = "!document.querySelector('[data-view=working]').hidden"


@pytest.fixture
def firefox(tmp_path):
    browser = Firefox(tmp_path / "profile")
    yield browser
    browser.close()


def test_an_exam_with_a_cut_and_a_reload_in_the_middle(firefox, address, admitted):
    firefox.go(f"{address}/exam/attempt")
    fill = "document.querySelector(arguments[0]).value = arguments[1]"
    firefox.run(fill, "#ticket_number", admitted[0])
    firefox.run(fill, "#last_six", admitted[1])
    firefox.click("main button[type=submit]")
    firefox.wait_for("document.querySelector('[data-part=start]:enabled')")
    firefox.click("[data-part=start]")
    firefox.wait_for(WORKING)
    firefox.press("T")
    firefox.wait_for(f"{STATE} === 'saved'")
    assert stored(admitted) == {1: "T"}

    firefox.run("window.fetch = () => Promise.reject(new TypeError('cut'))")
    firefox.press("ArrowRight", "F")
    firefox.wait_for(f"{STATE} === 'offline'")
    assert stored(admitted) == {1: "T"}
    firefox.call("WebDriver:Refresh", {})
    firefox.wait_for(WORKING)
    firefox.wait_for(f"{STATE} === 'saved'")
    assert stored(admitted) == {1: "T", 2: "F"}

    firefox.click("[data-part=hand-in]")
    firefox.wait_for("document.querySelector('dialog').open")
    firefox.click("[data-part=hand-in-now]")
    firefox.wait_for("!document.querySelector('[data-view=ended]').hidden")
    assert attempt_of(admitted).state == "handed_in"


def test_the_machine_check_finds_everything_that_the_exam_needs(firefox, address):
    firefox.go(f"{address}/exam/machine-check")
    firefox.wait_for("document.getElementById('machine-check').dataset.verdict")
    assert firefox.run("return document.getElementById('machine-check').dataset.verdict") == "good"
