"""From the grid to the sealed booklet, and from the answer sheets back into the journal, by keyboard."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.browser.at_the_bank import signed_in
from tests.browser.usable import require_usable
from tests.browser.walking import let_work, run_jobs
from tests.factories.bank import make_approved, make_bank, make_blueprint, make_staff
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from tests.factories.people import make_officer
from trainhub.exams import bank as bank_room
from trainhub.exams import papers
from trainhub.exams.bank.content import ItemBody, ItemType, Medium, Option
from trainhub.exams.bank.items import Draft, newest_version
from trainhub.exams.bank.media import bring
from trainhub.exams.delivery import attempts_of, final_responses, is_intact
from trainhub.exams.delivery.admission import admit
from trainhub.exams.delivery.working import close_all
from trainhub.exams.papers.models import Paper
from trainhub.exams.sittings import candidates_of, close_sitting, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser

PICTURE = '<p>看图选择：</p><img src="workshop.png">'


class Centre:
    """A centre with a small bank, one of its questions with a picture, and people of every duty."""

    def __init__(self):
        staff = make_staff()
        bank = make_bank(staff)
        make_approved(bank, staff, ItemType.TRUE_FALSE, 4)
        bring(bank, WORKSHOP, by=staff.author)
        for text in ("甲", "乙"):
            shown = (Medium("workshop.png", WORKSHOP.digest, "image/png", "车间"),)
            options = tuple(Option(key, f"{text}{key}") for key in "ABCD")
            body = ItemBody(PICTURE + f"<p>{text}处</p>", options, ("B",), rich=True, media=shown)
            item = bank_room.write_item(bank, Draft(ItemType.SINGLE, body, None), by=staff.author)
            bank_room.submit([newest_version(item)], by=staff.author)
            bank_room.approve(newest_version(item), by=staff.reviewer)
        scene = Draft(ItemType.HAZARD_SPOTTING, EVERY_TYPE[ItemType.HAZARD_SPOTTING], None)
        item = bank_room.write_item(bank, scene, by=staff.author)
        bank_room.submit([newest_version(item)], by=staff.author)
        bank_room.approve(newest_version(item), by=staff.reviewer)
        kinds = (("true_false", 3), ("single", 1), ("hazard_spotting", 1))
        cells = [papers.Cell(kind, None, count, 1) for kind, count in kinds]
        self.blueprint = make_blueprint(staff, cells).code
        self.officer, self.reviewer = staff.paper_officer.id, staff.paper_reviewer.id
        self.centre = staff.centre.id
        self.printer, self.planner, *self.clerks = (
            make_officer(duty, staff.centre).id
            for duty in (Duty.OPEN_PAPERS, Duty.ARRANGE_SITTINGS, *[Duty.ENTER_SHEETS] * 3)
        )
        db.session.commit()

    def plan(self, paper):
        """A sitting of the centre with a paper, soon to begin."""
        with transaction():
            sitting = make_seated_sitting(paper_code=paper)
            sitting.organisation_id, sitting.starts_at = self.centre, clock.now() + timedelta(minutes=10)
            candidate = make_seated_candidate(sitting, 1)
            return sitting.code, candidate.ticket_number


def look(page, shot, name, *, twice=False):
    """Look at a page in English on a telephone, and if asked in Chinese on a desk."""
    for language, width in (("en", 390), ("zh_CN", 1280))[: 1 + twice]:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{page.url.partition('?')[0]}?lang={language}")
        require_usable(page)
        shot(page, f"{name}-{width}-{language}")


def test_a_paper_goes_from_the_grid_to_paper_and_its_answers_come_back(app, context, client, address, shot):
    begins = clock.now()
    with clock.set_to(begins):
        house = Centre()

        def be(person_id):
            page = signed_in(context, client, address, person_id)
            page.set_default_timeout(10_000)
            return page

        paper = assembled(app, be(house.officer), address, shot, house.blueprint)
        sealed(be(house.reviewer), address, paper)
        repeated(app, be(house.reviewer), address, shot, paper)
        sitting, ticket = house.plan(paper)
        put_on_paper(be(house.planner), address, shot, sitting)
        admit_all(house, sitting)
        clock.move(timedelta(minutes=11))
        control = printed(be(house.printer), f"{address}/exam/papers/printed")
        clock.move(timedelta(hours=3))
        close(house, sitting)
        first, second, third = house.clerks
        entered(be(first), address, shot, sitting, ticket, control, "1", look_at_it=True)
        entered(be(second), address, shot, sitting, ticket, control, "0", by_keys=True)
        decided(be(third), address, shot, sitting, ticket, control)
        (attempt,) = attempts_of(get_sitting(sitting))
        assert is_intact(attempt)
        assert final_responses(attempt) == {1: "F", 2: "T", 3: None, 4: "B", 5: ["1800,5700"]}


def assembled(app, page, address, shot, blueprint):
    """Change the grid, assemble by it without saving first; return the paper's code."""
    page.goto(f"{address}/exam/papers/blueprints/{blueprint}")
    look(page, shot, "blueprint", twice=True)
    page.locator("input[name=count]").first.fill("4")
    page.click("button[name=add_up]")
    page.locator("input[name=count]").first.fill("3")
    page.click("button[formaction$='/papers']")
    let_work(page, lambda: run_jobs(app))
    page.locator("main td a").first.click()
    page.wait_for_url("**/exam/papers/P-*")
    return page.url.partition("?")[0].rpartition("/")[2]


