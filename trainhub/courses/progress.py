"""How far a member of a class is: hours done of hours needed, where to go on, ready for the record or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from trainhub.courses.models import Lesson, Member, Syllabus, TrainingClass
from trainhub.courses.viewing import Started, start_viewing
from trainhub.courses.watched import seconds_by_subject
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person


def subject_of(training_class: TrainingClass, lesson: Lesson) -> str:
    """Return the name under which a lesson's seconds count for the members of one class."""
    return f"lesson:{training_class.code}:{lesson.code}"


@dataclass(frozen=True)
class LessonProgress:
    """How much of a lesson counts for a member."""

    lesson: Lesson
    done_s: int

    @property
    def is_complete(self) -> bool:
        """Whether all of it counts."""
        return self.done_s >= self.lesson.seconds

    @property
    def percent(self) -> int:
        """How much of it counts, in whole hundredths."""
        return min(100, self.done_s * 100 // max(1, self.lesson.seconds))


@dataclass(frozen=True)
class Progress:
    """How far a member of a class is (学习进度)."""

    member: Member
    lessons: Sequence[LessonProgress]

    @property
    def done_s(self) -> int:
        """Verified seconds of all lessons."""
        return sum(one.done_s for one in self.lessons)

    @property
    def needed_s(self) -> int:
        """Seconds that the version demands."""
        return self.member.training_class.syllabus.required_s

    @property
    def percent(self) -> int:
        """How much of what is needed is done, in whole hundredths, never 100 before it is."""
        return min(100, self.done_s * 100 // max(1, self.needed_s))

    @property
    def is_ready(self) -> bool:
        """Whether all lessons and hours are done, so that the record can be issued."""
        return self.done_s >= self.needed_s and all(one.is_complete for one in self.lessons)

    @property
    def next_lesson(self) -> Lesson | None:
        """The first lesson that is not complete."""
        return next((one.lesson for one in self.lessons if not one.is_complete), None)

    @property
    def is_behind(self) -> bool:
        """Whether less is done than the part of the period that has passed would have it."""
        period = self.member.training_class
        days = (period.ends_on - period.starts_on).days + 1
        passed = (clock.today() - period.starts_on).days
        return not self.is_ready and self.done_s * days < self.needed_s * min(days, max(0, passed))


def progress_of(members: Sequence[Member]) -> list[Progress]:
    """Return how far some members are, with one query for all their seconds."""
    subjects = {
        subject_of(member.training_class, lesson)
        for member in members
        for lesson in member.training_class.syllabus.lessons
    }
    seconds = seconds_by_subject({member.person_id for member in members}, subjects)
    return [_progress(member, seconds) for member in members]


def _progress(member: Member, seconds: dict[tuple[str, str], int]) -> Progress:
    lessons = []
    for lesson in member.training_class.syllabus.lessons:
        done = seconds.get((member.person_id, subject_of(member.training_class, lesson)), 0)
        lessons.append(LessonProgress(lesson, min(done, lesson.seconds)))
    return Progress(member, lessons)


def memberships_of(person: Person) -> list[Progress]:
    """Return how far a person is in their classes, the newest first."""
    members = db.session.scalars(
        select(Member).where(Member.person_id == person.id).order_by(Member.id.desc())
    )
    return progress_of(list(members))


def own_member(code: str, person: Person) -> Member:
    """Return a person's membership in a class.

    Raises:
        NotFound: there is no such class, or the person is not in it.
    """
    found = db.session.scalar(
        select(Member)
        .join(TrainingClass, TrainingClass.id == Member.class_id)
        .where(TrainingClass.code == code, Member.person_id == person.id)
    )
    if found is None:
        raise NotFound(_l("You are not in this class."))
    return found


def lesson_of(syllabus: Syllabus, code: str) -> Lesson:
    """Return a lesson of a version.

    Raises:
        NotFound: it has none with this code.
    """
    found = next((lesson for lesson in syllabus.lessons if lesson.code == code), None)
    if found is None:
        raise NotFound(_l("There is no such lesson."))
    return found


def start_lesson(member: Member, lesson: Lesson) -> Started:
    """Begin to learn a lesson of a class.

    Raises:
        Conflict: the class has not begun, or is over.
    """
    period = member.training_class
    if not period.starts_on <= clock.today() <= period.ends_on:
        raise Conflict(_l("Hours count only between the first and the last day of the class."))
    subject = subject_of(period, lesson)
    return start_viewing(member.person, subject, film=lesson.film, reading_s=lesson.reading_s)
