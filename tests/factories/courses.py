"""Courses, films and classes for tests."""

from trainhub.courses.models import Film, FilmState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.film import FilmIndex, Part
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, Person

PART_BYTES = 1000


def make_learner(name="学员"):
    """A person, flushed; committed with the test's transaction."""
    person = Person(id=random_id(), name=name)
    db.session.add(person)
    db.session.flush()
    return person


def make_training_body():
    body = Organisation(code=random_id(), name="测试培训学校", kind="training_body", district="东港区")
    db.session.add(body)
    db.session.flush()
    return body


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