def sealed(page, address, paper):
    """Read the proof, approve, and seal the paper with its forms."""
    page.goto(f"{address}/exam/papers/{paper}")
    page.click("form[action$='/proof'] button")
    page.wait_for_load_state()
    page.goto(f"{address}/exam/papers/{paper}")
    page.click("form[action$='/approve'] button.button-primary")
    page.check("#opening-1")
    page.check("#printed")
    page.click("form[action$='/seal'] button")
    page.click("#confirm-yes")
    page.wait_for_selector(".flash, .message, [role=status]")


def repeated(app, page, address, shot, paper):
    """Repeat the search and see that the same comes of it."""
    code = db.session.scalars(select(Paper).where(Paper.code == paper)).one().assembly.code
    db.session.rollback()
    page.goto(f"{address}/exam/papers/assemblies")
    page.click(f"a[href*='{code}']")
    page.click("form[action$='/repetitions'] button")
    let_work(page, lambda: run_jobs(app))
    assert page.locator(".notice-good").count() == 1
    look(page, shot, "repetition")


def put_on_paper(page, address, shot, sitting):
    """Say with a reason that the whole sitting sits on paper."""
    page.goto(f"{address}/exam/sittings/{sitting}/on-paper")
    page.fill("#reason", "考点停电，改用纸笔作答")
    page.locator("main form button.button-primary").click()
    page.wait_for_load_state()
    look(page, shot, "on-paper")


def admit_all(house, sitting):
    """Let everybody in, as the desk does."""
    db.session.rollback()
    with transaction():
        by = db.session.get_one(Person, house.planner)
        for candidate in candidates_of(get_sitting(sitting)):
            admit(candidate, by=by)


def printed(page, address):
    """Print the booklet with its picture; return the control code that its pages name."""
    page.goto(address)
    with page.expect_download() as download:
        page.click("form[action*='/printed/booklet/'] button")
    pages = PdfReader(io.BytesIO(download.value.path().read_bytes())).pages
    assert sum(len(each.images) for each in pages) >= 1
    return re.search(r"校验码 (\w{4} \w{4})", pages[0].extract_text()).group(1)


def close(house, sitting):
    """End the sitting: its time is over."""
    db.session.rollback()
    with transaction():
        by = db.session.get_one(Person, house.planner)
        close_all(get_sitting(sitting), by=by)
        close_sitting(get_sitting(sitting), by=by)


def taken_up(page, address, sitting, ticket, control):
    """Take up a sheet by the end of its number and its code."""
    page.goto(f"{address}/exam/sheets/{sitting}")
    page.fill("#ticket", ticket[-5:])
    page.fill("#control", control)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/exam/sheets/{sitting}/*")


def entered(page, address, shot, sitting, ticket, control, first_key, *, look_at_it=False, by_keys=False):
    """Enter a sheet key by key: the next question comes by itself; crosses by mouse, or by keys alone."""
    taken_up(page, address, sitting, ticket, control)
    if look_at_it:
        look(page, shot, "sheet", twice=True)
    assert page.locator("[data-place]").count() == 5
    if look_at_it:
        words_composed(page)
    for key in (first_key, "t", "-", "b"):
        page.keyboard.press(key)
    if by_keys:
        page.focus(".exam-stage")
        for key in [
            *["Shift+ArrowLeft"] * 6,
            "ArrowLeft",
            "ArrowLeft",
            "Shift+ArrowDown",
            "ArrowDown",
            "Enter",
        ]:
            page.keyboard.press(key)
        assert page.input_value("#place-4") == "1800,5600"
    else:
        picture = page.locator(".exam-stage img")
        picture.scroll_into_view_if_needed()
        picture.evaluate("(img) => img.decode()")
        box = picture.bounding_box()
        picture.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
        assert page.locator(".exam-mark").count() == 1
        page.fill("#place-4", "1800,5700")
        assert page.locator(".exam-marks li").inner_text().startswith("横向 18%")
        shot(page, "sheet-crosses")
    page.focus("#place-4")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.type") == "submit"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/exam/sheets/{sitting}")
    if look_at_it:
        look(page, shot, "sheets")


def words_composed(page):
    """A method of writing Chinese gives a word at once: its last character says the opposite here."""
    for word, mark in (("不对", "×"), ("对", "√")):
        page.locator("#place-0").evaluate(
            """(field, data) => {
              field.value = data;
              field.dispatchEvent(new CompositionEvent("compositionend", { data, bubbles: true }));
            }""",
            word,
        )
        assert page.input_value("#place-0") == mark
    page.focus("#place-0")


def decided(page, address, shot, sitting, ticket, control):
    """Look at the sheet and say which of two readings is right."""
    taken_up(page, address, sitting, ticket, control)
    look(page, shot, "decision", twice=True)
    page.locator("input[type=radio][value='2']").check()
    page.locator("main form button.button-primary").click()
    page.wait_for_url(f"**/exam/sheets/{sitting}")
    assert page.locator(".badge-good").count() == 1
