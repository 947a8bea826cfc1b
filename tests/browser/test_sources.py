"""What columns mean, the register of sources, what is to be looked at, the syllabus: in a browser."""

import pytest
from playwright.sync_api import expect

from tests.bank.test_columns import ASK, ROWS
from tests.bank.test_sources import LAW, Story, item_of, source_of
from tests.browser.at_the_bank import signed_in
from tests.browser.usable import require_usable
from tests.browser.walking import let_work
from trainhub.exams import bank as room
from trainhub.exams.bank.classifying import place_items
from trainhub.exams.bank.flags import Finding, raise_flags
from trainhub.exams.bank.sources import repeal_source
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.written_workbooks import write_workbook

pytestmark = pytest.mark.browser


def look(page, shot, name, url):
    """Look at a page in English on a telephone, then in Chinese on a desk."""
    for language, width in (("en", 390), ("zh_CN", 1280)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{url}?lang={language}")
        require_usable(page)
        shot(page, f"{name}-{width}-{language}")


def test_columns_are_said_and_what_the_law_and_exams_make_of_items_is_looked_at(
    app, context, client, address, shot, tmp_path
):
    story = Story()
    with transaction():
        bank, centre = story.bank.code, story.centre
        law = room.add_knowledge_point(story.bank.qualification, "01", "法律法规", by=story.author)
        room.add_knowledge_point(story.bank.qualification, "01.1", "安全生产法", law, by=story.author)
        code = story.item("《安全生产法》第二十七条")
        place_items([item_of(code)], law, by=story.author)
        raise_flags(
            centre, "S-2611", [Finding(code, 1, "key_likely_wrong", {"option": "C", "key": "B"})], by=None
        )
    source = story.source(LAW)
    with transaction():
        repeal_source(source_of(source), clock.today(), by=story.author)
    jobs.run_pending()
    author = signed_in(context, client, address, story.author_id)
    file = tmp_path / "题库.xlsx"
    file.write_bytes(write_workbook("题库", ASK, ROWS))
    author.goto(f"{address}/exam/bank/{bank}/import")
    author.set_input_files("input[type=file]", file)
    author.click("form[enctype] button.button-primary")
    let_work(author, jobs.run_pending)
    author.goto(f"{address}/exam/bank/{bank}/import")
    author.get_by_role("link", name="题库.xlsx").click()
    expect(author.locator("[name=column-0-2]")).to_have_value("answer")
    look(author, shot, "columns", author.url)
    author.click("main form button.button-primary")
    let_work(author, jobs.run_pending)
    author.goto(f"{address}/exam/bank/{bank}/import")
    expect(author.get_by_text("标答")).to_be_visible()
    look(author, shot, "import", author.url)
    for name, url in (
        ("sources", "/exam/bank/sources"),
        ("source", f"/exam/bank/sources/{source}"),
        ("points", f"/exam/bank/{bank}/points"),
        ("point", f"/exam/bank/{bank}/points/01"),
    ):
        look(author, shot, name, address + url)

    reviewer = signed_in(context, client, address, story.reviewer_id)
    look(reviewer, shot, "item", f"{address}/exam/bank/items/{code}")
    look(reviewer, shot, "flags", f"{address}/exam/bank/{bank}/flags")
    reviewer.locator("textarea").first.fill("条款号变了，内容未变。")
    reviewer.locator("main form button").first.click()
    expect(reviewer.locator("textarea")).to_have_count(1)
    db.session.rollback()
