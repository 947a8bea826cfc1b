"""The practice page: what can happen in an exam, tried beforehand; nothing leaves the machine."""

import pytest
from playwright.sync_api import expect

from tests.browser.sitting_down import ENDED, PAUSED, WORKING, begin, expect_state, part
from tests.browser.usable import require_usable
from trainhub.exams.bank.content import SETTABLE

pytestmark = pytest.mark.browser


def practice(page, name):
    """A trial; on a telephone they are folded, and unfolded here."""
    found = page.locator(f'[data-practice="{name}"]')
    if not found.is_visible():
        page.locator('[data-practice="trials"] summary').click()
    return found


@pytest.fixture
def page(context, address):
    """A candidate at practice, working."""
    page = context.new_page()
    page.goto(f"{address}/exam/practice")
    begin(page)
    return page


def test_practice_sends_nothing_to_the_server(context, address):
    page = context.new_page()
    page.goto(f"{address}/exam/practice")
    expect(part(page, "start")).to_be_enabled()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    begin(page)
    page.keyboard.press("T")
    expect_state(page, "saved")
    part(page, "hand-in").click()
    part(page, "hand-in-now").click()
    expect(page.locator(ENDED)).to_be_visible()
    assert asked == []


def test_the_plug_can_be_pulled_and_the_answers_survive_a_reload(page, shot):
    page.keyboard.press("T")
    expect_state(page, "saved")
    expect(part(page, "announced")).to_be_empty()
    practice(page, "plug").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F")
    expect_state(page, "offline")
    expect(part(page, "announced")).not_to_be_empty()
    expect(part(page, "map").locator(".is-unsaved")).to_have_count(1)
    shot(page, "unplugged")

    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    expect_state(page, "saved")
    expect(part(page, "map").locator(".is-answered")).to_have_count(2)


def test_on_a_telephone_the_trials_are_one_line_above_the_question(page, shot):
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    expect(page.locator('[data-practice="plug"]')).to_be_hidden()
    assert page.locator(".exam-practice").bounding_box()["height"] < 60
    shot(page, "telephone")
    practice(page, "plug").click()
    expect_state(page, "offline")


def test_a_pause_covers_the_question_and_the_time_stands_still(page, shot):
    stem = part(page, "stem").inner_text()
    practice(page, "pause").click()
    expect(page.locator(PAUSED)).to_be_visible()
    expect(page.get_by_text(stem)).to_be_hidden()
    expect(part(page, "paused")).to_be_focused()
    time = part(page, "clock").inner_text()
    page.wait_for_timeout(1600)
    assert part(page, "clock").inner_text() == time
    shot(page, "paused")

    practice(page, "pause").click()
    expect(page.locator(WORKING)).to_be_visible()
    expect(part(page, "said")).not_to_be_empty()


@pytest.mark.parametrize(("seconds", "minutes"), [("905", "15"), ("305", "5"), ("65", "1")])
def test_the_last_minutes_are_announced_to_eye_and_ear(page, seconds, minutes):
    practice(page, "time").select_option(seconds)
    expect(part(page, "said")).to_contain_text(minutes, timeout=10_000)
    assert part(page, "said").get_attribute("aria-live") == "assertive"


def test_at_the_end_of_the_time_the_page_hands_in_by_itself(page):
    page.keyboard.press("T")
    expect_state(page, "saved")  # its acknowledgement still carries the old end
    practice(page, "time").select_option("5")
    expect(page.locator(ENDED)).to_be_visible(timeout=20_000)
    expect(part(page, "late")).to_be_hidden()
    expect(part(page, "left")).to_be_hidden()


def test_answers_sent_after_the_end_are_called_late_and_not_simply_received(page, shot):
    practice(page, "time").select_option("5")
    practice(page, "plug").click()
    page.keyboard.press("T")
    expect(part(page, "over")).to_be_visible(timeout=15_000)
    expect(part(page, "options").locator("input").first).to_be_disabled()
    expect(part(page, "over")).to_contain_text("1")
    page.keyboard.press("F")
    expect(part(page, "options").locator("input:checked")).to_have_value("T")
    shot(page, "over-unplugged")

    practice(page, "plug").click()
    expect(page.locator(ENDED)).to_be_visible(timeout=20_000)
    expect(part(page, "late")).to_have_attribute("data-state", "provisional")
    shot(page, "late")


