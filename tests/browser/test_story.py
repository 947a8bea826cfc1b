"""One qualification from lesson to verifiable certificate, each step by the person whose duty it is."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.walking import Walk
from trainhub.demo import people as cast
from trainhub.demo.courses import learn
from trainhub.demo.world import World
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser

COURSE = "主要负责人初次培训"


@pytest.fixture
def moving_clock():
    """A clock that the story moves; it stands right again afterwards."""
    begun = clock._offset
    yield clock
    clock._offset = begun


@pytest.fixture
def city(app):
    """The people of the demo and nothing else."""
    world = World("a-long-password")
    cast.build(world)
    db.session.rollback()
    return world


@pytest.fixture
def walk(app, address, shot):
    arguments = [*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield Walk(browser, app, address, shot)
        browser.close()


def test_one_qualification_from_lesson_to_verifiable_certificate(
    walk, city, moving_clock, film_file, tmp_path
):
    class_code = a_course_is_published_and_a_class_opened(walk, film_file)
    a_trainee_learns(walk, city, class_code)
    the_training_body_hands_over_the_record(walk, class_code)


def a_course_is_published_and_a_class_opened(walk, film_file):
    """Step 1: a course with a film and texts, its hours, a class with an instructor."""
    page = walk.as_person("course-admin")
    walk.visit(page, "/home/training", "course-admin-home")
    walk.visit(page, "/training/films", "films")
    page.fill("#title", "班前五分钟")
    page.set_input_files("#file", film_file)
    walk.press(page, "Upload")
    jobs.run_pending()
    walk.visit(page, "/training/manage/new", "new-course")
    page.select_option("#qualification", "PRINCIPAL")
    page.fill("#title", COURSE)
    page.fill("#summary", "法定职责、双重预防、应急与事故处理。")
    walk.press(page, "Begin the draft")
    walk.says(page, "This is missing before the draft can be published:")
    add_lesson(walk, page, "影片", "", is_film=True)
    for title in ("责任", "双重预防", "应急"):
        add_lesson(walk, page, title, "480")
    walk.look(page, "draft-course")
    walk.press(page, "Publish this version")
    walk.look(page, "published-course")
    walk.visit(page, "/training/classes/new")
    page.fill("#name", "主要负责人培训班（第 1 期）")
    page.fill("#starts_on", str(clock.today()))
    page.fill("#ends_on", str(clock.today() + timedelta(days=60)))
    page.check("#is_open")
    walk.press(page, "Open the class")
    page.select_option("#person", label="沈国华")
    walk.press(page, "Assign")
    walk.look(page, "class-of-staff")
    return page.url.rstrip("/").split("/")[-2]


def add_lesson(walk, page, title, minutes, is_film=False):
    """Add a lesson to the draft that is open."""
    walk.press(page, "Add a lesson")
    page.fill("#title", title)
    if is_film:
        page.select_option("#film", index=1)
    page.fill("#minutes", minutes)
    page.fill("#body", "## 要点\n\n- 先识别，再控制\n- 谁负责，谁签字")
    walk.press(page, "Keep the lesson")
    walk.press_words(page, COURSE)


def a_trainee_learns(walk, city, class_code):
    """Step 2: enrols, watches the film to its end in the browser, reads the texts day by day."""
    page = walk.as_person("trainee")
    walk.visit(page, "/training/courses", "catalogue")
    walk.press_words(page, COURSE)
    walk.press(page, "Enrol me")
    walk.visit(page, f"/training/classes/{class_code}", "class-of-trainee")
    walk.press_words(page, "影片")
    page.locator("[data-begin]").click()
    expect(page.locator("[data-viewing]")).to_have_attribute("data-reason", "complete", timeout=40_000)
    walk.look(page, "film-watched")
    walk.leave()
    through = learn(city.persons["trainee"], class_code, clock.now() + timedelta(seconds=30))
    db.session.rollback()
    clock.move(through - clock.now() + timedelta(hours=1))
    page = walk.as_person("trainee")
    walk.visit(page, "/training/mine", "all-learnt")
    walk.says(page, "all done")


def the_training_body_hands_over_the_record(walk, class_code):
    """Step 2, the end: a signed training record goes through the door."""
    page = walk.as_person("course-admin")
    walk.visit(page, f"/training/classes/{class_code}/staff", "ready-for-records")
    walk.press(page, "Issue the training records")
    walk.says(page, "record issued")
