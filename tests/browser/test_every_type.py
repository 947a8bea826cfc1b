"""A paper that holds every type, sat by keyboard alone in a real browser, and the marks computed by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.sitting_down import BEAT, ENDED, WORKING, attempt_of, expect_state, part, sit_down, stored
from tests.browser.usable import require_usable
from tests.factories.bank import make_bank, make_staff
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from trainhub.exams import delivery
from trainhub.exams.bank.content import SETTABLE, ItemType
from trainhub.exams.bank.items import Draft, write_item
from trainhub.exams.bank.media import bring
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Response
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.exams.delivery.reading import final_responses, is_intact
from trainhub.exams.marking.computing import mark_items
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.kernel.db import db
from trainhub.people.persons import id_number_of

pytestmark = pytest.mark.browser

CODE = "P-EVERY"


def paper_with(hazards):
    """A paper of every type; its hazards stand in a bank, because their picture does."""
    codes = {kind: f"Q-{number}" for number, kind in enumerate(SETTABLE, start=1)}
    codes[ItemType.HAZARD_SPOTTING] = hazards
    return PaperContent(
        CODE,
        "SAFETY-MANAGER",
        60,
        10,
        tuple(
            PaperItem(number, codes[kind], 1, kind, 4, EVERY_TYPE[kind])
            for number, kind in enumerate(SETTABLE, start=1)
        ),
    )


PAPER = paper_with("Q-HAZARDS")


@pytest.fixture
def admitted(app):
    """Ticket number, digits and attempt of a candidate whom the desk let in."""
    sitting = make_seated_sitting(paper_code=CODE)
    staff = make_staff()
    bank = make_bank(staff)
    bring(bank, WORKSHOP, by=staff.author)
    draft = Draft(ItemType.HAZARD_SPOTTING, EVERY_TYPE[ItemType.HAZARD_SPOTTING])
    item = write_item(bank, draft, by=staff.author)
    app.extensions.setdefault("opened-papers", {})[(CODE, sitting.code)] = paper_with(item.code)
    candidate = make_seated_candidate(sitting, 3)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    found = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return found


GIVEN = {
    ItemType.TRUE_FALSE: "T",
    ItemType.SINGLE: "A",
    ItemType.MULTIPLE: ["A", "C"],
    ItemType.FILL_IN: ["２", "高", "不知道"],
    ItemType.NUMERIC: "1650 kPa",
    ItemType.ORDERING: ["D", "A", "C", "B"],
    ItemType.MATCHING: ["A3", "B1", "C4"],
    ItemType.CONSTRUCTED: "先审批",
    ItemType.CASE_SET: ["B", ["A", "B"], "1.637 MPa", ["A3", "B1", "C2"]],
    ItemType.HAZARD_SPOTTING: ["1800,5800", "3500,6000", "8000,1000"],
}
"""What is answered, in the paper's keys."""

BY_HAND = {
    ItemType.TRUE_FALSE: 4,
    ItemType.SINGLE: 0,
    ItemType.MULTIPLE: 2,  # two of three right, 8/3
    ItemType.FILL_IN: 2,  # two of three blanks
    ItemType.NUMERIC: 4,  # 1650 kPa is 1.65 MPa, 0.013 from the key
    ItemType.ORDERING: 2,  # two of four in their place
    ItemType.MATCHING: 2,  # two of three pairs
    ItemType.CONSTRUCTED: 2,  # seven of ten half points, as people are to say, 14/5
    ItemType.CASE_SET: 2,  # weights 1 + 0 + 2 + 2 of 8, half of a mark rounded down
    ItemType.HAZARD_SPOTTING: 1,  # two of four hit, half of one off for the false mark: 1.5
}


def form_of(admitted):
    """The order that was drawn for the candidate."""
    form = read_form(attempt_of(admitted).form)
    db.session.rollback()
    return form


