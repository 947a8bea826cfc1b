"""Pages of late answers: what the server knows of them, and the decision whether they count."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import candidates_by, rooms_of, sitting_of
from trainhub.exams.invigilation.deciding import decide, late_answers
from trainhub.exams.invigilation.views_acts import tell
from trainhub.exams.sittings import Sitting
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

late = Blueprint("late", __name__, url_prefix="/exam/desk")


@late.get("/<code>/late")
@requires(Duty.INVIGILATE)
def list_late(code: str) -> ResponseReturnValue:
    """Show whose answers arrived after the end, and what is known of them."""
    return _page(sitting_of(code, current_person(), Duty.INVIGILATE), forms.LateForm())


@late.post("/<code>/late")
@requires(Duty.INVIGILATE)
@writes
def decide_on(code: str) -> ResponseReturnValue:
    """Say whether the late answers of the chosen candidates count."""
    person = current_person()
    sitting = sitting_of(code, person, Duty.INVIGILATE)
    form = forms.LateForm()
    if not form.validate_on_submit():
        return _page(sitting, form), 422
    codes = request.form.getlist("seat")
    if not codes:
        form.form_errors.append(_("Choose candidates first."))
        return _page(sitting, form), 422
    chosen = candidates_by(sitting, codes, rooms_of(sitting, person, Duty.INVIGILATE))
    accept = form.verdict.data == "accept"
    what = _("Late answers count") if accept else _("Late answers do not count")
    tell(what, decide(chosen, accept, form.text.data, by=person))
    return redirect(url_for(".list_late", code=code))


def _page(sitting: Sitting, form: forms.LateForm) -> str:
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    day = clock.local_day(sitting.starts_at)
    return render_template(
        "invigilation/late.html",
        sitting=sitting,
        found=late_answers(sitting, mine),
        form=form,
        by_rule_seconds=regulations.value("exam.late.confirmed_by_rule_seconds", on=day),
    )
