"""The training administrator's pages: courses, their drafts and lessons."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.courses import editing, owning
from trainhub.courses.blueprint import courses
from trainhub.courses.forms import CaptionsForm, CourseForm, DescriptionForm, FilmForm, LessonForm
from trainhub.courses.models import Course, Film, FilmState, Lesson
from trainhub.courses.rendering import render_text
from trainhub.courses.views_learner import qualification_name
from trainhub.courses.wording import FILM_STATES, SYLLABUS_STATES
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import take_form
from trainhub.people.organisations import get_organisation
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


@courses.get("/manage")
@requires(Duty.MANAGE_COURSES)
def managed() -> ResponseReturnValue:
    """List the courses of one's organisation."""
    found = owning.own_courses(current_person())
    return render_template(
        "courses/managed.html", courses=found, states=SYLLABUS_STATES, name_of=qualification_name
    )


def _course_form() -> CourseForm:
    form = CourseForm()
    form.organisation.choices = [
        (each.code, each.name) for each in owning.own_organisations(current_person())
    ]
    form.qualification.choices = [
        (each.code, each.name) for each in regulations.qualifications(on=clock.today())
    ]
    return form


@courses.get("/manage/new")
@requires(Duty.MANAGE_COURSES)
def new_course() -> ResponseReturnValue:
    """Show the form of a new course."""
    return render_template("courses/new_course.html", form=_course_form())


@courses.post("/manage/new")
@requires(Duty.MANAGE_COURSES)
@writes
def draft_course() -> ResponseReturnValue:
    """Begin a course."""
    form = _course_form()
    take_form(form, lambda: render_template("courses/new_course.html", form=form))
    course = editing.draft_course(
        form.qualification.data,
        form.title.data,
        form.summary.data or "",
        get_organisation(form.organisation.data),
        by=current_person(),
    )
    flash(_("The draft is kept. Add lessons, then publish it."), "good")
    return redirect(url_for(".edit_course", code=course.code))


def _editor(course: Course, form: DescriptionForm, status: int = 200) -> ResponseReturnValue:
    draft = course.draft
    page = render_template(
        "courses/edit_course.html",
        course=course,
        draft=draft,
        problems=[] if draft is None else editing.problems_of(draft),
        least=editing.least_hours(course.qualification),
        form=form,
        states=SYLLABUS_STATES,
        film_states=FILM_STATES,
        name_of=qualification_name,
    )
    return page, status


@courses.get("/manage/<code>")
@requires(Duty.MANAGE_COURSES)
def edit_course(code: str) -> ResponseReturnValue:
    """Show a course with its draft, its lessons and what is missing."""
    course = editing.managed_course(code, current_person())
    hours = course.draft.required_hours if course.draft is not None else None
    form = DescriptionForm(title=course.title, summary=course.summary, hours=hours)
    return _editor(course, form)


@courses.post("/manage/<code>")
@requires(Duty.MANAGE_COURSES)
@writes
def change_course(code: str) -> ResponseReturnValue:
    """Change title, summary and hours of a draft."""
    course = editing.managed_course(code, current_person())
    form = DescriptionForm()
    take_form(form, lambda: _editor(course, form))
    editing.describe(course, form.title.data, form.summary.data or "", by=current_person())
    editing.demand_hours(course, form.hours.data, by=current_person())
    flash(_("Saved."), "good")
    return redirect(url_for(".edit_course", code=code))


@courses.post("/manage/<code>/publish")
@requires(Duty.MANAGE_COURSES)
@writes
def publish_course(code: str) -> ResponseReturnValue:
    """Publish the draft."""
    take_form(None, lambda: edit_course(code))
    syllabus = editing.publish(editing.managed_course(code, current_person()), by=current_person())
    flash(_("Version %(version)s is published.", version=syllabus.version), "good")
    return redirect(url_for(".edit_course", code=code))


@courses.post("/manage/<code>/version")
@requires(Duty.MANAGE_COURSES)
@writes
def begin_version(code: str) -> ResponseReturnValue:
    """Begin a new version of a published course."""
    take_form(None, lambda: edit_course(code))
    editing.begin_version(editing.managed_course(code, current_person()), by=current_person())
    flash(_("A new version is begun; classes keep the version they follow."), "good")
    return redirect(url_for(".edit_course", code=code))


