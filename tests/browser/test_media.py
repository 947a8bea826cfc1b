"""Files, formulas and hazards in a browser: drawn by the author, marked by the candidate without network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.at_the_bank import make_place, signed_in
from tests.browser.sitting_down import attempt_of, expect_state, part, sit_down
from tests.browser.usable import require_usable
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.models import Item
from trainhub.exams.bank.vault import body_of
from trainhub.exams.delivery.reading import final_responses
from trainhub.exams.marking.computing import mark_items
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.kernel.db import db
from trainhub.kernel.resources import PACKAGE
from trainhub.people.persons import id_number_of

pytestmark = pytest.mark.browser

MEDIA = PACKAGE / "demo" / "media"
CODE = "P-MEDIA"
SAID_EN = "p equals capital F over capital S is less than 力 over 面积"
SAID = "p 等于 大写 S 分之 大写 F 小于 面积 分之 力"


@pytest.fixture
def place(app):
    return make_place()


def drag(page, start, end):
    box = page.locator(".draw-stage img").bounding_box()
    at = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=4)
    page.mouse.up()


def write_hazards(page, address, bank, shot):
    """Draw a rectangle by mouse and an ellipse by keys, look at the preview, write it down."""
    page.goto(f"{address}/exam/bank/{bank}/items/new")
    page.select_option("#type", "hazard_spotting")
    page.fill("#stem", "请标出图中的隐患。")
    page.set_input_files("#file-0", MEDIA / "workshop.png")
    page.fill("#file-description-0", "车间示意图")
    page.locator(".draw-stage").scroll_into_view_if_needed()
    drag(page, (0.31, 0.56), (0.38, 0.66))
    page.keyboard.type("未戴安全帽")
    page.locator('[data-shape="ellipse"]').click()
    page.locator(".draw-stage").focus()
    for keys in (
        ["Shift+ArrowLeft"] * 7 + ["Enter"],
        ["Shift+ArrowLeft", "Shift+ArrowDown", "ArrowDown", "Enter"],
    ):
        for key in keys:
            page.keyboard.press(key)
    page.keyboard.type("砂轮无防护罩")
    require_usable(page)
    shot(page, "drawing")
    page.locator('button[name="preview"]').click()
    expect(page.locator("#preview .scene-area")).to_have_count(2)
    shot(page, "preview")
    page.locator("form[data-question] button.button-primary").click()
    expect(page.locator(".item-text .scene-area")).to_have_count(2)


def write_gauge(page, address, bank, shot):
    """A choice with layout and a formula, by its buttons, and a picture below the question."""
    page.goto(f"{address}/exam/bank/{bank}/items/new")
    page.select_option("#type", "single")
    assert page.locator("#answer-hint").inner_text().strip() == "单选题：一个字母，如 B"
    page.fill("#stem", "当前读数 < 2 MPa，是多少？")
    page.locator("#stem").evaluate("(area) => area.setSelectionRange(0, 4)")
    page.locator("#stem").locator("xpath=..").locator("button").first.click()
    page.locator("#stem").evaluate("(area) => area.setSelectionRange(area.value.length, area.value.length)")
    page.locator("#stem").locator("xpath=..").get_by_role("button", name="公式").click()
    page.keyboard.type("p = \\frac{F}{S}<\\frac{力}{面积}")
    page.fill("#options", "0.6 MPa\n1.2 × 10<sup>6</sup> Pa\n\\[\\sum_{i=1}^n\\sqrt{x_i}\\]")
    page.fill("#answer", "B")
    page.locator('button[name="preview"]').click()
    expect(page.locator("#preview svg.formula")).to_have_attribute("aria-label", SAID)
    page.set_input_files("#file-0", MEDIA / "pressure-gauge.png")
    page.fill("#file-description-0", "压力表")
    page.locator("form[data-question] button.button-primary").click()
    expect(page.get_by_role("img", name=SAID)).to_be_visible()
    expect(page.locator(".item-stem strong")).to_have_text("当前读数")
    expect(page.locator(".item-stem")).to_contain_text("< 2 MPa")
    assert (
        page.locator(".item-stem img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") == 420
    )
    require_usable(page)
    shot(page, "gauge")


def test_an_author_draws_hazards_and_a_candidate_marks_them_without_network(
    app, context, client, address, place, shot
):
    page = signed_in(context, client, address, place[1])
    write_hazards(page, address, place[0], shot)
    write_gauge(page, address, place[0], shot)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/exam/bank/{place[0]}/items/new?lang=en")
    page.select_option("#type", "hazard_spotting")
    require_usable(page)
    shot(page, "form-390-en")
    page.close()

    items = {item.type: item for item in db.session.scalars(select(Item))}
    bodies = {kind: body_of(item.versions[-1]) for kind, item in items.items()}
    scene = bodies[ItemType.HAZARD_SPOTTING].detail
    assert [(region.name, region.is_ellipse) for region in scene.regions] == [
        ("未戴安全帽", False),
        ("砂轮无防护罩", True),
    ]
    asked_for = tuple(
        PaperItem(number, items[kind].code, 1, kind, 4, bodies[kind])
        for number, kind in enumerate(bodies, start=1)
    )
    paper = PaperContent(CODE, "SAFETY-MANAGER", 60, 4, asked_for)
    sitting = make_seated_sitting(paper_code=CODE)
    app.extensions.setdefault("opened-papers", {})[(CODE, sitting.code)] = paper
    candidate = make_seated_candidate(sitting, 3)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    admitted = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()

    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    asked = []
    page.on("response", lambda answer: asked.append(answer) if "/form/" in answer.url else None)
    sit_down(page, address, admitted)
    page.wait_for_function("() => document.querySelectorAll('.exam-file[src]').length > 0")
    for _wait in range(100):
        if len(asked) == 3:
            break
        page.wait_for_timeout(50)
    assert {answer.headers["content-type"] for answer in asked[1:]} == {"image/png"}
    context.set_offline(True)
    for _question in bodies:
        if page.locator(".exam-stage").count():
            box = page.locator(".exam-stage").bounding_box()
            for x, y in ((0.34, 0.6), (0.9, 0.1)):
                page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
            shot(page, "marked")
            require_usable(page)
            page.set_viewport_size({"width": 390, "height": 800})
            require_usable(page)
            shot(page, "marked-390")
            page.set_viewport_size({"width": 1280, "height": 800})
        else:
            assert (
                part(page, "stem")
                .locator("img")
                .evaluate("(img) => img.decode().then(() => img.naturalWidth)")
                == 420
            )
            formula = part(page, "stem").get_by_role("img", name=SAID_EN)
            height = formula.evaluate("(svg) => svg.querySelector('path').getBoundingClientRect().height")
            assert height > 10 and part(page, "options").locator("svg.equation").count() == 1
            page.keyboard.press("A")
            require_usable(page)
            shot(page, "choice")
            page.set_viewport_size({"width": 390, "height": 800})
            require_usable(page)
            shot(page, "choice-390")
            page.set_viewport_size({"width": 1280, "height": 800})
        if part(page, "next").is_enabled():
            part(page, "next").click()
    expect_state(page, "offline")
    context.set_offline(False)
    expect_state(page, "saved")
    number = next(n for n, item in enumerate(paper.items, start=1) if item.type == "hazard_spotting")
    responses = final_responses(attempt_of(admitted))
    assert len(responses[number]) == 2
    marks = {each.number: each.given for each in mark_items(paper, responses)}
    assert marks[number] == 1  # one of two hit, half of one off for the false mark: a quarter of 4
