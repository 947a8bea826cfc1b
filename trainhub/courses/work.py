"""What waits for a person in this room: lessons to go on with, drafts to publish, records, members behind."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import url_for
from sqlalchemy import select

from trainhub.courses.models import Course, Instructor, Syllabus, SyllabusState, TrainingClass
from trainhub.courses.progress import memberships_of, progress_of
from trainhub.courses.records import ready_members
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.pages import duration
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def open_work(person: Any, duties: frozenset[str]) -> list[Task]:
    """Return what waits for a person in courses and classes."""
    tasks = _learning(person)
    if Duty.MANAGE_COURSES in duties:
        tasks += _drafts(person)
    if Duty.ISSUE_TRAINING_RECORDS in duties:
        tasks += _records(person)
    if Duty.TEACH in duties:
        tasks += _behind(person)
    return tasks


def _learning(person: Person) -> list[Task]:
    tasks = []
    for progress in memberships_of(person):
        period = progress.member.training_class
        lesson = progress.next_lesson
        if lesson is None or not period.starts_on <= clock.today() <= period.ends_on:
            continue
        spans = {"done": duration(progress.done_s), "needed": duration(progress.needed_s)}
        done = _("%(done)s of %(needed)s done", **spans)
        tasks.append(
            Task(
                title=_("Go on learning: %(title)s", title=lesson.title),
                url=url_for("courses.lesson_page", code=period.code, lesson_code=lesson.code),
                detail=f"{period.name} · {done}",
                due=_end(period),
                tone="warn" if progress.is_behind else "info",
            )
        )
    return tasks


def _end(period: TrainingClass) -> datetime:
    return clock.from_local(datetime.combine(period.ends_on, time(23, 59)))


def _drafts(person: Person) -> list[Task]:
    own = organisations_for(person, Duty.MANAGE_COURSES)
    drafts = db.session.scalars(
        select(Course)
        .join(Syllabus, Syllabus.course_id == Course.id)
        .where(Syllabus.state == SyllabusState.DRAFT, Course.organisation_id.in_(own))
        .order_by(Course.id)
    )
    return [
        Task(
            title=_("Finish and publish: %(title)s", title=course.title),
            url=url_for("courses.edit_course", code=course.code),
            detail=course.code,
        )
        for course in drafts
    ]


def _records(person: Person) -> list[Task]:
    own = organisations_for(person, Duty.ISSUE_TRAINING_RECORDS)
    found = db.session.scalars(select(TrainingClass).where(TrainingClass.organisation_id.in_(own)))
    counts = [(one, len(ready_members(one))) for one in found]
    return [
        Task(
            title=_("Issue training records: %(name)s", name=one.name),
            url=url_for("courses.staff_class", code=one.code),
            detail=ngettext("%(num)s member is ready", "%(num)s members are ready", count),
            count=count,
            tone="info",
        )
        for one, count in counts
        if count
    ]


def _behind(person: Person) -> list[Task]:
    teaches = select(Instructor.class_id).where(Instructor.person_id == person.id)
    found = db.session.scalars(
        select(TrainingClass).where(TrainingClass.id.in_(teaches), TrainingClass.ends_on >= clock.today())
    )
    tasks = []
    for one in found:
        count = sum(progress.is_behind for progress in progress_of(one.members))
        if count:
            tasks.append(
                Task(
                    title=_("Members behind: %(name)s", name=one.name),
                    url=url_for("courses.staff_class", code=one.code),
                    detail=ngettext("%(num)s member is behind", "%(num)s members are behind", count),
                    count=count,
                    due=_end(one),
                    tone="warn",
                )
            )
    return tasks
