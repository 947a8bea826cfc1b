"""Authors and reviewers in a browser: hazards of a film at the player, and what comes of them in the exam."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.at_the_bank import make_place, signed_in
from tests.browser.sitting_down import attempt_of, expect_state, part, sit_down
from tests.browser.usable import require_usable
from tests.browser.walking import DESK
from tests.factories.bank import make_body
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from trainhub.exams import delivery
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.items import Draft, newest_version, revise_item, submit, write_item
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.vault import body_of
from trainhub.exams.delivery.reading import final_responses
from trainhub.exams.marking.computing import mark_items
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.people.persons import id_number_of

pytestmark = pytest.mark.browser

CODE = "P-FILM"
FILM = "video.item-file"


@pytest.fixture
def place(app):
    return make_place()


def look(page, shot, name, widths=(1280, 390)):
    """Look at a page at some widths."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        require_usable(page)
        shot(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 800})


def seek(page, selector, seconds):
    """Bring a film to a moment, as its time line does."""
    page.locator(selector).evaluate(
        "(film, to) => new Promise((done) => {"
        " film.addEventListener('seeked', done, { once: true }); film.currentTime = to; })",
        seconds,
    )


def write_film(page, address, bank, film_file, shot):
    """Mark one hazard by buttons and one by keys, mend a time, and write the question down."""
    page.goto(f"{address}/exam/bank/{bank}/items/new")
    page.select_option("#type", "hazard_spotting")
    page.fill("#stem", "请在视频中标出隐患出现的时刻。")
    page.set_input_files("#file-0", film_file)
    page.fill("#file-description-0", "行车吊运")
    film = f".film-stage {FILM}"
    page.wait_for_function("() => document.querySelector('.film-stage video').readyState > 1")
    seek(page, film, 2)
    page.get_by_role("button", name="(B)").click()
    seek(page, film, 4)
    page.get_by_role("button", name="(E)").click()
    page.keyboard.type("未系安全带")
    seek(page, film, 6)
    page.locator(".film-stage").focus()
    for key in ("Shift+ArrowRight", "b", "ArrowRight", "ArrowRight", "e"):
        page.keyboard.press(key)
    page.keyboard.type("吊物下站人")
    expect(page.locator("#regions")).to_have_value("未系安全带: 2-4 s\n吊物下站人: 6.1-8.1 s")
    page.locator(".film-moment").last.fill("8.5")
    page.locator(".film-moment").last.press("Tab")
    expect(page.locator(".film-piece")).to_have_count(2)
    look(page, shot, "film-author")
    page.locator("form[data-question] button.button-primary").click()
    expect(page.locator(".item-text .scene-film rect")).to_have_count(2)


def test_a_polygon_is_closed_at_its_first_corner_and_one_that_is_open_is_not_lost(
    app, context, client, address, place, tmp_path
):
    picture = tmp_path / "workshop.png"
    picture.write_bytes(WORKSHOP.content)
    page = signed_in(context, client, address, place[1])
    page.goto(f"{address}/exam/bank/{place[0]}/items/new")
    page.select_option("#type", "hazard_spotting")
    page.fill("#stem", "请标出图中的隐患。")
    page.set_input_files("#file-0", picture)
    page.fill("#file-description-0", "车间")
    page.wait_for_function("() => document.querySelector('.draw-stage img').naturalWidth > 0")
    page.locator("[data-shape=polygon]").click()

    def corner(across, down):
        box = page.locator(".draw-stage img").bounding_box()
        at = {"x": box["width"] * across, "y": box["height"] * down}
        page.locator(".draw-stage").click(position=at)

    for at in ((0.5, 0.2), (0.7, 0.2), (0.6, 0.5), (0.503, 0.205)):
        corner(*at)
    expect(page.locator(".draw-list li")).to_have_count(1)
    for at in ((0.1, 0.2), (0.3, 0.2), (0.2, 0.5)):
        corner(*at)
    page.locator("form[data-question] button.button-primary").click()
    page.wait_for_url("**/items/Q-*")
    regions = body_of(db.session.scalars(select(Item)).one().versions[-1]).detail.regions
    assert [len(each.corners) for each in regions] == [3, 3]


