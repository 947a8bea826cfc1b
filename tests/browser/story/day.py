"""Step 7: the day itself: check-in, the exam in the browser with a reload and a lost network, hand-in."""

from datetime import timedelta

from playwright.sync_api import expect

from tests.browser.story.sitting import ticket_of
from trainhub.exams import delivery
from trainhub.exams.delivery.chain import Change, How
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.forms_prepared import paper_of
from trainhub.exams.sittings.plan import get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction

WORKING = '[data-view="working"]'
LETTERS = "ABCD"
OTHER = {"T": "F", "F": "T", "A": "B", "B": "A", "C": "A", "D": "A"}
OTHERS = {"周启航": 0.95, "吴晓岚": 0.5}


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def let_in(walk, code, names):
    """The first invigilator opens the sitting and lets the candidates in by their tickets."""
    go_to(get_sitting(code).entry_from)
    page = walk.as_person("invigilator")
    walk.visit(page, "/home/exam", "invigilator-home")
    walk.visit(page, f"/exam/desk/{code}")
    walk.press(page, "Open the sitting for entry")
    for name in names:
        ticket, _digits = ticket_of(code, name)
        walk.visit(page, f"/exam/desk/{code}/check-in?ticket={ticket}")
        page.check('input[name="phone_given"][value="none"]')
        page.check("#identity_confirmed")
        if name == names[0]:
            walk.look(page, "check-in")
        walk.press(page, "Let in")
    walk.visit(page, f"/exam/desk/{code}", "desk")
    walk.leave()


def go_to(moment):
    """Move the clock a little past a moment."""
    db.session.rollback()
    clock.move(moment - clock.now())


def sit(walk, code, name):
    """The trainee answers all questions right but a few: by keys, with a reload and without network."""
    go_to(get_sitting(code).starts_at)
    ticket, digits = ticket_of(code, name)
    page = walk.as_stranger()
    walk.visit(page, "/exam/attempt", "enter")
    page.fill("#ticket_number", ticket)
    page.fill("#last_six", digits)
    page.click("main button[type=submit]")
    expect(part(page, "start")).to_be_enabled(timeout=10_000)
    walk.look(page, "check-that-this-is-you")
    part(page, "start").click()
    expect(page.locator(WORKING)).to_be_visible()
    answers = right_answers(code, name)
    assert len(answers) == 100
    give(page, answers[:40])
    walk.look(page, "exam")
    page.reload()
    expect(part(page, "map").locator(".is-answered")).to_have_count(40, timeout=10_000)
    page.context.set_offline(True)
    part(page, "map").locator("li").nth(40).locator("button").click()
    give(page, answers[40:60])
    expect(part(page, "saving")).to_have_attribute("data-state", "offline", timeout=10_000)
    page.context.set_offline(False)
    give(page, answers[60:92])
    expect(part(page, "saving")).to_have_attribute("data-state", "saved", timeout=20_000)
    expect(part(page, "map").locator(".is-answered")).to_have_count(92)
    go_to(get_sitting(code).starts_at + timedelta(minutes=70))
    page.reload()
    expect(part(page, "map").locator(".is-answered")).to_have_count(92, timeout=10_000)
    part(page, "hand-in").click()
    walk.look(page, "hand-in")
    part(page, "hand-in-now").click()
    expect(page.locator('[data-view="ended"]')).to_be_visible(timeout=15_000)
    walk.look(page, "handed-in")
    receipt = part(page, "receipt").inner_text()
    walk.visit(page, f"/exam/receipt?receipt={receipt}", "receipt")
    walk.leave()


def right_answers(code, name):
    """The key to press for each question, as this candidate sees the paper."""
    with transaction():
        sitting = get_sitting(code)
        attempt = next(each for each in delivery.attempts_of(sitting) if each.candidate.person.name == name)
        keys = {item.number: item.body.answer[0] for item in paper_of(sitting.paper_code, sitting.code).items}
        form = read_form(attempt.form)
    return [
        keys[place.number] if place.type == "true_false" else LETTERS[place.options.index(keys[place.number])]
        for place in form
    ]


def give(page, keys):
    """Answer question after question by the keyboard."""
    for key in keys:
        page.keyboard.press(key)
        page.keyboard.press("ArrowRight")


def others_sit(code):
    """Two more candidates answer on machines of their own: one well, one badly; both hand in."""
    for name, share in OTHERS.items():
        ticket, digits = ticket_of(code, name)
        with transaction():
            attempt, token = delivery.enter(ticket, digits)
            delivery.start(attempt)
            attempt_code = attempt.code
        answers = right_answers(code, name)
        right = round(len(answers) * share)
        given = [*answers[:right], *(OTHER[key] for key in answers[right:])]
        changes = [
            Change(place, place, answer, False, How.POINTER, 9_000) for place, answer in enumerate(given, 1)
        ]
        db.session.rollback()
        delivery.append(attempt_code, token, changes)
        with transaction():
            delivery.hand_in(db.session.query(delivery.Attempt).filter_by(code=attempt_code).one())
    db.session.rollback()


def close(walk, code):
    """The desk is closed, the numbers are signed by two, the inspector leaves a note."""
    page = walk.as_person("inspector")
    walk.visit(page, f"/exam/desk/{code}/inspection", "inspection")
    for box in page.locator('input[type=radio][value="met"]').all():
        box.check()
    page.fill("#remarks", "人员到岗，秩序正常。")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    go_to(get_sitting(code).ends_at)
    page = walk.as_person("invigilator")
    walk.visit(page, f"/exam/desk/{code}")
    walk.press(page, "Close the sitting")
    walk.visit(page, f"/exam/desk/{code}/record", "room-record")
    walk.press(page, "The numbers are right: sign")
    page = walk.as_person("invigilator3")
    walk.visit(page, f"/exam/desk/{code}/record")
    walk.press(page, "Sign as second person")
    walk.says(page, "signed by two")
