"""Pages of classes for those who run them: members, instructors, progress, training records."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.courses import classes, owning, records
from trainhub.courses.blueprint import courses
from trainhub.courses.forms import ClassForm, InstructorForm, MemberForm
from trainhub.courses.models import TrainingClass
from trainhub.courses.progress import progress_of
from trainhub.courses.views_learner import qualification_name
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.persons import get_person, record_person
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


@courses.get("/classes")
@requires(Duty.MANAGE_COURSES, Duty.TEACH, Duty.ISSUE_TRAINING_RECORDS)
def list_classes() -> ResponseReturnValue:
    """List the classes that one runs, teaches or issues records for."""
    person = current_person()
    found = classes.classes_of(person)
    rows = [(one, len(one.members), len(records.ready_members(one))) for one in found]
    may_open = Duty.MANAGE_COURSES in current_duties()
    return render_template("courses/classes.html", rows=rows, may_open=may_open, name_of=qualification_name)


def _class_form() -> ClassForm:
    form = ClassForm()
    found = owning.teachable_courses(current_person())
    form.course.choices = [(course.code, course.title) for course in found]
    return form


@courses.get("/classes/new")
@requires(Duty.MANAGE_COURSES)
def new_class() -> ResponseReturnValue:
    """Show the form of a new class."""
    return render_template("courses/new_class.html", form=_class_form())


@courses.post("/classes/new")
@requires(Duty.MANAGE_COURSES)
@writes
def open_class() -> ResponseReturnValue:
    """Begin a class on a published course."""
    form = _class_form()
    take_form(form, lambda: render_template("courses/new_class.html", form=form))
    opened = classes.open_class(
        owning.teachable(form.course.data, current_person()),
        form.name.data,
        form.starts_on.data,
        form.ends_on.data,
        is_open=form.is_open.data,
        by=current_person(),
    )
    flash(_("The class is open. Assign an instructor and enrol members."), "good")
    return redirect(url_for(".staff_class", code=opened.code))


def _class_page(
    training_class: TrainingClass,
    member_form: MemberForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    instructor_form = shown(InstructorForm)
    instructor_form.person.choices = [
        (person.id, person.name) for person in classes.possible_instructors(training_class)
    ]
    own = organisations_for(current_person(), Duty.ISSUE_TRAINING_RECORDS)
    page = render_template(
        "courses/staff_class.html",
        training_class=training_class,
        progresses=progress_of(training_class.members),
        instructor_form=instructor_form,
        member_form=member_form or MemberForm(formdata=None),
        may_manage=Duty.MANAGE_COURSES in current_duties(),
        may_issue=training_class.organisation_id in own,
        name_of=qualification_name,
    )
    return page, status


@courses.get("/classes/<code>/staff")
@requires(Duty.MANAGE_COURSES, Duty.TEACH, Duty.ISSUE_TRAINING_RECORDS)
def staff_class(code: str) -> ResponseReturnValue:
    """Show a class with its members' progress."""
    return _class_page(classes.staffed_class(code, current_person()))


@courses.post("/classes/<code>/instructors")
@requires(Duty.MANAGE_COURSES)
@writes
def assign_instructor(code: str) -> ResponseReturnValue:
    """Have an instructor teach the class."""
    training_class = classes.managed_class(code, current_person())
    form = InstructorForm()
    form.person.choices = [(each.id, each.name) for each in classes.possible_instructors(training_class)]
    take_form(form, lambda: staff_class(code), at="person")
    person = get_person(form.person.data)
    classes.assign_instructor(training_class, person, by=current_person())
    flash(_("%(name)s teaches this class.", name=person.name), "good")
    return redirect(url_for(".staff_class", code=code))


@courses.post("/classes/<code>/members")
@requires(Duty.MANAGE_COURSES)
@writes
def enrol_member(code: str) -> ResponseReturnValue:
    """Enrol a person by name and ID number."""
    training_class = classes.managed_class(code, current_person())
    form = MemberForm()
    take_form(form, lambda: _class_page(training_class, form))
    person = record_person(form.name.data, form.id_number.data, by=current_person())
    classes.enrol(training_class, person, by=current_person())
    flash(_("%(name)s is in the class.", name=person.name), "good")
    return redirect(url_for(".staff_class", code=code))


@courses.post("/classes/<code>/records")
@requires(Duty.ISSUE_TRAINING_RECORDS)
@writes
def issue_records(code: str) -> ResponseReturnValue:
    """Issue the signed training records of those chosen, in one act."""
    training_class = records.issuing_class(code, current_person())
    take_form(None, lambda: staff_class(code))
    issued = records.issue_records(training_class, request.form.getlist("person"), by=current_person())
    text = ngettext("%(num)s training record is issued.", "%(num)s training records are issued.", len(issued))
    flash(text, "good")
    return redirect(url_for(".staff_class", code=code))
