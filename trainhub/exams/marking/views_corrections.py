"""Pages of corrections: what waits for approval, one correction, and the deeds of its two persons."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.marking.corrections import (
    approve_correction,
    get_correction,
    propose_correction,
    refuse_correction,
    result_of,
    still_fits,
    waiting_first,
)
from trainhub.exams.marking.forms import CorrectionForm, RefusalForm
from trainhub.exams.marking.judged_anew import response_of
from trainhub.exams.marking.models import CorrectionState
from trainhub.exams.sittings import get_sitting
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _l
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import page_of, shown, take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

corrections = Blueprint("corrections", __name__, url_prefix="/exam")

DUTIES = (Duty.MARK, Duty.PUBLISH_RESULTS)
STATES = {
    CorrectionState.PROPOSED: (_l("waits for a second marker"), "warn"),
    CorrectionState.APPROVED: (_l("corrected"), "good"),
    CorrectionState.REFUSED: (_l("not corrected"), "bad"),
}


def centres_of_reader(*duties: Duty) -> list[int]:
    """Return the exam centres for which the reader has one of some duties."""
    person = current_person()
    return sorted({centre for duty in duties for centre in organisations_for(person, duty)})


@corrections.get("/marking/corrections")
@requires(*DUTIES)
def overview() -> ResponseReturnValue:
    """List the corrections of the reader's centres, what waits first."""
    page = paginate(waiting_first(centres_of_reader(*DUTIES)))
    return render_template("marking/corrections.html", page=page, states=STATES)


@corrections.get("/marking/corrections/<correction_code>")
@requires(*DUTIES)
def show(correction_code: str) -> ResponseReturnValue:
    """Show one correction: before, after, why, on what basis, and who stands for it."""
    correction = get_correction(correction_code, centres=centres_of_reader(*DUTIES))
    waits = correction.state == CorrectionState.PROPOSED
    return render_template(
        "marking/correction.html",
        correction=correction,
        result=correction.result,
        response=response_of(correction),
        state=STATES[CorrectionState(correction.state)],
        may_decide=waits and correction.result.sitting.organisation_id in centres_of_reader(Duty.MARK),
        is_own=correction.proposed_by_id == current_person().id,
        still_fits=still_fits(correction),
        form=shown(RefusalForm),
    )


@corrections.post("/marking/<code>/results/<candidate_code>/corrections")
@requires(Duty.MARK)
@writes
def propose(code: str, candidate_code: str) -> ResponseReturnValue:
    """Propose other marks for a result."""
    result = result_of(get_sitting(code, centres=centres_of_reader(Duty.MARK)), candidate_code)
    form = CorrectionForm()
    take_form(form, lambda: page_of("marking.show_result", code=code, candidate_code=candidate_code))
    words = form.reason.data, form.basis.data
    correction = propose_correction(result, form.marks.data, *words, by=current_person())
    return redirect(url_for("corrections.show", correction_code=correction.code))


@corrections.post("/marking/corrections/<correction_code>/approve")
@requires(Duty.MARK)
@writes
def approve(correction_code: str) -> ResponseReturnValue:
    """Approve a correction; who proposed it is refused (S-21)."""
    take_form(None, lambda: show(correction_code))
    correction = get_correction(correction_code, centres=centres_of_reader(Duty.MARK))
    approve_correction(correction, by=current_person())
    return redirect(url_for("corrections.show", correction_code=correction_code))


@corrections.post("/marking/corrections/<correction_code>/refuse")
@requires(Duty.MARK)
@writes
def refuse(correction_code: str) -> ResponseReturnValue:
    """Refuse a correction; the marks stay."""
    correction = get_correction(correction_code, centres=centres_of_reader(Duty.MARK))
    form = RefusalForm()
    take_form(form, lambda: show(correction_code), at="note")
    refuse_correction(correction, form.note.data, by=current_person())
    return redirect(url_for("corrections.show", correction_code=correction_code))
