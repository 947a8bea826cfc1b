"""A wrong question from its statistics to everybody's new marks, in a browser, by two people."""

import pytest
from playwright.sync_api import expect

from tests.browser.at_the_bank import signed_in
from tests.browser.usable import require_usable
from tests.browser.walking import let_work, run_jobs
from tests.marking.test_key_changes import WHY, Story, rename_in_paper, write_version
from tests.marking.test_statistics import Story as Figures
from tests.marking.test_wrong_before_marking import Closed
from trainhub.exams.marking import results_of
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser


@pytest.fixture
def story(app):
    return Story(app)


def look(page, shot, name):
    """Look at a page in English on a telephone, then in Chinese on a desk."""
    for language, width in (("en", 390), ("zh_CN", 1280)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{page.url.partition('?')[0]}?lang={language}")
        require_usable(page)
        shot(page, f"{name}-{width}-{language}")


def test_a_wrong_question_is_voided_by_two_markers_on_the_pages(app, context, client, address, story, shot):
    first = signed_in(context, client, address, story.marker_id)
    first.goto(f"{address}/exam/statistics/{story.code}/I-10")
    look(first, shot, "wrong-question")
    first.check("input[value=void]")
    first.fill("#reason", WHY[0])
    first.fill("#basis", WHY[1])
    first.click("form[action$='/key-changes'] button")
    expect(first.locator("form[action$='/approve']")).to_have_count(0)
    change = first.url

    second = signed_in(context, client, address, story.second_id)
    second.goto(change)
    look(second, shot, "key-change-proposed")
    second.check("#touched")
    second.click("form[action$='/approve'] button")
    let_work(second, lambda: run_jobs(app))
    second.goto(change)
    expect(second.get_by_text("变为合格").or_(second.locator("tbody tr")).first).to_be_visible()
    look(second, shot, "key-change-approved")
    second.goto(f"{address}/exam/marking/key-changes")
    look(second, shot, "key-changes")
    db.session.rollback()
    assert [each.marks for each in results_of(story.sitting)] == [100, 100, 90, 80]


def test_a_key_corrected_in_the_bank_counts_before_the_sitting_is_marked(app, context, client, address, shot):
    closed = Closed(app)
    rename_in_paper(app, closed)
    write_version(closed, ("A",))
    first = signed_in(context, client, address, closed.marker_id)
    first.goto(f"{address}/exam/marking/{closed.code}")
    look(first, shot, "before-marking")
    first.click("#wrong summary")
    first.select_option("#question", f"{closed.item_code}/1")
    first.check("input[value=rekey]")
    first.fill("#to_version", "2")
    first.fill("#reason", WHY[0])
    first.fill("#basis", WHY[1])
    require_usable(first)
    first.click("form[action$='/key-changes'] button")
    change = first.url

    second = signed_in(context, client, address, closed.second_id)
    second.goto(change)
    look(second, shot, "before-marking-proposed")
    second.check("#touched")
    second.click("form[action$='/approve'] button")
    let_work(second, lambda: run_jobs(app))
    second.goto(f"{address}/exam/marking/{closed.code}")
    look(second, shot, "before-marking-approved")
    second.click("form[action$='/mark'] button")
    let_work(second, lambda: run_jobs(app))
    db.session.rollback()
    assert [each.marks for each in results_of(closed.sitting)] == [90, 100, 90, 80]


def test_on_a_telephone_each_question_of_the_statistics_is_a_line_below_heads_that_stay(
    app, context, client, address, shot
):
    story = Figures(size=12)
    page = signed_in(context, client, address, story.marker_id)
    page.goto(f"{address}{story.address}")
    look(page, shot, "statistics")
    page.set_viewport_size({"width": 390, "height": 500})
    rows = page.locator(".table-figures tbody tr")
    assert all(rows.nth(place).bounding_box()["height"] < 75 for place in range(10))
    rows.nth(9).scroll_into_view_if_needed()
    expect(page.locator(".table-figures thead")).to_be_in_viewport()
