"""A lesson in a real Chromium: the film plays and its time counts; what is skipped does not."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FILM_SECONDS as SECONDS
from tests.browser.conftest import PLAYS_FILMS
from tests.browser.usable import require_usable
from tests.factories.courses import make_class, make_course
from tests.factories.people import begin_session_for, make_officer, make_organisation, make_person
from trainhub import regulations
from trainhub.courses import films
from trainhub.courses.models import Lesson
from trainhub.courses.watched import watched_seconds
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser

CHROMIUM = PLAYS_FILMS


@pytest.fixture
def classroom(app, film_file):
    """A class with a film lesson and a text, its learner and its manager."""
    regulations.load_figures()
    body = make_organisation("training_body")
    manager, learner = make_officer(Duty.MANAGE_COURSES, body), make_person("陈晓明")
    with film_file.open("rb") as file:
        film = films.take_film(file, "影片", body, by=manager)
    code, key = film.code, film.storage_key
    db.session.commit()
    films.settle_film(code, key)
    course = make_course(body, manager, lessons=(("文字课", 600),))
    body_text = "## 看片时请留意\n\n- 断电、上锁、挂牌、验电\n- 监护人在哪里？"
    row = Lesson(code="KS-FILM", position=2, title="影片课", body=body_text, reading_s=0)
    row.film = films.get_film(code)
    course.published.lessons.append(row)
    training_class = make_class(course, manager, members=[learner])
    text = course.published.lessons[0].code
    db.session.commit()
    return training_class.code, text, learner, manager


def enter(browser, app, address, person, width=1280):
    """A window in which somebody is signed in."""
    token = begin_session_for(person)
    serializer = app.session_interface.get_signing_serializer(app)
    context = browser.new_context(viewport={"width": width, "height": 800})
    cookie = {"name": "trainhub", "value": serializer.dumps({"sign-in": token}), "url": address}
    context.add_cookies([cookie])
    return context.new_page()


def until(page, condition):
    """Wait for a condition without eval, which the page's policy forbids."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(condition)


def stored(learner, training_class, lesson):
    db.session.rollback()
    found = watched_seconds(learner.id, f"lesson:{training_class}:{lesson}")
    db.session.rollback()
    return found


def test_the_film_plays_and_its_time_counts_to_the_end(app, address, browser, classroom, shot):
    training_class, _text, learner, _manager = classroom
    page = enter(browser, app, address, learner)
    page.goto(f"{address}/training/classes/{training_class}/lessons/KS-FILM")
    page.locator("[data-begin]").click()
    viewing = page.locator("[data-viewing]")
    expect(viewing).to_have_attribute("data-reason", "counted", timeout=15_000)
    shot(page, "lesson-film")
    expect(viewing).to_have_attribute("data-reason", "complete", timeout=30_000)
    assert stored(learner, training_class, "KS-FILM") == SECONDS
    page.goto(f"{address}/training/classes/{training_class}")
    shot(page, "class")


def test_what_is_skipped_does_not_count_and_the_page_says_why(app, address, browser, classroom, shot):
    training_class, _text, learner, _manager = classroom
    page = enter(browser, app, address, learner)
    page.goto(f"{address}/training/classes/{training_class}/lessons/KS-FILM")
    page.locator("[data-begin]").click()
    until(page, "document.querySelector('video').currentTime > 0.5")
    page.evaluate("document.querySelector('video').currentTime = 10")
    viewing = page.locator("[data-viewing]")
    expect(viewing).to_have_attribute("data-reason", "jumped", timeout=10_000)
    assert page.locator("[data-message]").inner_text().strip()
    shot(page, "lesson-skipped")
    until(page, "document.querySelector('video').ended")
    page.wait_for_timeout(500)
    assert stored(learner, training_class, "KS-FILM") <= 4


def test_a_second_window_takes_over_and_the_first_says_so(app, address, browser, classroom, shot):
    training_class, _text, learner, _manager = classroom
    first, second = (enter(browser, app, address, learner) for _ in range(2))
    for page in (first, second):
        page.goto(f"{address}/training/classes/{training_class}/lessons/KS-FILM")
        page.locator("[data-begin]").click()
        until(page, "document.querySelector('video').currentTime > 0.3")
    viewing = first.locator("[data-viewing]")
    expect(viewing).to_have_attribute("data-reason", "taken_over", timeout=15_000)
    assert first.evaluate("document.querySelector('video').paused")
    expect(second.locator("[data-viewing]")).to_have_attribute("data-reason", "complete", timeout=30_000)
    assert stored(learner, training_class, "KS-FILM") == SECONDS


def test_a_text_counts_while_it_is_read(app, address, browser, classroom, shot):
    training_class, text, learner, _manager = classroom
    page = enter(browser, app, address, learner)
    page.goto(f"{address}/training/classes/{training_class}/lessons/{text}")
    page.locator("[data-begin]").click()
    expect(page.locator("[data-viewing]")).to_have_attribute("data-reason", "counted", timeout=20_000)
    assert 10 <= stored(learner, training_class, text) <= 20
    shot(page, "lesson-text")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_pages_fit_and_everybody_can_use_them(app, address, browser, classroom, shot, width, language):
    training_class, text, learner, manager = classroom
    walks = {
        learner: ["mine", "courses", f"classes/{training_class}", f"classes/{training_class}/lessons/{text}"],
        manager: [
            "manage",
            "manage/new",
            "films",
            "classes",
            "classes/new",
            f"classes/{training_class}/staff",
        ],
    }
    walks[learner].append(f"classes/{training_class}/lessons/KS-FILM")
    for person, paths in walks.items():
        page = enter(browser, app, address, person, width)
        for path in paths:
            answer = page.goto(f"{address}/training/{path}?lang={language}")
            assert answer.status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            require_usable(page)
            name = path.replace(training_class, "class").replace(text, "text").replace("/", "-")
            shot(page, f"{name}-{width}-{language}")
