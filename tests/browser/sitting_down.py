"""What tests of the candidate's page share: its parts, and a candidate who sits down before it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from playwright.sync_api import expect

from trainhub.exams import delivery
from trainhub.exams.delivery.reading import shown_responses
from trainhub.kernel import clock
from trainhub.kernel.db import db

WORKING = '[data-view="working"]'
ENDED = '[data-view="ended"]'
BLOCKED = '[data-view="blocked"]'
PAUSED = '[data-view="paused"]'
BEAT = "window.dispatchEvent(new Event('online'))"
"""What makes the page ask the server now instead of at its next beat."""

KEPT = """async (count) => {
  const opening = indexedDB.open("trainhub-exam");
  const found = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  const counting = found.transaction("changes").objectStore("changes").count();
  const rows = await new Promise((done) => { counting.onsuccess = () => done(counting.result); });
  found.close();
  return rows >= count;
}"""
"""Whether the page's own journal holds so many changes on the disk of this machine."""


def part(page, name):
    """A part of the page by its name."""
    return page.locator(f'[data-part="{name}"]')


def expect_state(page, state, timeout=15_000):
    """Wait until the sign of saving says something."""
    expect(part(page, "saving")).to_have_attribute("data-state", state, timeout=timeout)


def begin(page):
    """Press the button that begins."""
    expect(part(page, "start")).to_be_enabled(timeout=10_000)
    part(page, "start").click()
    expect(page.locator(WORKING)).to_be_visible()


def sit_down(page, address, admitted):
    """Sign in at the machine and begin."""
    enter(page, address, admitted)
    begin(page)


def enter(page, address, admitted):
    """Sign in at the machine."""
    page.goto(f"{address}/exam/attempt")
    page.fill("#ticket_number", admitted[0])
    page.fill("#last_six", admitted[1])
    page.click("main button[type=submit]")


def leave_seconds(admitted, seconds):
    """Let an attempt's time end soon."""
    attempt_of(admitted).deadline = clock.now() + timedelta(seconds=seconds)
    db.session.commit()


def halted(admitted, kind=delivery.HaltKind.PAUSE, **where):
    """Let time stand still for the candidate's sitting."""
    attempt = attempt_of(admitted)
    row = delivery.halt(attempt.sitting, kind, "机房停电", by=attempt.candidate.person, **where)
    code = row.code
    db.session.commit()
    return code


def go_on(admitted, code, **how):
    """Let it run again."""
    attempt = attempt_of(admitted)
    delivery.resume(delivery.get_halt(attempt.sitting, code), by=attempt.candidate.person, **how)
    db.session.commit()


def unreachable(_environ, start_response):
    """What a machine meets whose way to the server is cut, to stand for the application meanwhile.

    A page that is being closed is on the network again for a moment, whatever its browser was told.
    """
    start_response("503 Service Unavailable", [("Content-Length", "0")])
    return [b""]


@contextmanager
def meets(app, path, fault):
    """Let what machines send to one address meet a fault: (application, environ, start_response) -> body.

    Cut here, a packet that is on its way already meets the fault, too; in the browser it may slip past.
    """
    served = app.wsgi_app

    def front(environ, start_response):
        if environ["PATH_INFO"] == path:
            return fault(served, environ, start_response)
        return served(environ, start_response)

    app.wsgi_app = front
    try:
        yield
    finally:
        app.wsgi_app = served


def attempt_of(admitted):
    """The attempt as it stands now."""
    db.session.rollback()
    return db.session.get(delivery.Attempt, admitted[2], populate_existing=True)


def stored(admitted):
    """What the server has: answer by position, in the letters shown; an answer taken back is None."""
    answers = {place: answer for place, (answer, _flag) in shown_responses(attempt_of(admitted)).items()}
    db.session.rollback()
    return answers


def said_to_be_saved(page):
    """What the page shows as answered and saved: the positions of the map."""
    buttons = part(page, "map").locator("button.is-answered:not(.is-unsaved)")
    return {int(text) for text in buttons.all_inner_texts()}


def answered(admitted):
    """The positions for which the server has an answer."""
    return {position for position, answer in stored(admitted).items() if answer is not None}