def _lesson_form(lesson: Lesson | None = None) -> LessonForm:
    values: dict[str, object] = {}
    if lesson is not None:
        film = "" if lesson.film is None else lesson.film.code
        values = {"title": lesson.title, "body": lesson.body, "film": film}
        values["minutes"] = lesson.reading_s // 60 or None
    form = LessonForm(**values)
    films = [
        (film.code, film.title)
        for film in owning.own_films(current_person())
        if film.state != FilmState.REFUSED
    ]
    form.film.choices = [("", _("No film, text only")), *films]
    return form


def _chosen_film(form: LessonForm) -> Film | None:
    return next((film for film in owning.own_films(current_person()) if film.code == form.film.data), None)


def _lesson_page(
    course: Course, lesson: Lesson | None, form: LessonForm, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "courses/edit_lesson.html",
        course=course,
        lesson=lesson,
        form=form,
        film_form=FilmForm(formdata=None),
        captions_form=CaptionsForm(formdata=None),
        preview=render_text(form.body.data or ""),
        film_states=FILM_STATES,
    )
    return page, status


@courses.get("/manage/<code>/lessons/new")
@requires(Duty.MANAGE_COURSES)
def new_lesson(code: str) -> ResponseReturnValue:
    """Show the form of a new lesson."""
    course = editing.managed_course(code, current_person())
    editing.draft_of(course)
    return _lesson_page(course, None, _lesson_form())


@courses.post("/manage/<code>/lessons/new")
@requires(Duty.MANAGE_COURSES)
@writes
def add_lesson(code: str) -> ResponseReturnValue:
    """Add a lesson to the draft."""
    course = editing.managed_course(code, current_person())
    form = _lesson_form()
    take_form(form, lambda: _lesson_page(course, None, form))
    lesson = editing.add_lesson(
        course,
        form.title.data,
        form.body.data or "",
        minutes=form.minutes.data or 0,
        film=_chosen_film(form),
        by=current_person(),
    )
    flash(_("The lesson is kept."), "good")
    return redirect(url_for(".edit_lesson", code=code, lesson_code=lesson.code))


@courses.get("/manage/<code>/lessons/<lesson_code>")
@requires(Duty.MANAGE_COURSES)
def edit_lesson(code: str, lesson_code: str) -> ResponseReturnValue:
    """Show a lesson of the draft for changing."""
    course = editing.managed_course(code, current_person())
    lesson = editing.draft_lesson(course, lesson_code)
    return _lesson_page(course, lesson, _lesson_form(lesson))


@courses.post("/manage/<code>/lessons/<lesson_code>")
@requires(Duty.MANAGE_COURSES)
@writes
def change_lesson(code: str, lesson_code: str) -> ResponseReturnValue:
    """Change a lesson of the draft."""
    course = editing.managed_course(code, current_person())
    lesson = editing.draft_lesson(course, lesson_code)
    form = _lesson_form(lesson)
    take_form(form, lambda: _lesson_page(course, lesson, form))
    editing.change_lesson(
        course,
        lesson,
        form.title.data,
        form.body.data or "",
        minutes=form.minutes.data or 0,
        film=_chosen_film(form),
        by=current_person(),
    )
    flash(_("The lesson is kept."), "good")
    return redirect(url_for(".edit_lesson", code=code, lesson_code=lesson_code))


@courses.post("/manage/<code>/lessons/<lesson_code>/up")
@requires(Duty.MANAGE_COURSES)
@writes
def move_lesson(code: str, lesson_code: str) -> ResponseReturnValue:
    """Move a lesson of the draft up by one."""
    take_form(None, lambda: edit_course(code))
    course = editing.managed_course(code, current_person())
    editing.move_lesson_up(course, editing.draft_lesson(course, lesson_code), by=current_person())
    return redirect(url_for(".edit_course", code=code))


@courses.post("/manage/<code>/lessons/<lesson_code>/remove")
@requires(Duty.MANAGE_COURSES)
@writes
def remove_lesson(code: str, lesson_code: str) -> ResponseReturnValue:
    """Take a lesson out of the draft."""
    take_form(None, lambda: edit_course(code))
    course = editing.managed_course(code, current_person())
    editing.remove_lesson(course, editing.draft_lesson(course, lesson_code), by=current_person())
    flash(_("The lesson is taken out."), "good")
    return redirect(url_for(".edit_course", code=code))
