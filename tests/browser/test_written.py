"""A candidate writes in their own words, two assessors mark it, then a third, and it is published."""

import json

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.at_the_bank import signed_in
from tests.browser.sitting_down import (
    BEAT,
    BLOCKED,
    ENDED,
    WORKING,
    begin,
    enter,
    expect_state,
    go_on,
    halted,
    part,
    stored,
)
from tests.browser.usable import require_usable
from tests.browser.walking import let_work, run_jobs
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.judging import CODE, PAPER, Written
from trainhub.exams import delivery
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import LateResponse
from trainhub.exams.marking import publish_results, results_of
from trainhub.exams.marking.models_judging import WrittenResponse
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of

pytestmark = pytest.mark.browser


def look(page, shot, name):
    """Look at a page in English on a telephone, then in Chinese on a desk."""
    for language, width in (("en", 390), ("zh_CN", 1280)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{page.url.partition('?')[0]}?lang={language}")
        require_usable(page)
        shot(page, f"{name}-{width}-{language}")


WRITING = """() => {
  const area = document.querySelector("textarea");
  const pen = setInterval(() => {
    if (area.matches(":disabled")) return;
    area.value += "字";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }, 100);
  document.getElementById("exam").addEventListener("exam-view", () => {
    clearInterval(pen);
    window.written = area.value;
  });
}"""
"""Somebody who writes on without a pause until the page is covered."""


@pytest.fixture
def written(app):
    """A candidate whom the desk let in to a paper with a written question, and where that stands."""
    sitting = make_seated_sitting(paper_code=CODE)
    app.extensions.setdefault("opened-papers", {})[(CODE, sitting.code)] = PAPER
    candidate = make_seated_candidate(sitting, 3)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    admitted = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return admitted


def at_the_question(page, admitted):
    """Turn to the written question; returns its position and its field."""
    form = read_form(db.session.get(delivery.Attempt, admitted[2], populate_existing=True).form)
    db.session.rollback()
    position = next(place for place, each in enumerate(form, start=1) if each.type == "constructed")
    part(page, "map").locator("button").nth(position - 1).click()
    return position, part(page, "options").locator("textarea")


def test_what_is_being_written_when_the_exam_is_broken_off_is_there_when_it_goes_on(
    context, address, written
):
    page = context.new_page()
    enter(page, address, written)
    begin(page)
    position, _area = at_the_question(page, written)
    page.evaluate(WRITING)
    page.wait_for_timeout(1000)
    code = halted(written, delivery.HaltKind.SUSPENSION)
    page.evaluate(BEAT)
    expect(page.locator(BLOCKED)).to_be_visible(timeout=30_000)
    text = page.evaluate("window.written")
    assert len(text) > 5
    go_on(written, code)
    enter(page, address, written)
    expect(page.locator(WORKING)).to_be_visible(timeout=20_000)
    _position, area = at_the_question(page, written)
    expect(area).to_have_value(text)
    expect_state(page, "saved")
    assert stored(written) == {position: text}


def test_what_is_being_written_when_the_sitting_is_closed_arrives_as_late(context, address, written):
    page = context.new_page()
    enter(page, address, written)
    begin(page)
    at_the_question(page, written)
    expect_state(page, "saved")
    page.evaluate(WRITING)
    page.wait_for_timeout(1000)
    with transaction():
        attempt = db.session.get_one(delivery.Attempt, written[2])
        delivery.close_all(attempt.sitting, by=attempt.candidate.person)
    page.evaluate(BEAT)
    expect(page.locator(ENDED)).to_be_visible(timeout=30_000)
    text = page.evaluate("window.written")
    [late] = db.session.scalars(select(LateResponse).order_by(LateResponse.sequence.desc()).limit(1))
    assert json.loads(late.response) == text
    db.session.rollback()


def test_what_is_written_is_kept_though_the_page_is_closed(context, address, shot, written):
    admitted = written
    page = context.new_page()
    enter(page, address, admitted)
    begin(page)
    position, area = at_the_question(page, admitted)
    area.focus()
    page.keyboard.type("先审批\u200b")
    page.keyboard.press("Enter")
    page.keyboard.type("再清理M")
    expect(page.locator("#written-count")).to_contain_text("500")
    page.goto("about:blank")
    page.goto(f"{address}/exam/attempt")
    expect(page.locator(WORKING)).to_be_visible()
    _position, area = at_the_question(page, admitted)
    expect(area).to_have_value("先审批\n再清理M")
    expect_state(page, "saved")
    assert stored(admitted) == {position: "先审批\n再清理M"}
    # What is too long stays in the field and is told, counted as people count; what fits is saved.
    area.fill("字" * 599 + "𠮷")
    expect(page.get_by_role("status").filter(has_text="500")).to_contain_text("100")
    expect(area).to_have_attribute("aria-invalid", "true")
    page.set_viewport_size({"width": 390, "height": 800})
    require_usable(page)
    shot(page, "writing-390")
    part(page, "next" if position == 1 else "previous").click()
    expect_state(page, "saved")
    assert stored(admitted)[position] == "字" * 500


def test_two_mark_and_a_third_and_the_result_goes_out(app, context, client, address, shot):
    story = Written(app, assessors=4)
    marker = signed_in(context, client, address, story.marker_id)
    people = f"{address}/exam/marking/{story.code}/people"
    marker.goto(people)
    look(marker, shot, "before")
    marker.click("form[action$='/people/allot'] button")
    let_work(marker, lambda: run_jobs(app))
    db.session.rollback()
    for points in (("0", "0"), ("2", "3"), ("2", "2")):
        assessor, _code = story.to_mark()[0]
        page = signed_in(context, client, address, assessor)
        page.goto(f"{address}/exam/assessing/")
        if points == ("0", "0"):
            look(page, shot, "assessing")
        page.click("tbody a.button")
        if points == ("0", "0"):
            look(page, shot, "assess")
        for place, given in enumerate(points, start=1):
            page.fill(f"#points-{place}", given)
        page.click("form[action*='/assessing/'] button")
        expect(page.locator("tbody a.button")).to_have_count(0)
    assert db.session.scalars(select(WrittenResponse.twice_points)).one() == 9
    db.session.rollback()
    marker = signed_in(context, client, address, story.marker_id)
    marker.goto(people)
    look(marker, shot, "by-people")
    marker.goto(f"{address}/exam/marking/{story.code}")
    look(marker, shot, "sitting")
    marker.click("form[action$='/mark'] button")
    let_work(marker, lambda: run_jobs(app))
    db.session.rollback()
    assert publish_results(story.code, story.publisher_id) == 1
    assert [each.marks for each in results_of(story.sitting)] == [9]
    response = db.session.scalars(select(WrittenResponse.code)).one()
    db.session.rollback()
    marker.goto(f"{address}/exam/marking/responses/{response}")
    look(marker, shot, "response")
    marker.fill("#reason", "考生申请复核：第二小问的理由写在末尾，未给分。")
    marker.click("form[action$='/anew'] button")
    look(marker, shot, "asked-anew")
    assessor, _code = story.to_mark()[0]
    page = signed_in(context, client, address, assessor)
    page.goto(f"{address}/exam/assessing/")
    page.click("tbody a.button")
    for place, given in enumerate(("2", "3"), start=1):
        page.fill(f"#points-{place}", given)
    page.click("form[action*='/assessing/'] button")
    marker = signed_in(context, client, address, story.marker_id)
    marker.goto(f"{address}/exam/marking/responses/{response}")
    look(marker, shot, "marked-anew")
    expect(marker.locator("details summary")).to_be_visible()
    marker.click("form[action$='/correction'] button")
    look(marker, shot, "proposed")
    marker.click(f"a[href='/exam/marking/responses/{response}']")
    expect(marker.locator("table")).to_contain_text("第二小问的理由")