def test_what_was_said_before_is_not_left_standing_beside_a_pause_or_the_end(page):
    for _times in range(2):
        practice(page, "pause").click()
        expect(page.locator(PAUSED)).to_be_visible()
        practice(page, "pause").click()
        expect(part(page, "said")).not_to_be_empty()
    practice(page, "pause").click()
    expect(page.locator(PAUSED)).to_be_visible()
    expect(part(page, "said")).to_be_empty(timeout=2_000)
    practice(page, "pause").click()
    expect(page.locator(WORKING)).to_be_visible()

    practice(page, "time").select_option("65")
    expect(part(page, "said")).to_contain_text("1", timeout=10_000)
    practice(page, "plug").click()
    practice(page, "time").select_option("5")
    expect(part(page, "over")).to_be_visible(timeout=15_000)
    expect(part(page, "said")).to_be_empty(timeout=2_000)


def test_the_receipt_fits_a_small_phone_in_the_largest_letters(page, shot):
    page.set_viewport_size({"width": 320, "height": 640})
    while part(page, "larger").is_enabled():
        part(page, "larger").click()
    part(page, "hand-in").click()
    part(page, "hand-in-now").click()
    expect(page.locator(ENDED)).to_be_visible()
    require_usable(page)
    shot(page, "ended-320")


