"""Author and candidate in a real Firefox ESR: lose the server, reload, mark hazards of a film, hand in."""

import pytest
from sqlalchemy import select

from tests.browser.at_the_bank import make_place
from tests.browser.firefox import Firefox
from tests.browser.sitting_down import attempt_of, stored
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.layout import with_layout
from trainhub.exams.bank.models import Item
from trainhub.exams.bank.vault import body_of
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.kernel.db import db
from trainhub.people.models import Person
from trainhub.people.persons import id_number_of

pytestmark = pytest.mark.browser

STATE = "document.querySelector('[data-part=saving]').dataset.state"
WORKING = "!document.querySelector('[data-view=working]').hidden"


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Firefox, started once for the tests of this file."""
    browser = Firefox(tmp_path_factory.mktemp("firefox") / "profile")
    yield browser
    browser.close()


@pytest.fixture
def firefox(started, address):
    """Firefox without anybody's sign-in."""
    started.forget_all(address)
    return started


def sit_down(firefox, address, admitted):
    firefox.go(f"{address}/exam/attempt")
    firefox.fill("#ticket_number", admitted[0])
    firefox.fill("#last_six", admitted[1])
    firefox.click("main button[type=submit]")
    firefox.wait_for("document.querySelector('[data-part=start]:enabled')")
    firefox.click("[data-part=start]")
    firefox.wait_for(WORKING)


def hand_in(firefox, admitted):
    firefox.click("[data-part=hand-in]")
    firefox.wait_for("document.querySelector('dialog').open")
    firefox.click("[data-part=hand-in-now]")
    firefox.wait_for("!document.querySelector('[data-view=ended]').hidden")
    assert attempt_of(admitted).state == "handed_in"


def test_an_exam_with_a_cut_and_a_reload_in_the_middle(firefox, address, admitted):
    sit_down(firefox, address, admitted)
    firefox.press("T")
    firefox.wait_for(f"{STATE} === 'saved'")
    assert stored(admitted) == {1: "T"}

    firefox.run("window.fetch = () => Promise.reject(new TypeError('cut'))")
    firefox.press("ArrowRight", "F")
    firefox.wait_for(f"{STATE} === 'offline'")
    assert stored(admitted) == {1: "T"}
    firefox.call("WebDriver:Refresh", {})
    firefox.wait_for(WORKING)
    firefox.wait_for(f"{STATE} === 'saved'")
    assert stored(admitted) == {1: "T", 2: "F"}

    hand_in(firefox, admitted)


def seek(firefox, film, seconds):
    firefox.run("document.querySelector(arguments[0]).currentTime = arguments[1]", film, seconds)
    firefox.wait_for(f"!document.querySelector('{film}').seeking")


def write_film(firefox, address, bank, film_file):
    """Mark a hazard by buttons and one by keys, and write the question down."""
    firefox.go(f"{address}/exam/bank/{bank}/items/new")
    firefox.fill("#type", "hazard_spotting")
    firefox.fill("#stem", "请在视频中标出隐患出现的时刻。")
    firefox.choose_file("#file-0", film_file)
    firefox.fill("#file-description-0", "行车吊运")
    film = ".film-stage video"
    firefox.wait_for(f"document.querySelector('{film}').readyState > 1")
    seek(firefox, film, 2)
    firefox.click(".film-stage .draw-tools button:nth-of-type(4)")
    seek(firefox, film, 4)
    firefox.click(".film-stage .draw-tools button:nth-of-type(5)")
    seek(firefox, film, 6)
    firefox.run("document.querySelector('.film-stage').focus()")
    firefox.press("b", "ArrowRight")
    firefox.wait_for(f"document.querySelector('{film}').currentTime === 7")
    firefox.press("e")
    firefox.wait_for("document.querySelectorAll('.film-piece').length === 2")
    firefox.click("form[data-question] button.button-primary")
    firefox.wait_for("document.querySelectorAll('.item-text .scene-film rect').length === 2")


def make_admitted(app, item):
    """A candidate whom the desk let in to a paper of that film and a question with a formula."""
    text = "<p>压强公式 \\(p=\\frac{F}{S}\\) 是否正确？</p>"
    formula = with_layout(ItemBody(text, (), ("T",)), True, [])
    scene = body_of(item.versions[-1])
    asked = (
        PaperItem(1, "Q-1", 1, "true_false", 4, formula),
        PaperItem(2, item.code, 1, item.type, 4, scene),
    )
    sitting = make_seated_sitting(paper_code="P-FILM")
    opened = app.extensions.setdefault("opened-papers", {})
    opened["P-FILM", sitting.code] = PaperContent("P-FILM", "SAFETY-MANAGER", 60, 2, asked)
    candidate = make_seated_candidate(sitting, 3)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    admitted = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return admitted


def test_hazards_of_a_film_and_a_formula_for_author_and_candidate(app, firefox, client, address, film_file):
    bank, author, _reviewer = make_place()
    client.sign_in(db.session.get_one(Person, author))
    cookie = {"name": "trainhub", "value": client.get_cookie("trainhub").value}
    db.session.rollback()
    firefox.call("WebDriver:AddCookie", {"cookie": cookie})
    write_film(firefox, address, bank, film_file)
    item = db.session.scalars(select(Item).where(Item.type == ItemType.HAZARD_SPOTTING)).one()
    times = [(each.from_ms, each.to_ms) for each in body_of(item.versions[-1]).detail.regions]
    assert times == [(2000, 4000), (6000, 7000)]

    admitted = make_admitted(app, item)
    firefox.forget_all(address)
    sit_down(firefox, address, admitted)
    drawn = "document.querySelector('.exam-stem svg.formula')"
    firefox.wait_for(f"{drawn} && {drawn}.getBoundingClientRect().height > 10")
    firefox.press("T", "ArrowRight")
    film = "video.exam-file"
    firefox.wait_for(f"(document.querySelector('{film}') || {{}}).readyState > 1")
    firefox.click(".exam-film-controls button")
    firefox.wait_for(f"document.querySelector('{film}').currentTime > 0.2")
    firefox.click(".exam-film-controls button")
    seek(firefox, film, 3)
    firefox.click(".exam-film-controls .exam-primary")
    firefox.wait_for("document.querySelectorAll('.exam-marks li').length === 1")
    firefox.wait_for(f"{STATE} === 'saved'")
    assert stored(admitted) == {1: "T", 2: ["3000"]}
    hand_in(firefox, admitted)


def test_the_machine_check_finds_everything_that_the_exam_needs(firefox, address):
    firefox.go(f"{address}/exam/machine-check")
    firefox.wait_for("document.getElementById('machine-check').dataset.verdict")
    assert firefox.run("return document.getElementById('machine-check').dataset.verdict") == "good"
