"""A warning case in Chromium: found by its words, seen to its end, acknowledged; the publisher sees it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PLAYS_FILMS
from tests.browser.walking import PHONE, Walk
from tests.factories.cases import Authority
from tests.factories.people import make_account, make_person
from trainhub import regulations
from trainhub.courses import films
from trainhub.kernel.db import db
from trainhub.people.models import Account

pytestmark = pytest.mark.browser
CHROMIUM = PLAYS_FILMS

TITLE = "传送带检修未上锁致一人死亡"


@pytest.fixture
def walk(app, address, shot, browser):
    return Walk(browser, app, address, shot)


@pytest.fixture
def bureau(app, film_file):
    """A published case with a film; returns its code and the names by which drafter and reader sign in."""
    regulations.load_figures()
    authority, reader = Authority(), make_person("陈晓明")
    make_account(reader)
    with film_file.open("rb") as file:
        film = films.take_film(file, "警示片", authority.organisation, by=authority.drafter)
    film_code, key = film.code, film.storage_key
    db.session.commit()
    films.settle_film(film_code, key)
    case = authority.publish(films.get_film(film_code), title=TITLE)
    authority.publish(
        title="高处作业未系安全带坠落案例", events="踏空坠落。", accident_type="fall_from_height"
    )
    names = [
        db.session.query(Account).filter_by(person_id=each.id).one().username
        for each in (authority.drafter, reader)
    ]
    code = case.code
    db.session.commit()
    return code, *names


def test_a_case_is_found_seen_acknowledged_and_the_publisher_sees_who_did(walk, bureau):
    code, drafter, reader = bureau
    page = walk.as_person(reader)
    walk.visit(page, "/training/cases", "list")
    page.fill("#q", "传送带")
    walk.press(page, "Search")
    walk.look(page, "found")
    assert page.locator(".case-card").count() == 1
    expect(page.locator("mark").first).to_have_text("传送带")
    walk.press_words(page, TITLE)
    walk.look(page, "case")
    page.check("#agreed")
    walk.press(page, "Acknowledge")
    walk.says(page, "Watch the film to its end first: what the server has counted decides.")

    walk.visit(page, f"/training/cases/{code}")
    page.locator("[data-begin]").click()
    expect(page.locator("[data-viewing]")).to_have_attribute("data-reason", "complete", timeout=40_000)
    walk.visit(page, f"/training/cases/{code}", "seen")
    expect(page.locator("[data-begin]")).to_have_text(walk.words("Watch again"))
    page.check("#agreed")
    walk.press(page, "Acknowledge")
    expect(page.locator("#acknowledge .notice-good")).to_be_visible()
    walk.look(page, "acknowledged")

    page = walk.as_person(drafter)
    walk.visit(page, f"/training/cases/{code}/coverage", "coverage")
    expect(page.locator("main table").last).to_contain_text("陈晓明")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_cases_fit_a_phone_in_both_languages(walk, bureau, language):
    code, drafter, _reader = bureau
    page = walk.as_person(drafter, PHONE)
    for path in ("", "?q=上锁", f"/{code}", f"/{code}/coverage", "/desk", "/new"):
        name = re.sub(r"[^a-z]+", "-", path.replace(code, "case")).strip("-") or "list"
        mark = "&" if "?" in path else "?"
        walk.visit(page, f"/training/cases{path}{mark}lang={language}", f"phone-{language}-{name}")
