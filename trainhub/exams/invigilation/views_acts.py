"""Pages of what is done for chosen seats, one or many."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.invigilation import forms, many
from trainhub.exams.invigilation.access import candidates_by, rooms_of, sitting_of
from trainhub.exams.invigilation.many import Act, Outcome
from trainhub.exams.invigilation.models import IncidentKind
from trainhub.exams.invigilation.reasons import reason_of
from trainhub.exams.sittings import Candidate, Sitting
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

acting = Blueprint("acting", __name__, url_prefix="/exam/desk")

NAMED = 25
"""So many seats are named in one message."""


@acting.post("/<code>/acts")
@requires(Duty.INVIGILATE)
@writes
def act(code: str) -> ResponseReturnValue:
    """Do something for the chosen seats of one's own rooms."""
    person = current_person()
    sitting = sitting_of(code, person, Duty.INVIGILATE)
    form = forms.ActForm()
    if not form.validate_on_submit():
        raise Invalid(_l("Say what is to be done, and why."))
    codes = request.form.getlist("seat")
    if not codes:
        raise Invalid(_l("Choose seats first."))
    chosen = candidates_by(sitting, codes, rooms_of(sitting, person, Duty.INVIGILATE))
    tell(Act(form.act.data).label, _do(sitting, chosen, form))
    return redirect(url_for("invigilation.show", code=code))


def _do(sitting: Sitting, chosen: list[Candidate], form: forms.ActForm) -> Outcome:
    by, text = current_person(), form.text.data or ""
    wanted = Act(form.act.data)
    if wanted is Act.NOTE:
        return many.note_chosen(chosen, text, by=by)
    if wanted is Act.RECORD:
        kind, ends = IncidentKind(form.kind.data), form.ends_attempt.data
        return many.record_chosen(sitting, chosen, kind, text, ends_attempt=ends, by=by)
    if wanted is Act.UNLOCK:
        return many.unlock_chosen(chosen, text, by=by)
    reason = reason_of(form.why.data, text)
    if wanted is Act.EXTEND:
        if not form.minutes.data:
            raise Invalid(_l("Extra time is 1 to 240 minutes."))
        return many.extend_chosen(sitting, chosen, form.minutes.data, reason, by=by)
    if wanted is Act.PAUSE:
        return many.pause_chosen(sitting, chosen, reason, by=by)
    if wanted is Act.RESUME:
        return many.resume_chosen(chosen, reason, by=by)
    return many.move_chosen(chosen, reason, by=by)


def tell(what: object, outcome: Outcome) -> None:
    """Say for how many something was done, and why not for the others."""
    count = len(outcome.done)
    if count:
        done = ngettext("%(what)s: done for %(num)s.", "%(what)s: done for %(num)s.", count, what=what)
        flash(done, "success")
    for why, candidates in outcome.refused.items():
        seats = _(", ").join(str(each.seat_number) for each in candidates[:NAMED])
        more = "" if len(candidates) <= NAMED else " …"
        flash(
            _("%(what)s: not done for seat %(seats)s. %(why)s", what=what, seats=seats + more, why=why),
            "warning",
        )
