"""Pages of late answers: what the server knows of them, and the decision whether they count."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import candidates_by, rooms_of, sitting_of
from trainhub.exams.invigilation.deciding import decide, late_answers
from trainhub.exams.invigilation.many import Outcome
from trainhub.exams.invigilation.sending import once
from trainhub.exams.invigilation.views_acts import tell
from trainhub.exams.sittings import Sitting
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import take_form
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
@once(".list_late")
def decide_on(code: str) -> ResponseReturnValue:
    """Say whether the late answers of the chosen candidates count."""
    person = current_person()
    sitting = sitting_of(code, person, Duty.INVIGILATE)
    form = forms.LateForm()
    codes = request.form.getlist("seat")
    take_form(form, lambda: _page(sitting, form, codes))
    if not codes:
        raise Invalid(_("Choose candidates first."))
    chosen = candidates_by(sitting, codes, rooms_of(sitting, person, Duty.INVIGILATE))
    accept, outcome = form.verdict.data == "accept", Outcome()
    what = _("Late answers count") if accept else _("Late answers do not count")
    outcome.take(decide(chosen, accept, form.text.data, by=person))
    tell(what, outcome)
    return redirect(url_for(".list_late", code=code))


def _page(sitting: Sitting, form: forms.LateForm, chosen: Collection[str] = ()) -> str:
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    day = clock.local_day(sitting.starts_at)
    return render_template(
        "invigilation/late.html",
        sitting=sitting,
        found=late_answers(sitting, mine),
        form=form,
        chosen=chosen,
        by_rule_seconds=regulations.value("exam.late.confirmed_by_rule_seconds", on=day),
    )
