"""One qualification from lesson to verifiable certificate, each step by the person whose duty it is."""

import pytest

from tests.browser.conftest import PLAYS_FILMS
from tests.browser.story import bank, cases, day, results, sitting, staff, training
from tests.browser.walking import Walk
from trainhub.demo import people as cast
from trainhub.demo.world import World
from trainhub.kernel import clock
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser
CHROMIUM = PLAYS_FILMS


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
def walk(app, address, shot, browser):
    return Walk(browser, app, address, shot)


def test_one_qualification_from_lesson_to_verifiable_certificate(
    walk, city, moving_clock, film_file, tmp_path
):
    class_code = training.publish_a_course_and_open_a_class(walk, film_file)
    training.learn_all_of_it(walk, city, class_code)
    training.hand_over_the_record(walk, class_code)
    case_code = cases.draft(walk, film_file)
    cases.approve(walk, case_code)
    cases.watch_and_acknowledge(walk, case_code)
    bank.import_and_review(walk, tmp_path)
    bank.assemble_and_seal(walk)
    sitting.make_a_site_ready(walk)
    sitting_code = sitting.plan(walk)
    sitting.register_by_roster(walk, city, sitting_code, tmp_path)
    sitting.settle_what_is_open(walk, sitting_code)
    sitting.arrange(walk, sitting_code)
    staff.enter_the_register(walk)
    staff.appoint(walk, city, sitting_code)
    day.let_in(walk, sitting_code, ["林小满", "周启航", "吴晓岚"])
    day.sit(walk, sitting_code, "林小满")
    day.others_sit(sitting_code)
    day.close(walk, sitting_code)
    results.mark_and_publish(walk, sitting_code)
    results.people_are_told(walk.app)
    results.the_trainee_sees_the_result(walk)
    results.somebody_objects(walk, *sitting.numbers_of(sitting_code, "周启航"))
    results.issue(walk, sitting_code)
    results.verify(walk, tmp_path)
    results.audit(walk)
