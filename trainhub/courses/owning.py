"""What a training administrator manages: organisations, their courses and films."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.courses.models import Course, Film, Syllabus, SyllabusState
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty


def own_organisations(person: Person) -> list[Organisation]:
    """Return the organisations whose courses a person manages, by name."""
    own = Organisation.id.in_(organisations_for(person, Duty.MANAGE_COURSES))
    return list(db.session.scalars(select(Organisation).where(own).order_by(Organisation.name)))


def own_courses(person: Person) -> list[Course]:
    """Return the courses of those organisations, by qualification and title."""
    own = Course.organisation_id.in_(organisations_for(person, Duty.MANAGE_COURSES))
    return list(db.session.scalars(select(Course).where(own).order_by(Course.qualification, Course.title)))


def teachable_courses(person: Person) -> list[Course]:
    """Return those of them that have a published version, by title: a class can begin on them."""
    found = (
        select(Course)
        .join(Syllabus, Syllabus.course_id == Course.id)
        .where(
            Syllabus.state == SyllabusState.PUBLISHED,
            Course.organisation_id.in_(organisations_for(person, Duty.MANAGE_COURSES)),
        )
        .order_by(Course.title)
    )
    return list(db.session.scalars(found))


def teachable(code: str, person: Person) -> Syllabus:
    """Return the published version of one of them.

    Raises:
        NotFound: there is none.
    """
    found = next((course.published for course in teachable_courses(person) if course.code == code), None)
    if found is None:
        raise NotFound(_l("There is no such course."))
    return found


def own_films(person: Person) -> list[Film]:
    """Return the films of those organisations, the newest first."""
    own = Film.organisation_id.in_(organisations_for(person, Duty.MANAGE_COURSES))
    return list(db.session.scalars(select(Film).where(own).order_by(Film.id.desc())))


def own_film(code: str, person: Person) -> Film:
    """Return a film of those organisations.

    Raises:
        NotFound: there is none.
    """
    own = organisations_for(person, Duty.MANAGE_COURSES)
    found = db.session.scalar(select(Film).where(Film.code == code, Film.organisation_id.in_(own)))
    if found is None:
        raise NotFound(_l("There is no such film."))
    return found