def test_the_map_is_one_stop_of_the_tabulator_and_moves_by_arrows(page):
    page.keyboard.press("m")
    expect(part(page, "map").locator("button").nth(0)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    last_but_one = part(page, "map").locator("button").count() - 1
    expect(part(page, "map").locator("button").nth(last_but_one - 1)).to_be_focused()
    assert part(page, "map").locator("button[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(part(page, "position")).to_contain_text(str(last_but_one))
    expect(part(page, "heading")).to_be_focused()


def test_everything_can_be_done_by_keyboard_alone(page):
    for _question in range(8):
        page.keyboard.press("1")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("g")
    expect(part(page, "map").locator(".is-answered")).to_have_count(8)
    write(page, "G", "M")
    page.keyboard.press("Enter")
    write(page, "0.75")
    page.keyboard.press("Tab")
    page.keyboard.press("h")
    expect(part(page, "map").locator(".is-answered")).to_have_count(10)
    expect(part(page, "map").locator(".is-flagged")).to_have_count(1)
    part(page, "hand-in").focus()
    page.keyboard.press("Enter")
    expect(part(page, "go-back")).to_be_focused()
    page.keyboard.press("Escape")
    expect(part(page, "hand-in")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(ENDED)).to_be_visible()
    expect(part(page, "ended")).to_be_focused()


def write(page, *texts):
    """Go to the first field by the tabulator alone, write, and on from text to text by Enter."""
    while page.evaluate("document.activeElement.type") != "text":
        page.keyboard.press("Tab")
    for number, text in enumerate(texts):
        if number:
            page.keyboard.press("Enter")
        page.keyboard.type(text)
    if len(texts) > 1:
        page.keyboard.press("Enter")
        expect(part(page, "next")).to_be_focused()


def test_letter_keys_can_be_switched_off_for_voice_control(page):
    part(page, "keys").click()
    page.keyboard.press("T")
    expect(part(page, "map").locator(".is-answered")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(part(page, "position")).to_contain_text("2")


def test_a_type_that_the_page_does_not_know_is_said_and_not_left_empty(context, address, shot):
    page = context.new_page()
    page.goto(f"{address}/exam/practice")
    page.evaluate(
        """() => { const root = document.getElementById("exam");
        const all = JSON.parse(root.dataset.questions); all[0].type = "hologram";
        sessionStorage.setItem("questions", JSON.stringify(all)); }"""
    )
    page.add_init_script(
        """document.addEventListener("readystatechange", () => {
        const kept = sessionStorage.getItem("questions");
        if (kept) document.getElementById("exam").dataset.questions = kept; });"""
    )
    page.reload()
    begin(page)
    expect(part(page, "unknown")).to_be_visible()
    shot(page, "unknown-type")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("T")
    expect(part(page, "map").locator(".is-answered")).to_have_count(1)


VOICE = """(isLocal, language = "zh-CN") => {
    window.said = [];
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    const voices = [{ lang: language, localService: isLocal }];
    const voice = { getVoices: () => voices, speak: (words) => window.said.push(words.text),
        cancel: () => window.said.push("-"), addEventListener() {} };
    Object.defineProperty(window, "speechSynthesis", { value: voice });
}"""


EACH_IN_ITS_LANGUAGE = """async () => {
    const { Reader } = await import("/static/js/delivery-speech.js");
    const button = document.createElement("button");
    const reader = new Reader(button, "en", {});
    reader.voices.push({ lang: "en-GB", localService: true });
    const spoken = ["有权停止作业。", "A. Stop work"].map((each) => reader.voiceOf(each).lang);
    reader.voices.splice(0, 1);
    reader.offer(["Question 1", "有权停止作业。"]);
    return [...spoken, !button.hidden];
}"""


def test_a_question_is_read_aloud_with_its_options_and_silent_when_the_page_is_turned(context, address):
    page = context.new_page()
    page.add_init_script(f"({VOICE})(true)")
    page.goto(f"{address}/exam/practice")
    begin(page)
    for _question in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    stem, options = part(page, "stem").inner_text(), page.locator(".exam-option-text").all_inner_texts()
    said = page.evaluate("window.said")
    assert said[-5:] == [stem, *(f"{letter}. {text}" for letter, text in zip("ABCD", options, strict=True))]
    expect(part(page, "read")).to_have_class("is-on")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.said")[-1] == "-"
    expect(part(page, "read")).not_to_have_class("is-on")
    assert page.evaluate(f"({EACH_IN_ITS_LANGUAGE})()") == ["zh-CN", "en-GB", False]


def test_a_voice_of_linux_that_calls_its_chinese_cmn_reads_too(context, address):
    page = context.new_page()
    page.add_init_script(f'({VOICE})(true, "cmn")')
    page.goto(f"{address}/exam/practice")
    begin(page)
    page.keyboard.press("r")
    assert part(page, "stem").inner_text() in page.evaluate("window.said")


def test_a_voice_on_a_strangers_server_is_never_given_a_question(context, address):
    page = context.new_page()
    page.add_init_script(f"({VOICE})(false)")
    page.goto(f"{address}/exam/practice")
    begin(page)
    expect(part(page, "read")).to_be_hidden()
    page.keyboard.press("r")
    assert page.evaluate("window.said") == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_screen_and_axe_finds_nothing_serious(context, address, shot, width, language):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/exam/practice?lang={language}")
    expect(part(page, "start")).to_be_enabled()
    shot(page, f"waiting-{width}-{language}")
    begin(page)
    for _question in range(7):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    page.keyboard.press("g")
    require_usable(page)
    shot(page, f"working-{width}-{language}")
    for _step in range(3):
        part(page, "larger").click()
    part(page, "contrast").click()
    require_usable(page)
    shot(page, f"large-{width}-{language}")


@pytest.mark.parametrize("width", [390, 1024])
def test_what_is_said_has_room_beside_a_lost_connection(context, address, shot, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/exam/practice?lang=en")
    begin(page)
    for _step in range(3 if width == 390 else 0):
        part(page, "larger").click()
    practice(page, "plug").click()
    page.keyboard.press("T")
    expect_state(page, "offline")
    practice(page, "time").select_option("305")
    expect(part(page, "said")).to_contain_text("5", timeout=10_000)
    shot(page, f"said-{width}")
    said, clock = part(page, "said").bounding_box(), part(page, "clock").bounding_box()
    assert said["width"] > 240
    assert width - 20 <= clock["x"] + clock["width"] <= width
    # What stays while the page is moved leaves most of the screen to the question.
    assert page.locator(".exam-status").bounding_box()["height"] < 800 / 4
    require_usable(page)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_type_fits_a_telephone_at_the_largest_size_in_high_contrast(context, address, shot, language):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/exam/practice?lang={language}")
    begin(page)
    for _step in range(3):
        part(page, "larger").click()
    part(page, "contrast").click()
    shown = set()
    for number in range(1, part(page, "map").locator("button").count() + 1):
        kind = part(page, "type").inner_text()
        if kind not in shown:
            shown.add(kind)
            require_usable(page)
            shot(page, f"largest-{number}-{language}")
        page.keyboard.press("PageDown")
        part(page, "heading").focus()
    # A case is shown by the questions of which it is made.
    assert len(shown) == len(SETTABLE) - 1


def test_at_twice_the_size_nothing_is_cut_off(context, address):
    page = context.new_page()
    page.set_viewport_size({"width": 640, "height": 400})
    page.goto(f"{address}/exam/practice")
    begin(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    part(page, "hand-in").scroll_into_view_if_needed()
    expect(part(page, "hand-in")).to_be_in_viewport()
