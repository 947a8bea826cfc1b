"""The trainee's pages: where I go on, the catalogue, a class, a lesson."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import handover, regulations
from trainhub.courses.blueprint import courses
from trainhub.courses.classes import course_of, enrol_oneself, open_classes
from trainhub.courses.editing import published_courses
from trainhub.courses.models import Course, Film
from trainhub.courses.progress import (
    lesson_of,
    memberships_of,
    own_member,
    progress_of,
    start_lesson,
    subject_of,
)
from trainhub.courses.rendering import render_text
from trainhub.courses.viewing import watched_seconds
from trainhub.courses.views_viewing import started_json
from trainhub.courses.watched import daily_cap_s, learnt_on, watched_of
from trainhub.kernel import clock, storage
from trainhub.kernel.access import signed_in
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person


@courses.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """Show the trainee's home: go on, hours, outcomes and certificates as handed over."""
    person = current_person()
    today = clock.today()
    return render_template(
        "courses/mine.html",
        progresses=memberships_of(person),
        learnt_today=learnt_on(person.id, today),
        cap=daily_cap_s(today),
        outcomes=handover.outcomes_of(person),
        certificates=handover.certificate_statuses_of(person),
        name_of=qualification_name,
    )


def qualification_name(code: str) -> str:
    """Return what a qualification is called today, or its code if the catalogue no longer has it."""
    try:
        return str(regulations.qualification(code, on=clock.today()).name)
    except regulations.UnknownFigure:
        return code


@courses.get("/courses")
@signed_in
def catalogue() -> ResponseReturnValue:
    """List the published courses by qualification."""
    wanted = request.args.get("qualification", "")
    found = published_courses(wanted)
    groups: dict[str, list[Course]] = {}
    for course in found:
        groups.setdefault(course.qualification, []).append(course)
    return render_template(
        "courses/catalogue.html",
        groups=groups,
        wanted=wanted,
        qualifications=sorted({course.qualification for course in published_courses("")}),
        name_of=qualification_name,
    )


@courses.get("/courses/<code>")
@signed_in
def course_page(code: str) -> ResponseReturnValue:
    """Show a published course: what it teaches, and the open classes."""
    course = next((one for one in published_courses("") if one.code == code), None)
    if course is None:
        raise NotFound(_l("There is no such course."))
    joined = {progress.member.class_id for progress in memberships_of(current_person())}
    return render_template(
        "courses/course.html",
        course=course,
        syllabus=course.published,
        classes=open_classes(course),
        joined=joined,
        name_of=qualification_name,
    )


@courses.post("/classes/<code>/join")
@signed_in
@writes
def join_class(code: str) -> ResponseReturnValue:
    """Enrol oneself in an open class."""
    take_form(None, lambda: course_page(course_of(code).code))
    enrol_oneself(code, by=current_person())
    flash(_("You are in the class. Hours count from its first day."), "good")
    return redirect(url_for(".class_page", code=code))


@courses.get("/classes/<code>")
@signed_in
def class_page(code: str) -> ResponseReturnValue:
    """Show a member their class: lessons, hours, people."""
    (progress,) = progress_of([own_member(code, current_person())])
    return render_template("courses/class.html", progress=progress, name_of=qualification_name)


@courses.get("/classes/<code>/lessons/<lesson_code>")
@signed_in
def lesson_page(code: str, lesson_code: str) -> ResponseReturnValue:
    """Show a lesson: film and text side by side, and how much of it counts."""
    person = current_person()
    member = own_member(code, person)
    lesson = lesson_of(member.training_class.syllabus, lesson_code)
    subject = subject_of(member.training_class, lesson)
    (progress,) = progress_of([member])
    place = [one.lesson.id for one in progress.lessons].index(lesson.id)
    following = progress.lessons[place + 1].lesson if place + 1 < len(progress.lessons) else None
    return render_template(
        "courses/lesson.html",
        progress=progress,
        training_class=member.training_class,
        lesson=lesson,
        following=following,
        text=render_text(lesson.body),
        watched_s=watched_seconds(person.id, subject),
        stretches=watched_of(person.id, subject).stretches(lesson.seconds),
    )


@courses.post("/classes/<code>/lessons/<lesson_code>/start")
@signed_in
@writes
def begin_lesson(code: str, lesson_code: str) -> ResponseReturnValue:
    """Begin a viewing of a lesson; whatever ran elsewhere ends."""
    member = own_member(code, current_person())
    lesson = lesson_of(member.training_class.syllabus, lesson_code)
    return started_json(start_lesson(member, lesson))


@courses.get("/classes/<code>/lessons/<lesson_code>/captions.vtt")
@signed_in
def lesson_captions(code: str, lesson_code: str) -> ResponseReturnValue:
    """Hand out the captions of a lesson's film."""
    member = own_member(code, current_person())
    return captions_of(lesson_of(member.training_class.syllabus, lesson_code).film)


def captions_of(film: Film | None) -> Response:
    """Return a film's captions.

    Raises:
        NotFound: it has none.
    """
    if film is None or film.captions_key is None:
        raise NotFound(_l("There are no captions."))
    return Response(storage.read(film.captions_key), mimetype="text/vtt")
