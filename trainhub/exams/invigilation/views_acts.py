"""Pages of what is done for chosen seats, one or many."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.invigilation import forms, many
from trainhub.exams.invigilation.access import candidates_by, rooms_of, sitting_of
from trainhub.exams.invigilation.desk_page import desk_page
from trainhub.exams.invigilation.many import Act, Outcome
from trainhub.exams.invigilation.models import IncidentKind
from trainhub.exams.invigilation.reasons import reason_of
from trainhub.exams.invigilation.sending import once
from trainhub.exams.invigilation.wording import seats_in_words
from trainhub.exams.sittings import Candidate, Sitting
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

acting = Blueprint("acting", __name__, url_prefix="/exam/desk")


@acting.post("/<code>/acts")
@requires(Duty.INVIGILATE)
@writes
@once("invigilation.show")
def act(code: str) -> ResponseReturnValue:
    """Do something for the chosen seats of one's own rooms."""
    person = current_person()
    sitting = sitting_of(code, person, Duty.INVIGILATE)
    form, codes = forms.ActForm(), request.form.getlist("seat")
    take_form(form, lambda: desk_page(sitting, form, codes))
    if not codes:
        raise Invalid(_("Choose seats first."))
    chosen = candidates_by(sitting, codes, rooms_of(sitting, person, Duty.INVIGILATE))
    outcome = Outcome()
    outcome.take(_do(sitting, chosen, form))
    tell(Act(form.act.data).label, outcome)
    return redirect(url_for("invigilation.show", code=code))


def _do(sitting: Sitting, chosen: list[Candidate], form: forms.ActForm) -> Outcome:
    by, text = current_person(), form.text.data or ""
    wanted = Act(form.act.data)
    if wanted is Act.ADMIT:
        return many.admit_chosen(chosen, documents_seen=form.documents_seen.data, by=by)
    if wanted is Act.NOTE:
        return many.note_chosen(chosen, text, by=by)
    if wanted is Act.RECORD:
        kind, ends = IncidentKind(form.kind.data), form.ends_attempt.data
        return many.record_chosen(sitting, chosen, kind, text, ends_attempt=ends, by=by)
    if wanted is Act.UNLOCK:
        return many.unlock_chosen(chosen, text, by=by)
    reason = reason_of(form.why.data, text)
    if wanted is Act.EXTEND:
        return many.extend_chosen(sitting, chosen, form.minutes.data, reason, by=by)
    if wanted is Act.PAUSE:
        return many.pause_chosen(sitting, chosen, reason, by=by)
    if wanted is Act.RESUME:
        return many.resume_chosen(chosen, reason, by=by)
    return many.move_chosen(chosen, reason, by=by)


def tell(what: object, outcome: Outcome) -> None:
    """Say for which seats something was done, and for which not and why."""
    count = len(outcome.done)
    if count:
        done = ngettext(
            "%(what)s: done for %(num)s, seat %(seats)s.",
            "%(what)s: done for %(num)s, seats %(seats)s.",
            count,
            what=what,
            seats=seats_in_words(outcome.done),
        )
        flash(done, "success")
    for why, candidates in outcome.refused.items():
        seats = seats_in_words(candidates)
        flash(_("%(what)s: not done for seat %(seats)s. %(why)s", what=what, seats=seats, why=why), "warning")