def tab_to(page, condition):
    """Press the tabulator until what has the focus meets a condition."""
    for _step in range(60):
        if page.evaluate(f"(() => {{ const at = document.activeElement; return Boolean({condition}); }})()"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(condition)


def choose(page, text):
    """Choose in the list that has the focus, by arrows."""
    down = page.evaluate(
        "(text) => [...document.activeElement.options].findIndex((o) => o.value === text)", text
    )
    for _step in range(down):
        page.keyboard.press("ArrowDown")


def answer_texts(page, texts):
    tab_to(page, "at.matches('[data-part=options] input')")
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def answer_number(page, text):
    number, unit = text.split(" ")
    answer_texts(page, [number])
    choose(page, unit)


def answer_pairs(page, pairs):
    for pair in pairs:
        tab_to(page, f"at.dataset.letter === '{pair[0]}'")
        choose(page, pair[1:])


def answer_order(page, letters):
    """Bring each line to its place from the top, by its button that moves it up."""
    for place, letter in enumerate(letters):
        lines = part(page, "options").locator("li")
        now = [lines.nth(each).get_attribute("data-letter") for each in range(lines.count())]
        for _step in range(now.index(letter) - place):
            part(page, "heading").evaluate("(heading) => heading.focus()")
            tab_to(page, f"at.dataset.way === 'up' && at.closest('li').dataset.letter === '{letter}'")
            page.keyboard.press("Enter")
    if part(page, "options").locator("button").last.is_visible():
        tab_to(page, "at.parentElement.dataset.part === 'options'")
        page.keyboard.press("Enter")


def spot(page, marks):
    """Set marks on the picture by arrows and Enter."""
    tab_to(page, "at.matches('.exam-stage')")
    at = (5000, 5000)
    for mark in marks:
        aim = tuple(int(each) for each in mark.split(","))
        for axis, (less, more) in enumerate((("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown"))):
            key, far = (more, aim[axis] - at[axis]) if aim[axis] > at[axis] else (less, at[axis] - aim[axis])
            for _step in range(far // 500):
                page.keyboard.press(f"Shift+{key}")
            for _step in range(far % 500 // 100):
                page.keyboard.press(key)
        at = aim
        page.keyboard.press("Enter")


def answer(page, place, wanted):
    """Answer one question as it is shown."""
    letters = dict(zip(place.options, "ABCDEFGH", strict=False))
    if place.type == "fill_in":
        answer_texts(page, wanted)
    elif place.type == "hazard_spotting":
        spot(page, wanted)
    elif place.type == "numeric":
        answer_number(page, wanted)
    elif place.type == "constructed":
        tab_to(page, "at.matches('[data-part=options] textarea')")
        page.keyboard.type(wanted)
    elif place.type == "ordering":
        answer_order(page, [letters[key] for key in wanted])
    elif place.type == "matching":
        answer_pairs(page, [f"{letters[pair[0]]}{place.targets.index(pair[1:]) + 1}" for pair in wanted])
    else:
        for key in wanted:
            page.keyboard.press(letters.get(key, key))


def test_a_paper_of_every_type_is_sat_by_keyboard_and_earns_what_was_computed_by_hand(
    context, address, admitted, shot
):
    page = context.new_page()
    sit_down(page, address, admitted)
    form = form_of(admitted)
    kinds = {item.number: item.type for item in PAPER.items}
    for position, place in enumerate(form, start=1):
        expect(part(page, "position")).to_contain_text(f" {position} ")
        given = GIVEN[kinds[place.number]]
        answer(page, place, given[place.part - 1] if place.part else given)
        shot(page, f"{position}-{place.type}-{place.part}")
        part(page, "heading").evaluate("(heading) => heading.focus()")
        page.keyboard.press("ArrowRight")
    expect_state(page, "saved")
    expect(part(page, "map").locator(".is-answered")).to_have_count(len(form))

    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    part(page, "hand-in").focus()
    page.keyboard.press("Enter")
    part(page, "hand-in-now").focus()
    page.keyboard.press("Enter")
    expect(page.locator(ENDED)).to_be_visible()

    attempt = attempt_of(admitted)
    responses = final_responses(attempt)
    written = next(number for number, kind in kinds.items() if kind == ItemType.CONSTRUCTED)
    assert responses[written] == GIVEN[ItemType.CONSTRUCTED]
    by_people = {written: Fraction(7, 10)}
    marks = {kinds[each.number]: each.given for each in mark_items(PAPER, responses, by_people=by_people)}
    assert marks == BY_HAND
    assert sum(marks.values()) == 21
    assert is_intact(attempt)
    rows = db.session.scalars(select(Response).where(Response.attempt_id == attempt.id)).all()
    assert {row.how for row in rows} == {"key"}
    pressed = select(WatchEvent.kind).where(WatchEvent.attempt_id == attempt.id)
    assert not {"untrusted", "assisted"} & set(db.session.scalars(pressed))


def test_no_typed_answer_is_lost_when_the_page_is_closed_or_time_runs_out(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    form = form_of(admitted)
    position = next(number for number, place in enumerate(form, start=1) if place.type == "fill_in")
    for _step in range(position - 1):
        page.keyboard.press("ArrowRight")
    tab_to(page, "at.matches('[data-part=options] input')")
    page.keyboard.type("2\u200b米")
    expect(part(page, "options").locator("input").first).to_have_value("2\u200b米")
    expect(part(page, "map").locator(".is-answered:not(.is-unsaved)")).to_have_count(1, timeout=30_000)
    assert stored(admitted) == {position: ["2米", "", ""]}


def test_what_is_being_typed_stays_when_the_page_reads_the_journal_anew(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    position = next(at for at, place in enumerate(form_of(admitted), start=1) if place.type == "constructed")
    for _step in range(position - 1):
        page.keyboard.press("ArrowRight")
    waiting = []
    refusal = {"error": "Earlier changes are missing.", "reason": "gap", "expected": 1}
    page.route("**/exam/attempt/journal", lambda route: route.fulfill(status=409, json=refusal), times=1)
    page.route("**/exam/attempt/start", lambda route: waiting.append(route), times=1)
    field = part(page, "options").locator("textarea")
    field.focus()
    with page.expect_request("**/exam/attempt/start"):
        page.evaluate(BEAT)
    page.keyboard.type("先断电")
    with page.expect_response("**/exam/attempt/start"):
        waiting.pop().continue_()
    page.keyboard.type("，再验电")
    expect(field).to_have_value("先断电，再验电")
    part(page, "previous" if position > 1 else "next").click()
    expect_state(page, "saved")
    assert stored(admitted) == {position: "先断电，再验电"}


def test_lines_are_matched_and_ordered_by_finger_on_a_small_screen(browser, address, admitted, shot):
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    sit_down(page, address, admitted)
    form = form_of(admitted)
    for position, place in enumerate(form, start=1):
        require_usable(page)
        shot(page, f"small-{position}-{place.type}-{place.part}")
        if place.type == "ordering":
            part(page, "options").locator('[data-way="down"]').first.tap()
        if place.type == "matching" and not place.part:
            part(page, "options").locator("select").first.select_option("2")
        if position < len(form):
            part(page, "next").tap()
    expect_state(page, "saved")
    given = {
        place.type: stored(admitted).get(number)
        for number, place in enumerate(form, start=1)
        if not place.part
    }
    assert given["ordering"] == ["B", "A", "C", "D"]
    assert given["matching"] == ["A2"]
