"""Classes: who teaches, who learns, from when to when; each bond is stated to separation as it begins."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from trainhub import ledger, separation
from trainhub.courses.models import Course, Instructor, Member, Syllabus, SyllabusState, TrainingClass
from trainhub.governance.duties import holders, organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

RUNNERS = (Duty.MANAGE_COURSES, Duty.ISSUE_TRAINING_RECORDS)
STAFF = (Duty.MANAGE_COURSES, Duty.TEACH, Duty.ISSUE_TRAINING_RECORDS)


def open_class(
    syllabus: Syllabus, name: str, starts_on: date, ends_on: date, *, is_open: bool, by: Person
) -> TrainingClass:
    """Begin a class on a published version.

    Args:
        syllabus: what it learns.
        name: of the class.
        starts_on: first day; hours count from here.
        ends_on: last day on which hours count.
        is_open: whether trainees may enrol themselves.
        by: who manages the courses of the organisation.

    Raises:
        Conflict: the version is not published.
        Invalid: name or period cannot be used.
    """
    if syllabus.course.organisation_id not in organisations_for(by, Duty.MANAGE_COURSES):
        raise Forbidden(_l("You do not manage the courses of this organisation."))
    if syllabus.state != SyllabusState.PUBLISHED:
        raise Conflict(_l("Only the published version of a course can be taught."))
    name = " ".join(name.split())
    if not name or len(name) > 120 or not name.isprintable():
        raise Invalid(_("A title has 1 to 120 printable characters."))
    if not 0 <= (ends_on - starts_on).days <= 730:
        raise Invalid(_("A class ends after it begins, and lasts two years at most."))
    training_class = TrainingClass(
        code=f"BJ-{readable_code(6)}",
        organisation_id=syllabus.course.organisation_id,
        syllabus_id=syllabus.id,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        is_open=is_open,
        created_by_id=by.id,
    )
    db.session.add(training_class)
    db.session.flush()
    separation.relations.state_class(
        training_class.code,
        syllabus.course.organisation,
        syllabus.course.qualification,
        starts_on,
        ends_on,
        by=by,
    )
    ledger.append(
        "class.opened", by=by, side="training", training_class=training_class.code, syllabus=syllabus.name
    )
    return training_class


def classes_of(person: Person) -> list[TrainingClass]:
    """Return the classes that a person runs, teaches or issues records for, the last to end first."""
    own = {each for duty in RUNNERS for each in organisations_for(person, duty)}
    teaches = select(Instructor.class_id).where(Instructor.person_id == person.id)
    found = (
        select(TrainingClass)
        .where(or_(TrainingClass.organisation_id.in_(own), TrainingClass.id.in_(teaches)))
        .order_by(TrainingClass.ends_on.desc(), TrainingClass.id.desc())
    )
    return list(db.session.scalars(found))


def staffed_class(code: str, person: Person) -> TrainingClass:
    """Return a class of an organisation for which the person has a training duty, or which they teach.

    Raises:
        NotFound: there is none, or it is none of theirs.
    """
    own = {each for duty in (STAFF[0], STAFF[2]) for each in organisations_for(person, duty)}
    teaches = select(Instructor.class_id).where(Instructor.person_id == person.id)
    found = db.session.scalar(
        select(TrainingClass).where(
            TrainingClass.code == code,
            or_(TrainingClass.organisation_id.in_(own), TrainingClass.id.in_(teaches)),
        )
    )
    if found is None:
        raise NotFound(_l("There is no such class of yours."))
    return found


def managed_class(code: str, person: Person) -> TrainingClass:
    """Return a class of an organisation whose courses the person manages.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    own = organisations_for(person, Duty.MANAGE_COURSES)
    found = db.session.scalar(
        select(TrainingClass).where(TrainingClass.code == code, TrainingClass.organisation_id.in_(own))
    )
    if found is None:
        raise NotFound(_l("There is no such class of yours."))
    return found