def test_a_finger_scrolls_past_a_tall_picture_and_taps_corners(
    app, context, client, address, place, tmp_path
):
    picture = tmp_path / "tall.png"
    Image.new("RGB", (300, 900), "white").save(picture)
    phone = context.browser.new_context(
        viewport={"width": 390, "height": 560}, has_touch=True, is_mobile=True, ignore_https_errors=True
    )
    page = signed_in(phone, client, address, place[1])
    page.goto(f"{address}/exam/bank/{place[0]}/items/new")
    page.select_option("#type", "hazard_spotting")
    page.set_input_files("#file-0", picture)
    page.wait_for_function("() => document.querySelector('.draw-stage img').naturalWidth > 0")
    page.locator(".draw-stage").scroll_into_view_if_needed()
    page.locator(".draw-stage").evaluate(
        "stage => window.scrollBy(0, stage.getBoundingClientRect().top + 20)"
    )
    box = page.locator(".draw-stage img").bounding_box()
    assert box["height"] >= 560, "the picture fills the screen"
    before = page.evaluate("() => window.scrollY")

    finger = phone.new_cdp_session(page)
    for y in range(460, 60, -20):
        kind = "touchStart" if y == 460 else "touchMove"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": 100, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"() => window.scrollY > {before + 200}")

    expect(page.locator(".draw-list li")).to_have_count(0)
    page.locator(".draw-stage").evaluate(
        "stage => window.scrollBy(0, stage.getBoundingClientRect().top + 20)"
    )
    box = page.locator(".draw-stage img").bounding_box()
    for across, down in ((0.2, 0.3), (0.6, 0.6)):
        page.touchscreen.tap(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    expect(page.locator(".draw-list li")).to_have_count(1)
    shape, *corners = page.locator("#regions").input_value().rpartition(": ")[2].split()
    assert shape == "rectangle" and len(corners) == 2
    phone.close()


def test_hazards_are_drawn_on_the_picture_that_replaces_the_old_one(
    app, context, client, address, place, tmp_path
):
    with transaction():
        author, bank = db.session.get_one(Person, place[1]), db.session.scalars(select(Bank)).one()
        bring(bank, WORKSHOP, by=author)
        code = write_item(bank, Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING), by=author).code
    db.session.rollback()
    picture = tmp_path / "other.png"
    Image.new("RGB", (320, 200), "white").save(picture)
    page = signed_in(context, client, address, place[1])
    page.goto(f"{address}/exam/bank/items/{code}")
    width = "() => (document.querySelector('.draw-stage img') || {}).naturalWidth"
    page.wait_for_function(f"{width.replace('=> ', '=> 0 < ')}")

    page.set_input_files("#file-0", picture)
    assert page.evaluate(width) != 320, "the old picture still holds the hazards"
    page.locator("[name=medium_gone]").check()
    page.wait_for_function(f"{width.replace('=> ', '=> 320 === ')}")


def make_admitted(app, item):
    """A candidate whom the desk let in to a paper of one film."""
    body = body_of(item.versions[-1])
    paper = PaperContent(
        CODE, "SAFETY-MANAGER", 60, 2, (PaperItem(1, item.code, 1, ItemType.HAZARD_SPOTTING, 4, body),)
    )
    sitting = make_seated_sitting(paper_code=CODE)
    app.extensions.setdefault("opened-papers", {})[(CODE, sitting.code)] = paper
    candidate = make_seated_candidate(sitting, 3)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    admitted = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return paper, admitted


def test_hazards_of_a_film_are_marked_at_the_player_and_found_again_by_a_candidate(
    app, context, client, address, place, film_file, shot
):
    page = signed_in(context, client, address, place[1])
    write_film(page, address, place[0], film_file, shot)
    page.close()
    item = db.session.scalars(select(Item)).one()
    regions = body_of(item.versions[-1]).detail.regions
    assert [(each.name, each.from_ms, each.to_ms) for each in regions] == [
        ("未系安全带", 2000, 4000),
        ("吊物下站人", 6100, 8500),
    ]
    paper, admitted = make_admitted(app, item)

    page = context.new_page()
    sit_down(page, address, admitted)
    film, marks = "video.exam-file", page.locator(".exam-marks li")
    page.wait_for_function("() => (document.querySelector('video.exam-file') || {}).readyState > 1")
    context.set_offline(True)
    play, now = (page.locator(".exam-film-controls button").nth(number) for number in (0, 1))
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('video.exam-file').currentTime > 0.2")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # a false mark while it plays
    expect(marks).to_have_count(1)
    play.click()
    assert page.locator(film).evaluate("(film) => film.paused")
    page.locator(film).focus()
    page.keyboard.press("g")  # on the film the keys are the player's
    expect(part(page, "flag")).not_to_have_class("is-on")
    seek(page, film, 3)
    now.click()
    now.click()  # the same moment twice is one mark
    seek(page, film, 7)
    now.click()
    expect(marks).to_have_count(3)
    marks.first.locator("button").click()
    expect(marks).to_have_count(2)
    look(page, shot, "film-candidate", [390])
    context.set_offline(False)
    expect_state(page, "saved")
    page.reload()
    expect(marks).to_have_count(2)
    part(page, "hand-in").click()
    part(page, "hand-in-now").click()
    expect(page.locator('[data-view="ended"]')).to_be_visible()
    responses = final_responses(attempt_of(admitted))
    assert [round(int(each), -2) for each in responses[1]] == [3000, 7000]
    assert [each.given for each in mark_items(paper, responses)] == [4]


