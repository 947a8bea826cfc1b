"""Courses, films and classes for tests."""

from datetime import timedelta

from tests.factories.people import make_organisation
from trainhub.courses.models import (
    Course,
    Film,
    FilmState,
    Instructor,
    Lesson,
    Member,
    Syllabus,
    SyllabusState,
    TrainingClass,
)
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.film import FilmIndex, Part
from trainhub.kernel.identifiers import random_id, readable_code
from trainhub.people.models import OrganisationKind, Person

PART_BYTES = 1000


def make_learner(name="学员"):
    """A person, flushed; committed with the test's transaction."""
    person = Person(id=random_id(), name=name)
    db.session.add(person)
    db.session.flush()
    return person


def make_training_body():
    return make_organisation(OrganisationKind.TRAINING_BODY, name="测试培训学校")


def make_film(seconds=20, *, part_seconds=4, organisation=None, by=None):
    """A film that exists as an index only: parts of four seconds, a thousand bytes each."""
    bounds = [*range(0, seconds, part_seconds), seconds]
    parts = [
        Part(
            number,
            float(starts),
            float(bounds[number + 1]),
            number * PART_BYTES,
            (number + 1) * PART_BYTES - 1,
        )
        for number, starts in enumerate(bounds[:-1])
    ]
    index = FilmIndex(float(seconds), 320, 180, "h264", "video/mp4", parts)
    film = Film(
        code=random_id(),
        organisation_id=(organisation or make_training_body()).id,
        title="影片",
        storage_key="aa/none.mp4",
        size=len(parts) * PART_BYTES,
        state=FilmState.READY,
        duration_ms=seconds * 1000 + 500,
        index_json=index.to_json(),
        uploaded_by_id=(by or make_learner()).id,
        uploaded_at=clock.now(),
    )
    db.session.add(film)
    db.session.flush()
    return film


def make_course(organisation, by, *, lessons=(("第一课", 60), ("第二课", 60)), hours=1, published=True):
    """A course for principals whose text lessons last so many seconds each; that is what it demands."""
    course = Course(
        code=f"KC-{readable_code(6)}",
        organisation_id=organisation.id,
        qualification="PRINCIPAL",
        title="主要负责人培训",
        summary="课程简介",
        created_by_id=by.id,
        created_at=clock.now(),
    )
    total = sum(seconds for _title, seconds in lessons)
    syllabus = Syllabus(version=1, required_hours=hours, required_s=total, state=SyllabusState.DRAFT)
    for place, (title, seconds) in enumerate(lessons, 1):
        syllabus.lessons.append(
            Lesson(code=f"KS-{readable_code(8)}", position=place, title=title, body="正文", reading_s=seconds)
        )
    if published:
        syllabus.state, syllabus.published_at, syllabus.published_by_id = (
            SyllabusState.PUBLISHED,
            clock.now(),
            by.id,
        )
    course.syllabuses.append(syllabus)
    db.session.add(course)
    db.session.flush()
    return course


def make_class(course, by, *, members=(), instructors=(), days=30, is_open=False):
    """A class that began yesterday; its people are put in as rows, past the deeds."""
    training_class = TrainingClass(
        code=f"BJ-{readable_code(6)}",
        organisation_id=course.organisation_id,
        syllabus_id=course.published.id,
        name="第一期",
        starts_on=clock.today() - timedelta(days=1),
        ends_on=clock.today() + timedelta(days=days),
        is_open=is_open,
        created_by_id=by.id,
    )
    for person in members:
        training_class.members.append(
            Member(person_id=person.id, enrolled_by_id=by.id, enrolled_at=clock.now())
        )
    for person in instructors:
        training_class.instructors.append(Instructor(person_id=person.id))
    db.session.add(training_class)
    db.session.flush()
    return training_class
