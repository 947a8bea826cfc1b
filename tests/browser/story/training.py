"""Steps 1 and 2: a course is published, a trainee learns, the training body hands over the record."""

from datetime import timedelta

from playwright.sync_api import expect

from trainhub.demo.courses import learn
from trainhub.kernel import clock
from trainhub.kernel.db import db

COURSE = "主要负责人初次培训"


def publish_a_course_and_open_a_class(walk, film_file):
    """Step 1: a course with a film and texts, its hours, a class with an instructor."""
    page = walk.as_person("course-admin")
    walk.visit(page, "/home/training", "course-admin-home")
    walk.visit(page, "/training/films", "films")
    page.fill("#title", "班前五分钟")
    page.set_input_files("#file", film_file)
    walk.press(page, "Upload")
    walk.wait_for_work(page)
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


def learn_all_of_it(walk, city, class_code):
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


def hand_over_the_record(walk, class_code):
    """Step 2, the end: a signed training record goes through the door."""
    page = walk.as_person("course-admin")
    walk.visit(page, f"/training/classes/{class_code}/staff", "ready-for-records")
    walk.press(page, "Issue the training records")
    walk.says(page, "record issued")
