"""A new type of question is one module and one script: nothing else of delivery is told of it."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.sitting_down import attempt_of, expect_state, part, sit_down
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.every_type import EVERY_TYPE
from trainhub.exams import delivery
from trainhub.exams.bank.content import SETTABLE, ItemType
from trainhub.exams.delivery import page as page_of_delivery
from trainhub.exams.delivery import types, wording
from trainhub.exams.delivery.form import Place
from trainhub.exams.delivery.on_paper.keyed import read_entries
from trainhub.exams.delivery.practice import practice_questions
from trainhub.exams.delivery.reading import final_responses
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.people.persons import id_number_of

CODE = "P-GAUGE"
MODULE = """
from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import wrong_form

TITLE = "Gauge: set the hand"
RULE = "The nearer, the more."
MOVES = _shown.Moves.NEVER
ON_PAPER = _on_paper.OnPaper()
PRACTISED = 15
offered, targets = _shown.offered, _shown.targets


def letters(options):
    return ()


def check(options, response, targets=0):
    if response is not None and not (isinstance(response, str) and response.isdecimal()):
        raise wrong_form()


def in_the_paper(keys, response, targets=()):
    return response


def given(body):
    return {"highest": body.detail.highest}


def texts():
    return {"hand": "The hand of the gauge"}


def practice():
    return [_shown.practised("Set the hand to seven.", highest=10)]
"""
SCRIPT = """
export function render(question, response, texts) {
  const hand = document.createElement("input");
  Object.assign(hand, { type: "range", min: 0, max: question.highest, value: response || 0 });
  hand.setAttribute("aria-label", texts.hand);
  return [hand];
}
export const read = (root) => root.querySelector("input").value;
export const inputFor = () => null;
export const spoken = (question, texts) => [texts.hand];
"""


@dataclass(frozen=True)
class Gauge:
    """What the bank would keep of such a question."""

    highest: int
    right: int


@pytest.fixture
def new_type(tmp_path, monkeypatch):
    """A type that nobody has heard of, as its author would add it."""
    (tmp_path / "gauge.py").write_text(MODULE)
    monkeypatch.setattr(types, "__path__", [*types.__path__, str(tmp_path)])
    monkeypatch.setattr(page_of_delivery, "texts_of_the_page", wording.texts_of_the_page.__wrapped__)
    types.response_forms.cache_clear()
    yield
    types.response_forms.cache_clear()


@pytest.fixture
def admitted(app, new_type):
    """Ticket number, digits and attempt of a candidate whose paper has a question of the new type."""
    sitting = make_seated_sitting(paper_code=CODE)
    gauge = replace(EVERY_TYPE[ItemType.NUMERIC], detail=Gauge(10, 7))
    items = (
        PaperItem(1, "Q-1", 1, ItemType.SINGLE, 4, EVERY_TYPE[ItemType.SINGLE]),
        PaperItem(2, "Q-2", 1, "gauge", 4, gauge),
    )
    paper = PaperContent(CODE, "SAFETY-MANAGER", 60, 10, items)
    app.extensions.setdefault("opened-papers", {})[CODE, sitting.code] = paper
    candidate = make_seated_candidate(sitting, 3)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    found = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return found


@pytest.mark.browser
def test_a_question_of_a_new_type_is_shown_answered_and_kept_as_its_own_two_files_say(
    context, address, admitted
):
    page = context.new_page()
    script = {"content_type": "text/javascript", "body": SCRIPT}
    page.route("**/js/types/gauge.js", lambda route: route.fulfill(**script))
    sit_down(page, address, admitted)
    part(page, "map").locator("button").nth(1).click()
    hand = page.get_by_label("The hand of the gauge")
    expect(hand).to_have_attribute("max", "10")
    expect(part(page, "type")).to_contain_text("Gauge: set the hand")
    hand.focus()
    for _step in range(7):
        page.keyboard.press("ArrowUp")
    expect(hand).to_have_value("7")
    part(page, "heading").focus()
    expect_state(page, "saved")
    page.reload()
    expect(hand).to_have_value("7")

    assert final_responses(attempt_of(admitted))[2] == "7"


def test_nothing_of_delivery_but_its_own_files_names_a_type():
    package = Path(delivery.__file__).parent
    modules = [
        each for each in package.rglob("*.py") if each.parent.name != "types" and each.name != "wording.py"
    ]
    scripts = (package.parent.parent / "static" / "js").glob("delivery-*.js")
    templates = (package.parents[2] / "templates" / "delivery").glob("*.html")
    names = [sign + kind + sign for kind in SETTABLE if kind != ItemType.CASE_SET for sign in "\"'"]
    assert [
        (each.name, name)
        for each in (*modules, *scripts, *templates)
        for name in names
        if name in each.read_text(encoding="utf-8")
    ] == []


@pytest.mark.usefixtures("new_type")
def test_a_new_type_is_practised_and_entered_from_paper_as_its_own_module_says(app):
    with app.test_request_context():
        questions = practice_questions()
        entered = read_entries((Place(1, "gauge", ()),), {0: [" 7 "]})
        with pytest.raises(Invalid, match="1"):
            read_entries((Place(1, "gauge", ()),), {0: ["sieben"]})
    assert [each["highest"] for each in questions if each["type"] == "gauge"] == [10]
    assert [(each.mark, each.response) for each in entered] == [("answered", "7")]


def test_no_two_types_say_something_under_one_name(app):
    with app.test_request_context():
        own = [name for form in types.response_forms().values() for name in form.texts()]
        common = wording.texts_of_the_page.__wrapped__()
    assert len(own) == len(set(own))
    assert all(common[name] for name in own)
