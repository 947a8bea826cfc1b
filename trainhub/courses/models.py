"""Tables of courses: films, courses with their syllabus versions and lessons, classes with their people."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.kernel import clock
from trainhub.kernel.db import TRAINING_SIDE, Model
from trainhub.people.models import Organisation, Person


class FilmState(StrEnum):
    """Whether a film may be shown."""

    INDEXING = "indexing"
    READY = "ready"
    REFUSED = "refused"


class Film(Model):
    """A film that was taken in and looked into (影片); shared by lessons and accident cases."""

    __tablename__ = "courses_film"
    __table_args__ = (TRAINING_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    title: Mapped[str]
    storage_key: Mapped[str]
    size: Mapped[int]
    state: Mapped[str] = mapped_column(default=FilmState.INDEXING)
    refusal: Mapped[str | None]
    duration_ms: Mapped[int | None]
    index_json: Mapped[str | None] = mapped_column(Text)
    captions_key: Mapped[str | None]
    uploaded_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def seconds(self) -> int:
        """The whole seconds that count; players round the end, so the last half second is left out."""
        return max(1, ((self.duration_ms or 0) - 500) // 1000)


class Course(Model):
    """A course of a training body for one qualification (课程)."""

    __tablename__ = "courses_course"
    __table_args__ = (TRAINING_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    qualification: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    organisation: Mapped[Organisation] = relationship()
    syllabuses: Mapped[list[Syllabus]] = relationship(back_populates="course", order_by="Syllabus.version")

    @property
    def draft(self) -> Syllabus | None:
        """The version that is being edited, if any."""
        return next((one for one in self.syllabuses if one.state == SyllabusState.DRAFT), None)

    @property
    def published(self) -> Syllabus | None:
        """The version that new classes follow, if any."""
        return next((one for one in self.syllabuses if one.state == SyllabusState.PUBLISHED), None)


class SyllabusState(StrEnum):
    """Where a syllabus version stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Syllabus(Model):
    """A version of what a course teaches, in how many hours (教学大纲); once published it never changes."""

    __tablename__ = "courses_syllabus"
    __table_args__ = (UniqueConstraint("course_id", "version"), TRAINING_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses_course.id"))
    version: Mapped[int]
    required_hours: Mapped[int]
    required_s: Mapped[int]
    state: Mapped[str] = mapped_column(default=SyllabusState.DRAFT)
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    course: Mapped[Course] = relationship(back_populates="syllabuses")
    lessons: Mapped[list[Lesson]] = relationship(
        back_populates="syllabus", order_by="Lesson.position", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        """How the version is called in records, such as ``KC-7H3M/2``."""
        return f"{self.course.code}/{self.version}"

    @property
    def offered_s(self) -> int:
        """How much time its lessons offer."""
        return sum(lesson.seconds for lesson in self.lessons)


class Lesson(Model):
    """A lesson (课时内容): a text to read, or a film with the text beside it."""

    __tablename__ = "courses_lesson"
    __table_args__ = (TRAINING_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    syllabus_id: Mapped[int] = mapped_column(ForeignKey("courses_syllabus.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    reading_s: Mapped[int]
    film_id: Mapped[int | None] = mapped_column(ForeignKey("courses_film.id"))
    syllabus: Mapped[Syllabus] = relationship(back_populates="lessons")
    film: Mapped[Film | None] = relationship()

    @property
    def seconds(self) -> int:
        """How much time it offers: the film's length, or the reading time of a text."""
        return self.film.seconds if self.film is not None else self.reading_s


class TrainingClass(Model):
    """A class that learns one syllabus version in one period (班级)."""

    __tablename__ = "courses_class"
    __table_args__ = (TRAINING_SIDE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    syllabus_id: Mapped[int] = mapped_column(ForeignKey("courses_syllabus.id"), index=True)
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    is_open: Mapped[bool]
    created_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    organisation: Mapped[Organisation] = relationship()
    syllabus: Mapped[Syllabus] = relationship()
    instructors: Mapped[list[Instructor]] = relationship(order_by="Instructor.id")
    members: Mapped[list[Member]] = relationship(back_populates="training_class", order_by="Member.id")


class Instructor(Model):
    """Who teaches a class (任课教师)."""

    __tablename__ = "courses_instructor"
    __table_args__ = (UniqueConstraint("class_id", "person_id"), TRAINING_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("courses_class.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    person: Mapped[Person] = relationship()


class Member(Model):
    """Who learns in a class (学员), and the signed record of it once it is issued."""

    __tablename__ = "courses_member"
    __table_args__ = (UniqueConstraint("class_id", "person_id"), TRAINING_SIDE)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("courses_class.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"), index=True)
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)
    enrolled_by_id: Mapped[str] = mapped_column(ForeignKey("people_person.id"))
    record_code: Mapped[str | None] = mapped_column(unique=True)
    record_issued_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    training_class: Mapped[TrainingClass] = relationship(back_populates="members")
