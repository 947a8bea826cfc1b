"""Courses: drafted for one's own organisation, complete before they are published, unchanged afterwards."""

import pytest
from sqlalchemy import select

from tests.factories.courses import make_film
from tests.factories.people import make_officer, make_organisation
from trainhub.courses import editing
from trainhub.courses.models import FilmState, SyllabusState
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.ledger.models import Entry
from trainhub.separation.duties import Duty


@pytest.fixture
def body(app):
    return make_organisation("training_body")


@pytest.fixture
def manager(body):
    return make_officer(Duty.MANAGE_COURSES, body)


@pytest.fixture
def course(body, manager):
    return editing.draft_course("PRINCIPAL", "主要负责人培训", "简介", body, by=manager)


def fill(course, manager, hours=32):
    for number in range(hours * 45 // 600 + 1):
        editing.add_lesson(course, f"第{number + 1}课", "正文", minutes=600, by=manager)


def test_a_draft_demands_the_hours_of_the_regulations(course):
    assert course.draft.required_hours == 32
    assert course.draft.required_s == 32 * 45 * 60


def test_a_course_is_drafted_only_for_ones_own_organisation(manager):
    with pytest.raises(Forbidden):
        editing.draft_course("PRINCIPAL", "x", "", make_organisation("training_body"), by=manager)


def test_a_course_needs_a_qualification_of_the_catalogue(body, manager):
    with pytest.raises(Invalid, match=r"(catalogue|目录)"):
        editing.draft_course("ASTRONAUT", "x", "", body, by=manager)


def test_another_organisations_course_is_not_found(course):
    stranger = make_officer(Duty.MANAGE_COURSES, make_organisation("training_body"))
    with pytest.raises(NotFound):
        editing.managed_course(course.code, stranger)


def test_a_course_may_demand_more_hours_never_less(course, manager):
    editing.demand_hours(course, 40, by=manager)
    assert course.draft.required_hours == 40
    with pytest.raises(Invalid, match="32"):
        editing.demand_hours(course, 31, by=manager)


def test_a_draft_without_enough_lessons_is_not_published(course, manager):
    editing.add_lesson(course, "第一课", "正文", minutes=60, by=manager)
    with pytest.raises(Conflict, match="1380"):
        editing.publish(course, by=manager)


def test_a_complete_draft_is_published_once_and_leaves_a_trail(course, manager):
    fill(course, manager)
    syllabus = editing.publish(course, by=manager)
    assert (syllabus.state, course.published) == (SyllabusState.PUBLISHED, syllabus)
    assert "course.published" in db.session.scalars(select(Entry.kind)).all()
    with pytest.raises(Conflict):
        editing.publish(course, by=manager)


def test_a_published_version_never_changes(course, manager):
    fill(course, manager)
    lesson = editing.publish(course, by=manager).lessons[0]
    with pytest.raises(Conflict):
        editing.add_lesson(course, "x", "x", minutes=1, by=manager)
    with pytest.raises(Conflict):
        editing.change_lesson(course, lesson, "x", "x", minutes=1, film=None, by=manager)
    with pytest.raises(Conflict):
        editing.demand_hours(course, 99, by=manager)


def test_a_new_version_is_a_copy_and_replaces_the_old_when_published(course, manager):
    fill(course, manager)
    old = editing.publish(course, by=manager)
    new = editing.begin_version(course, by=manager)
    assert [lesson.title for lesson in new.lessons] == [lesson.title for lesson in old.lessons]
    assert {lesson.code for lesson in new.lessons}.isdisjoint(lesson.code for lesson in old.lessons)
    with pytest.raises(Conflict):
        editing.begin_version(course, by=manager)
    editing.publish(course, by=manager)
    assert (old.state, course.published) == (SyllabusState.SUPERSEDED, new)


def test_a_film_that_is_not_ready_keeps_a_draft_back(course, body, manager):
    film = make_film(20, organisation=body, by=manager)
    film.state = FilmState.INDEXING
    fill(course, manager)
    editing.add_lesson(course, "影片课", "", film=film, by=manager)
    with pytest.raises(Conflict, match="影片课"):
        editing.publish(course, by=manager)


def test_another_organisations_film_is_not_found(course, manager):
    with pytest.raises(NotFound):
        editing.add_lesson(course, "影片课", "", film=make_film(20), by=manager)


def test_lessons_change_places_and_go(course, manager):
    first = editing.add_lesson(course, "甲", "", minutes=1, by=manager)
    second = editing.add_lesson(course, "乙", "", minutes=1, by=manager)
    editing.move_lesson_up(course, second, by=manager)
    assert [lesson.title for lesson in course.draft.lessons] == ["乙", "甲"]
    editing.remove_lesson(course, first, by=manager)
    assert [lesson.title for lesson in course.draft.lessons] == ["乙"]


@pytest.mark.parametrize("title", ["", "  ", "x" * 121, "a\x00b"])
def test_a_title_is_a_line_of_text(course, manager, title):
    with pytest.raises(Invalid):
        editing.add_lesson(course, title, "", minutes=1, by=manager)


@pytest.mark.parametrize("minutes", [0, -1, 601])
def test_a_reading_time_is_between_a_minute_and_ten_hours(course, manager, minutes):
    with pytest.raises(Invalid):
        editing.add_lesson(course, "x", "", minutes=minutes, by=manager)