def possible_instructors(training_class: TrainingClass) -> list[Person]:
    """Return who may teach a class: the organisation's instructors who do not teach it yet."""
    teaching = {instructor.person_id for instructor in training_class.instructors}
    others = [person for person in holders(Duty.TEACH) if person.id not in teaching]
    return [one for one in others if training_class.organisation_id in organisations_for(one, Duty.TEACH)]


def assign_instructor(training_class: TrainingClass, person: Person, *, by: Person) -> Instructor:
    """Have an instructor teach a class.

    Raises:
        Invalid: the person is not an instructor of the organisation, or learns in this class.
        Conflict: they teach it already.
        Refused: a separation rule forbids it.
    """
    lock("class", training_class.id)
    if training_class.organisation_id not in organisations_for(person, Duty.TEACH):
        raise Invalid(_l("This person is not an instructor of the organisation."))
    if any(member.person_id == person.id for member in training_class.members):
        raise Invalid(_l("This person learns in the class."))
    if any(instructor.person_id == person.id for instructor in training_class.instructors):
        raise Conflict(_l("This person teaches the class already."))
    instructor = Instructor(class_id=training_class.id, person_id=person.id)
    training_class.instructors.append(instructor)
    db.session.flush()
    separation.relations.state_taught(
        person,
        training_class.code,
        training_class.organisation,
        training_class.starts_on,
        training_class.ends_on,
        by=by,
        source=f"class {training_class.code}",
    )
    ledger.append(
        "class.instructor_assigned",
        by=by,
        side="training",
        training_class=training_class.code,
        person=person.id,
    )
    return instructor


def enrol(training_class: TrainingClass, person: Person, *, by: Person) -> Member:
    """Make a person a member of a class.

    Raises:
        Conflict: they are one already, or the class is over.
        Invalid: they teach it.
        Refused: a separation rule forbids it.
    """
    lock("class", training_class.id)
    if clock.today() > training_class.ends_on:
        raise Conflict(_l("This class is over."))
    if any(instructor.person_id == person.id for instructor in training_class.instructors):
        raise Invalid(_l("This person teaches the class."))
    if any(member.person_id == person.id for member in training_class.members):
        raise Conflict(_l("This person is in the class already."))
    member = Member(person_id=person.id, enrolled_by_id=by.id, enrolled_at=clock.now())
    training_class.members.append(member)
    db.session.flush()
    separation.relations.state_attended(
        person,
        training_class.code,
        training_class.organisation,
        max(clock.today(), training_class.starts_on),
        training_class.ends_on,
        by=by,
        source=f"class {training_class.code}",
    )
    ledger.append(
        "class.enrolled", by=by, side="training", training_class=training_class.code, person=person.id
    )
    return member


def open_classes(course: Course) -> list[TrainingClass]:
    """Return the classes of a course in which trainees may enrol themselves today, the next to end first."""
    return list(
        db.session.scalars(
            select(TrainingClass)
            .join(Syllabus, Syllabus.id == TrainingClass.syllabus_id)
            .where(
                Syllabus.course_id == course.id,
                TrainingClass.is_open,
                TrainingClass.ends_on >= clock.today(),
            )
            .order_by(TrainingClass.ends_on, TrainingClass.id)
        )
    )


def course_of(code: str) -> Course:
    """Return the course of a class, open or not.

    Raises:
        NotFound: there is no class with this code.
    """
    classes = select(TrainingClass.syllabus_id).where(TrainingClass.code == code)
    syllabuses = select(Syllabus.course_id).where(Syllabus.id.in_(classes))
    found = db.session.scalar(select(Course).where(Course.id.in_(syllabuses)))
    if found is None:
        raise NotFound(_l("There is no open class with this code."))
    return found


def enrol_oneself(code: str, *, by: Person) -> Member:
    """Enrol oneself in an open class.

    Raises:
        NotFound: there is no open class with this code.
    """
    found = db.session.scalar(select(TrainingClass).where(TrainingClass.code == code, TrainingClass.is_open))
    if found is None:
        raise NotFound(_l("There is no open class with this code."))
    return enrol(found, by, by=by)
