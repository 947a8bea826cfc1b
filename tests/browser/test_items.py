"""Writing and reading questions of every type in a browser: the fields follow the type, the pages fit."""

import pytest
from playwright.sync_api import expect

from tests.browser.at_the_bank import signed_in
from tests.browser.usable import require_usable
from tests.factories.bank import make_bank, make_blueprint, make_staff
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from trainhub.exams import bank as room
from trainhub.exams import papers
from trainhub.exams.bank.content import SETTABLE
from trainhub.exams.bank.media import bring
from trainhub.kernel.db import transaction

pytestmark = pytest.mark.browser

SHOWN = {
    "true_false": {"answer"},
    "single": {"options", "answer"},
    "multiple": {"options", "answer", "partial"},
    "fill_in": {"blanks", "any_order", "partial"},
    "numeric": {"value", "unit", "tolerance", "units"},
    "ordering": {"options", "answer", "partial"},
    "matching": {"options", "targets", "answer", "partial"},
    "constructed": {"criteria", "model", "longest"},
    "hazard_spotting": {"regions", "false_percent", "most_marks"},
    "case_set": set(),
}


@pytest.fixture
def place(app):
    """A bank with an item of every type, its people, and a paper of all that a paper can hold."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        bring(bank, WORKSHOP, by=staff.author)
        items = [room.write_item(bank, draft_of(kind), by=staff.author) for kind in EVERY_TYPE]
        room.submit([item.versions[-1] for item in items], by=staff.author)
        codes = {item.type: item.code for item in items}
        for item in items:
            room.approve(item.versions[-1], by=staff.reviewer)
        cells = [papers.Cell(kind.value, None, 1, 4) for kind in SETTABLE]
        paper = papers.assemble(make_blueprint(staff, cells), by=staff.paper_officer)
        found = bank.code, codes, paper.code, staff.author.id, staff.paper_officer.id
    return found


def draft_of(kind):
    return room.Draft(kind, EVERY_TYPE[kind])


def test_the_fields_are_those_of_the_type_and_a_case_grows_question_by_question(
    context, client, address, place, shot
):
    page = signed_in(context, client, address, place[3])
    page.goto(f"{address}/exam/bank/{place[0]}/items/new")
    names = set().union(*SHOWN.values())
    for kind, shown in SHOWN.items():
        page.select_option("#type", kind)
        for name in names:
            expect(page.locator(f"#{name}")).to_be_visible(visible=name in shown)
        shot(page, f"new-{kind}")
    parts = page.locator("[data-case-part]")
    expect(parts.nth(0)).to_be_visible()
    page.locator("[data-add-part]").click()
    expect(parts.nth(1)).to_be_visible()
    expect(parts.nth(2)).to_be_hidden()
    page.select_option("#parts-1-type", "numeric")
    expect(page.locator("#parts-1-value")).to_be_visible()
    expect(page.locator("#parts-0-value")).to_be_hidden()
    require_usable(page)

    page.fill("#stem", "某厂发生一起事故，造成 2 人死亡。")
    page.fill("#parts-0-stem", "这是什么等级的事故？")
    page.fill("#parts-0-options", "一般事故\n较大事故")
    page.fill("#parts-0-answer", "A")
    page.fill("#parts-1-stem", "死亡人数是多少？")
    page.fill("#parts-1-value", "2")
    page.fill("#parts-1-unit", "人")
    page.click("form[data-question] button.button-primary")
    expect(page.locator(".item-part").nth(1)).to_be_visible()
    shot(page, "written-case")


@pytest.mark.parametrize(("width", "language"), [(1280, "zh_CN"), (390, "en")])
def test_items_and_proof_fit_their_screen_with_key_and_rule(
    context, client, address, place, shot, width, language
):
    page = signed_in(context, client, address, place[3])
    page.set_viewport_size({"width": width, "height": 800})
    for kind, code in place[1].items():
        page.goto(f"{address}/exam/bank/items/{code}?lang={language}")
        require_usable(page)
        if kind in ("matching", "case_set", "fill_in", "constructed"):
            shot(page, f"item-{kind}-{width}-{language}")
    page.goto(f"{address}/exam/bank/{place[0]}/items/new?lang={language}")
    for kind in ("numeric", "case_set"):
        page.select_option("#type", kind)
        require_usable(page)
        shot(page, f"form-{kind}-{width}-{language}")
    officer = signed_in(context, client, address, place[4])
    officer.set_viewport_size({"width": width, "height": 800})
    officer.goto(f"{address}/exam/papers/{place[2]}?lang={language}")
    officer.locator("form[action$='/proof'] button").click()
    expect(officer.locator(".proof-list")).to_be_visible()
    require_usable(officer)
    shot(officer, f"proof-{width}-{language}")
