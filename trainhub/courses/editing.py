"""Making a course: drafts, lessons, required hours, publication; only for one's own organisation."""

from __future__ import annotations

from sqlalchemy import select

from trainhub import ledger, regulations
from trainhub.courses.models import Course, Film, FilmState, Lesson, Syllabus, SyllabusState
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty

LONGEST_TEXT = 60_000
MINUTES_ALLOWED = range(1, 601)
MOST_HOURS = 2_000


def least_hours(qualification: str) -> int:
    """Return the hours that the regulations demand today; a course may demand more, never less."""
    try:
        return int(regulations.value(f"training.hours.{qualification}", on=clock.today()))
    except regulations.UnknownFigure:
        return 0


def hour_seconds() -> int:
    """Return the length of a training hour (学时) today."""
    return int(regulations.value("training.hour_minutes", on=clock.today())) * 60


def draft_course(
    qualification: str, title: str, summary: str, organisation: Organisation, *, by: Person
) -> Course:
    """Begin a course with an empty first version that demands the hours of the regulations.

    Raises:
        Forbidden: the person does not manage courses of this organisation.
        Invalid: the qualification or the title cannot be used.
    """
    if organisation.id not in organisations_for(by, Duty.MANAGE_COURSES):
        raise Forbidden(_l("You do not manage the courses of this organisation."))
    if qualification not in {known.code for known in regulations.qualifications(on=clock.today())}:
        raise Invalid(_l("The catalogue has no such qualification today."))
    course = Course(
        code=f"KC-{readable_code(6)}",
        organisation_id=organisation.id,
        qualification=qualification,
        title=_line(title),
        summary=_text(summary),
        created_by_id=by.id,
    )
    db.session.add(course)
    db.session.flush()
    hours = least_hours(qualification)
    course.syllabuses.append(Syllabus(version=1, required_hours=hours, required_s=hours * hour_seconds()))
    db.session.flush()
    ledger.append(
        "course.drafted", by=by, side="training", course=course.code, organisation=organisation.code
    )
    return course


