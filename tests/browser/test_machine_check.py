"""The machine check: which machines can hold the exam; a browser that cannot is told before it, in words."""

import pytest
from playwright.sync_api import expect

from tests.browser.usable import require_usable

pytestmark = pytest.mark.browser

WITHOUT_MODULES = "delete HTMLScriptElement.prototype.noModule;"
WITHOUT_STORE = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('not here'); } });"
VERDICT = "#machine-check"
LINES = """(all) => all.map((each) => {
  const words = document.createRange();
  words.selectNodeContents(each);
  return words.getBoundingClientRect().height / parseFloat(getComputedStyle(each).lineHeight);
})"""


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_good_machine_is_told_so_line_by_line(context, address, shot, width, language):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/exam/machine-check?lang={language}")
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "good", timeout=20_000)
    expect(page.locator("#check-rows tr")).to_have_count(16)
    expect(page.locator("#check-rows [data-state=bad]")).to_have_count(0)
    # No word of a line's state is broken into pieces on a phone.
    assert max(page.locator(".check-state").evaluate_all(LINES)) < 1.5
    heads = page.locator("thead th").evaluate_all(
        "(all) => all.map((each) => each.scrollWidth - each.clientWidth)"
    )
    assert max(heads) <= 0
    page.keyboard.press("x")
    expect(page.locator("#check-keyboard")).to_have_attribute("data-state", "good")
    require_usable(page)
    shot(page, f"good-{width}-{language}")


def test_a_browser_without_modules_is_told_in_words_and_before_signing_in_too(context, address, shot):
    page = context.new_page()
    page.add_init_script(WITHOUT_MODULES)
    page.route(
        "**/delivery-check-module.js*", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    page.goto(f"{address}/exam/machine-check")
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "bad", timeout=20_000)
    expect(page.locator("#check-modules")).to_have_attribute("data-state", "bad")
    shot(page, "old-browser")

    page.goto(f"{address}/exam/attempt")
    expect(page.locator(VERDICT)).to_be_visible()
    shot(page, "old-browser-entering")


CHROMIUM_88 = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/88.0.4324.150 Safari/537.36"
FIREFOX_102 = "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0"


@pytest.mark.parametrize(
    "agent, told",
    [(CHROMIUM_88, ["Chromium 88", "Chromium 90"]), (FIREFOX_102, ["Firefox 102", "Firefox 115"])],
    ids=["chromium", "firefox"],
)
@pytest.mark.parametrize("path", ["machine-check", "attempt"])
def test_a_browser_older_than_those_the_exam_is_tried_with_is_told_so_at_the_check_and_before_signing_in(
    browser, address, shot, agent, told, path
):
    page = browser.new_context(user_agent=agent, viewport={"width": 390, "height": 800}).new_page()
    page.goto(f"{address}/exam/{path}?lang=en")
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "warn", timeout=20_000)
    line = page.locator("#check-browser" if path == "machine-check" else "#check-verdict")
    expect(line).to_be_visible()
    for each in told:
        expect(line).to_contain_text(each)
    require_usable(page)
    shot(page, f"older-{path}")


@pytest.mark.parametrize("path", ["machine-check", "attempt"])
def test_the_oldest_browsers_that_the_exam_is_tried_with_are_told_nothing(browser, address, path):
    for agent in (CHROMIUM_88.replace("/88.", "/90."), FIREFOX_102.replace("102.0", "115.0")):
        page = browser.new_context(user_agent=agent).new_page()
        page.goto(f"{address}/exam/{path}")
        expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "good", timeout=20_000)


@pytest.mark.parametrize("lacking", ["Element.prototype.replaceChildren", "window.HTMLDialogElement"])
def test_a_browser_that_reads_the_scripts_but_lacks_what_they_call_is_told_before_the_exam(
    context, address, lacking
):
    page = context.new_page()
    page.add_init_script(f"delete {lacking};")
    for path in ("machine-check", "attempt"):
        page.goto(f"{address}/exam/{path}")
        expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "bad", timeout=20_000)
        expect(page.locator(VERDICT)).to_be_visible()


def test_a_browser_that_keeps_nothing_gets_a_remark(context, address):
    page = context.new_page()
    page.add_init_script(WITHOUT_STORE)
    page.goto(f"{address}/exam/machine-check")
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "warn", timeout=20_000)
    expect(page.locator("#check-journal")).to_have_attribute("data-state", "warn")


def test_a_clock_that_is_wrong_is_told_and_does_not_matter_to_the_exam(context, address):
    page = context.new_page()
    page.add_init_script("const now = Date.now; Date.now = () => now() + 600000;")
    page.goto(f"{address}/exam/machine-check")
    expect(page.locator("#check-clock")).to_have_attribute("data-state", "warn", timeout=20_000)
    expect(page.locator("#check-clock")).to_contain_text("600")


def test_without_the_server_the_check_says_so(context, address):
    page = context.new_page()
    page.route("**/machine-check/time", lambda route: route.abort())
    page.goto(f"{address}/exam/machine-check")
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "bad", timeout=20_000)
    expect(page.locator("#check-connection")).to_have_attribute("data-state", "bad")


def test_the_page_where_candidates_sign_in_says_nothing_to_a_good_browser(context, address, shot):
    page = context.new_page()
    page.goto(f"{address}/exam/attempt")
    expect(page.locator(VERDICT)).to_have_attribute("data-verdict", "good", timeout=20_000)
    expect(page.locator(VERDICT)).to_be_hidden()
    require_usable(page)
    shot(page, "entering")


def test_an_exam_page_that_breaks_while_it_shows_the_paper_says_so_and_does_not_just_stand_there(
    context, address
):
    page = context.new_page()
    page.add_init_script("delete Element.prototype.replaceChildren;")
    page.goto(f"{address}/exam/practice")
    expect(page.locator("#exam-not-loaded")).to_be_hidden()
    page.locator('[data-part="start"]').click()
    expect(page.locator("#exam-not-loaded")).to_be_visible()


def test_an_exam_page_whose_scripts_do_not_come_to_life_says_so(context, address):
    page = context.new_page()
    page.clock.install()
    page.route("**/delivery-journal.js", lambda route: route.abort())
    page.goto(f"{address}/exam/practice")
    said = page.locator("#exam-not-loaded")
    for _try in range(10):
        page.clock.run_for(21_000)
        page.wait_for_load_state()
        if said.is_visible():
            break
    expect(said).to_be_visible()
