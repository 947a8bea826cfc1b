"""Authors and reviewers in a browser: hazards of a film at the player, and what comes of them in the exam."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.sitting_down import attempt_of, expect_state, part, sit_down
from tests.browser.walking import require_usable
from tests.factories.bank import make_bank, make_staff
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.models import Item
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
    """A bank: its code, its author, its reviewer."""
    with transaction():
        staff = make_staff()
        found = make_bank(staff).code, staff.author.id, staff.reviewer.id
    return found


def signed_in(context, client, address, person_id):
    client.sign_in(db.session.get_one(Person, person_id))
    cookie = client.get_cookie("trainhub")
    context.add_cookies([{"name": "trainhub", "value": cookie.value, "url": address}])
    db.session.rollback()
    return context.new_page()


def look(page, shot, name):
    """Look at a page at both widths."""
    for width in (1280, 390):
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
    require_usable(page)


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
    expect(part(page, "flag")).to_have_attribute("aria-pressed", "false")
    seek(page, film, 3)
    now.click()
    now.click()  # the same moment twice is one mark
    seek(page, film, 7)
    now.click()
    expect(marks).to_have_count(3)
    marks.first.locator("button").click()
    expect(marks).to_have_count(2)
    look(page, shot, "film-candidate")
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