def managed_course(code: str, person: Person) -> Course:
    """Return a course of an organisation whose courses the person manages.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    own = organisations_for(person, Duty.MANAGE_COURSES)
    found = db.session.scalar(select(Course).where(Course.code == code, Course.organisation_id.in_(own)))
    if found is None:
        raise NotFound(_l("There is no such course of yours."))
    return found


def published_courses(qualification: str = "") -> list[Course]:
    """Return the courses that are published, of one qualification or of all."""
    statement = (
        select(Course)
        .join(Syllabus, Syllabus.course_id == Course.id)
        .where(Syllabus.state == SyllabusState.PUBLISHED)
        .order_by(Course.qualification, Course.title)
    )
    if qualification:
        statement = statement.where(Course.qualification == qualification)
    return list(db.session.scalars(statement))


def draft_of(course: Course) -> Syllabus:
    """Return the version that may be changed.

    Raises:
        Conflict: all versions are published; a new one has to be begun.
    """
    lock("course", course.id)
    if course.draft is None:
        raise Conflict(_l("A published version never changes. Begin a new version first."))
    return course.draft


def describe(course: Course, title: str, summary: str, *, by: Person) -> None:
    """Change what a course is called and what it says of itself."""
    course.title, course.summary = _line(title), _text(summary)
    ledger.append("course.described", by=by, side="training", course=course.code)


def demand_hours(course: Course, hours: int, *, by: Person) -> None:
    """Say how many hours the draft demands.

    Raises:
        Invalid: fewer than the regulations demand.
    """
    least = least_hours(course.qualification)
    if not max(1, least) <= hours <= MOST_HOURS:
        raise Invalid(_("The regulations demand at least %(least)s hours.", least=least))
    syllabus = draft_of(course)
    syllabus.required_hours, syllabus.required_s = hours, hours * hour_seconds()
    ledger.append("course.hours_demanded", by=by, side="training", syllabus=syllabus.name, hours=hours)


def add_lesson(
    course: Course, title: str, body: str, *, minutes: int = 0, film: Film | None = None, by: Person
) -> Lesson:
    """Add a lesson to the draft: a text with its reading time, or a film with its text beside it.

    Raises:
        Invalid: title, text or minutes cannot be used, or the film is another organisation's.
        Conflict: there is no draft.
    """
    syllabus = draft_of(course)
    lesson = Lesson(
        code=f"KS-{readable_code(8)}",
        position=1 + max((lesson.position for lesson in syllabus.lessons), default=0),
        title=_line(title),
        body=_text(body),
        reading_s=0,
    )
    _set_time(lesson, course, minutes, film)
    syllabus.lessons.append(lesson)
    db.session.flush()
    ledger.append("lesson.added", by=by, side="training", syllabus=syllabus.name, lesson=lesson.code)
    return lesson


def draft_lesson(course: Course, code: str) -> Lesson:
    """Return a lesson of the draft.

    Raises:
        NotFound: the draft has no such lesson.
    """
    found = next((lesson for lesson in draft_of(course).lessons if lesson.code == code), None)
    if found is None:
        raise NotFound(_l("The draft has no such lesson."))
    return found


def change_lesson(
    course: Course, lesson: Lesson, title: str, body: str, *, minutes: int, film: Film | None, by: Person
) -> None:
    """Change a lesson of the draft."""
    draft_of(course)
    lesson.title, lesson.body = _line(title), _text(body)
    _set_time(lesson, course, minutes, film)
    ledger.append("lesson.changed", by=by, side="training", lesson=lesson.code)


def _set_time(lesson: Lesson, course: Course, minutes: int, film: Film | None) -> None:
    if film is not None:
        if film.organisation_id != course.organisation_id:
            raise NotFound(_l("There is no such film."))
        lesson.film, lesson.reading_s = film, 0
        return
    if minutes not in MINUTES_ALLOWED:
        raise Invalid(_l("The reading time of a text is between 1 and 600 minutes."))
    lesson.film, lesson.film_id, lesson.reading_s = None, None, minutes * 60


def move_lesson_up(course: Course, lesson: Lesson, *, by: Person) -> None:
    """Let a lesson of the draft change places with the one before it."""
    lessons = draft_of(course).lessons
    place = lessons.index(lesson)
    if place > 0:
        before = lessons[place - 1]
        before.position, lesson.position = lesson.position, before.position
        db.session.flush()
        db.session.expire(lesson.syllabus, ["lessons"])
        ledger.append("lesson.moved", by=by, side="training", lesson=lesson.code)


def remove_lesson(course: Course, lesson: Lesson, *, by: Person) -> None:
    """Take a lesson out of the draft."""
    draft_of(course).lessons.remove(lesson)
    ledger.append("lesson.removed", by=by, side="training", lesson=lesson.code)


def problems_of(syllabus: Syllabus) -> list[str]:
    """Return what keeps a draft from being published, a sentence each."""
    least = least_hours(syllabus.course.qualification)
    found = []
    if not syllabus.lessons:
        found.append(_("There is no lesson yet."))
    for lesson in syllabus.lessons:
        if lesson.film is not None and lesson.film.state != FilmState.READY:
            found.append(_("The film of “%(title)s” is not ready.", title=lesson.title))
    if syllabus.required_hours < least:
        found.append(_("The regulations demand at least %(least)s hours.", least=least))
    missing = syllabus.required_s - syllabus.offered_s
    if missing > 0:
        found.append(
            ngettext(
                "The lessons offer %(num)s minute less than the hours demanded.",
                "The lessons offer %(num)s minutes less than the hours demanded.",
                -(-missing // 60),
            )
        )
    return found


def publish(course: Course, *, by: Person) -> Syllabus:
    """Publish the draft: new classes follow it, and it never changes again.

    Raises:
        Conflict: something is missing; the sentence says what.
    """
    syllabus = draft_of(course)
    problems = problems_of(syllabus)
    if problems:
        raise Conflict(" ".join(problems))
    before = course.published
    if before is not None:
        before.state = SyllabusState.SUPERSEDED
    syllabus.state = SyllabusState.PUBLISHED
    syllabus.published_at, syllabus.published_by_id = clock.now(), by.id
    db.session.flush()
    lessons = [lesson.code for lesson in syllabus.lessons]
    ledger.append(
        "course.published",
        by=by,
        side="training",
        syllabus=syllabus.name,
        qualification=course.qualification,
        hours=syllabus.required_hours,
        lessons=lessons,
    )
    return syllabus


def begin_version(course: Course, *, by: Person) -> Syllabus:
    """Begin a new version as a copy of the published one.

    Raises:
        Conflict: there is a draft already.
    """
    lock("course", course.id)
    if course.draft is not None or course.published is None:
        raise Conflict(_l("There is a draft already."))
    old = course.published
    new = Syllabus(
        version=max(one.version for one in course.syllabuses) + 1,
        required_hours=old.required_hours,
        required_s=old.required_s,
    )
    for lesson in old.lessons:
        copy = {name: getattr(lesson, name) for name in ("position", "title", "body", "reading_s", "film_id")}
        new.lessons.append(Lesson(code=f"KS-{readable_code(8)}", **copy))
    course.syllabuses.append(new)
    db.session.flush()
    ledger.append("course.version_begun", by=by, side="training", syllabus=new.name)
    return new


def _line(text: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > 120 or not cleaned.isprintable():
        raise Invalid(_("A title has 1 to 120 printable characters."))
    return cleaned


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise Invalid(_("The text is too long."))
    return text.strip()
