"""Ways of answering a whole paper in a real browser, as people do it, and what the server then has of it."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import select

from trainhub.exams.delivery.lengths import lengths_of
from trainhub.exams.delivery.looking import entries_of, new_rows
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.kernel.db import db

PAUSES = (1900, 1400, 2600, 1500, 2100, 1700, 3000, 1500, 2300, 1600)
QUESTIONS = len(PAUSES)


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def by_keys(page):
    """Letters, digits, Tab and Space, arrows within a group; a change of mind and a look back."""
    for number, pause in enumerate(PAUSES):
        page.wait_for_timeout(pause)
        kind = part(page, "options").locator("input").first.get_attribute("type")
        if number == 3:
            page.locator(".exam-option input").first.focus()
            page.keyboard.press("Space")
        elif kind == "checkbox":
            page.keyboard.press("A")
            page.keyboard.press("C")
        else:
            page.keyboard.press("1" if number % 2 else "2")
        if number == 5:
            page.keyboard.press("3")
            page.keyboard.press("1")
            page.keyboard.press("g")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("B")


def by_mouse(page):
    """Clicks on labels and on the map; the last ones again."""
    for number, pause in enumerate(PAUSES):
        page.wait_for_timeout(pause)
        page.locator(".exam-option").nth(number % 2).click()
        if number + 1 < QUESTIONS:
            part(page, "next").click()
    part(page, "map").locator("button").nth(6).click()
    page.locator(".exam-option").nth(1).click()
    page.locator(".exam-option").nth(2).click()


def by_touch(page):
    """Taps of a finger."""
    for number, pause in enumerate(PAUSES):
        page.wait_for_timeout(pause)
        page.locator(".exam-option").nth(number % 2).tap()
        if number + 1 < QUESTIONS:
            part(page, "next").tap()


def reading_first(page):
    """Everything is read, nothing answered; then every answer at once, as fast as keys go."""
    for pause in PAUSES:
        page.wait_for_timeout(pause)
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    for _again in PAUSES:
        page.keyboard.press("ArrowLeft")
    for number in range(QUESTIONS):
        page.keyboard.press("1" if number % 2 else "2")
        page.keyboard.press("ArrowRight")


def by_script(page):
    """What a program in the page does: press on the answers, no hand, no time to read."""
    page.wait_for_timeout(2500)
    page.evaluate(
        """async (count) => {
          for (let number = 0; number < count; number += 1) {
            document.querySelectorAll('.exam-option input')[number % 2].click();
            document.querySelector('[data-part="next"]').click();
            await new Promise((resolve) => setTimeout(resolve, 60));
          }
        }""",
        QUESTIONS,
    )


def by_injected_keys(page):
    """What remote control of the machine looks like: genuine key events, faster than anybody reads."""
    page.wait_for_timeout(2500)
    for number in range(QUESTIONS):
        page.keyboard.press("1" if number % 2 else "2")
        page.keyboard.press("ArrowRight")


def recorded(attempt_id):
    """Return a run as plain values: the rows of its journal, what was noticed, the length of questions."""
    db.session.rollback()
    attempt = db.session.get(Attempt, attempt_id, populate_existing=True)
    events = db.session.scalars(select(WatchEvent).where(WatchEvent.attempt_id == attempt_id))
    noticed = [{"kind": each.kind, "detail": each.detail} for each in events if each.kind != "machine"]
    run = {
        "lengths": sorted(lengths_of(attempt).items()),
        "rows": [asdict(entry) for entry in entries_of(attempt, new_rows([attempt_id])[attempt_id])],
        "events": noticed,
    }
    db.session.rollback()
    return json.loads(json.dumps(run))


def write(run, path):
    """Write a run so that a reader finds one row a line."""
    rows = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in run["rows"])
    events = ",\n    ".join(json.dumps(event, ensure_ascii=False) for event in run["events"])
    text = (
        f'{{\n  "lengths": {json.dumps(run["lengths"])},\n'
        f'  "rows": [\n    {rows}\n  ],\n  "events": [\n    {events}\n  ]\n}}\n'
    )
    path.write_text(text)