def make_revised(place):
    """Hazard spotting in its second version, which is in review."""
    author = db.session.get_one(Person, place[1])
    bank = db.session.scalars(select(Bank)).one()
    bring(bank, WORKSHOP, by=author)
    item = write_item(bank, Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING), by=author)
    submit(item.versions, by=author)
    item.versions[0].state = "draft"
    scene = HAZARD_SPOTTING.detail
    moved = replace(scene.regions[0], corners=((1000, 4500), (2600, 7000)), name="砂轮无防护罩，火花外溅")
    changed = replace(scene, regions=(moved, *scene.regions[1:3]), false_percent=25)
    stem = "图中有三处隐患，请逐一标出。"
    revise_item(item, replace(HAZARD_SPOTTING, stem=stem, detail=changed), by=author)
    db.session.refresh(item)
    submit([newest_version(item)], by=author)
    return item.code


def test_a_reviewer_sees_what_changed_comments_on_a_part_and_decides_about_many(
    context, client, address, place, shot
):
    with transaction():
        code = make_revised(place)
    page = signed_in(context, client, address, place[2])
    page.goto(f"{address}/exam/bank/{place[0]}/review")
    expect(page.locator("table.difference del").first).to_contain_text("四")
    expect(page.locator(".scene-area.is-changed")).to_have_count(3)
    page.set_viewport_size(DESK)
    cards = page.locator(".item-compare > .card").all()
    assert len({card.bounding_box()["y"] for card in cards}) == 1, "versions side by side begin together"
    page.locator("#comments summary").click()
    page.select_option("#comment-part", "hazard-1")
    page.fill("#comment-text", "火花外溅不在圈定范围内。")
    page.locator("#comments form button").click()
    expect(page.locator(".comment-words")).to_have_text("火花外溅不在圈定范围内。")
    look(page, shot, "review")
    page.goto(f"{address}/exam/bank/items/{code}/difference?lang=en")
    look(page, shot, "difference-en", [390])
    page.goto(f"{address}/exam/bank/{place[0]}")
    page.check("[data-choose-all]")
    page.select_option("#action", "approve")
    expect(page.locator("[data-deed=retire]")).to_be_hidden()
    look(page, shot, "list", [1280])
    page.locator("[data-deeds] button").click()
    expect(page.locator("main table")).to_contain_text(code)
    page.goto(f"{address}/exam/bank/{place[0]}?lang=zh_CN")
    page.check("[data-choose-all]")
    page.select_option("#action", "approve")
    page.check("#settles")
    page.locator("[data-deeds] button").click()
    page.goto(f"{address}/exam/bank/items/{code}")
    expect(page.locator(".comment.is-settled")).to_have_count(1)


def make_handed_in(place, count):
    """Items of one author that wait for review, the oldest first."""
    author = db.session.get_one(Person, place[1])
    bank = db.session.scalars(select(Bank)).one()
    items = [
        write_item(bank, Draft(ItemType.SINGLE, make_body(ItemType.SINGLE)), by=author) for _ in range(count)
    ]
    for item in items:
        submit(item.versions, by=author)
    return [item.code for item in items]


def test_a_reviewer_gives_each_verdict_by_button_and_by_key(context, client, address, place):
    with transaction():
        first, second, third, fourth = make_handed_in(place, 4)
    page = signed_in(context, client, address, place[2])
    page.goto(f"{address}/exam/bank/{place[0]}/review")
    notice = page.locator(".notice-good")
    page.locator("[data-key=a]").click()
    expect(notice).to_contain_text(first)
    page.keyboard.press("a")
    expect(notice).to_contain_text(second)
    page.locator("#text").fill("选项含糊。")
    page.locator("[data-key=s]").click()
    expect(notice).to_contain_text(third)
    page.keyboard.press("s")
    page.keyboard.type("依据不明。")
    page.keyboard.press("Control+Enter")
    expect(notice).to_contain_text(fourth)
    db.session.rollback()
    states = {item.code: item.versions[-1].state for item in db.session.scalars(select(Item))}
    db.session.rollback()
    assert [states[code] for code in (first, second, third, fourth)] == [
        "approved",
        "approved",
        "draft",
        "draft",
    ]
