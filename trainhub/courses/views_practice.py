"""The page on which a training body hands its practice questions over to the examination side."""

from __future__ import annotations

import re

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from trainhub import handover, regulations
from trainhub.courses.blueprint import courses
from trainhub.courses.owning import own_organisations
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _l, ngettext
from trainhub.kernel.sent_forms import take_form
from trainhub.people.organisations import get_organisation
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

_BETWEEN = re.compile(r"\n\s*\n")


class PracticeForm(FlaskForm):  # type: ignore[misc]
    """Practice questions as lines of text."""

    organisation = SelectField(_l("Training body"), validators=[InputRequired()])
    qualification = SelectField(_l("Qualification"), validators=[InputRequired()])
    questions = TextAreaField(
        _l("Texts of the questions"),
        description=_l(
            "The question on the first line, each option on a line of its own. A blank line between two."
        ),
        validators=[DataRequired(), Length(max=200_000)],
        render_kw={"rows": 12},
    )


def _form() -> PracticeForm:
    form = PracticeForm()
    form.organisation.choices = [(each.code, each.name) for each in own_organisations(current_person())]
    form.qualification.choices = [
        (each.code, each.name) for each in regulations.qualifications(on=clock.today())
    ]
    return form


def _page(form: PracticeForm) -> str:
    handed = [
        each for body in own_organisations(current_person()) for each in handover.practice_questions_of(body)
    ]
    names = dict(form.qualification.choices)
    return render_template("courses/practice.html", form=form, handed=handed, names=names)


@courses.get("/manage/practice")
@requires(Duty.MANAGE_COURSES)
def list_practice() -> ResponseReturnValue:
    """Show the practice questions that were handed over last."""
    return _page(_form())


@courses.post("/manage/practice")
@requires(Duty.MANAGE_COURSES)
@writes
def hand_over_practice() -> ResponseReturnValue:
    """Hand practice questions over, signed by the training body."""
    form = _form()
    take_form(form, lambda: _page(form), at="questions")
    text = form.questions.data.replace("\r\n", "\n")
    records = handover.hand_over_practice_questions(
        [each for each in _BETWEEN.split(text) if each.strip()],
        form.qualification.data,
        get_organisation(form.organisation.data),
        by=current_person(),
    )
    flash(
        ngettext("%(num)s question is handed over.", "%(num)s questions are handed over.", len(records)),
        "success",
    )
    return redirect(url_for(".list_practice"))
