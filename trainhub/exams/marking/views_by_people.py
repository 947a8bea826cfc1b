"""Pages of whoever is in charge of marking by people: allotting, progress, agreement, and marking anew."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.marking.agreeing import share_of
from trainhub.exams.marking.allotting import places_of, release
from trainhub.exams.marking.forms import AnewForm
from trainhub.exams.marking.judged_anew import (
    anew_of,
    ask_anew,
    get_response,
    may_ask_anew,
    new_marks,
    propose_anew,
)
from trainhub.exams.marking.judging import note_of
from trainhub.exams.marking.marking import require_final
from trainhub.exams.marking.models_judging import WrittenResponse
from trainhub.exams.marking.reliability import by_assessor, by_question
from trainhub.exams.marking.superseding import changed_among
from trainhub.exams.marking.views_corrections import centres_of_reader
from trainhub.exams.marking.work import ALLOT
from trainhub.exams.marking.written import limit_of, responses_of, to_be_marked
from trainhub.exams.sittings import Sitting, SittingState, get_sitting
from trainhub.governance.guards import requires
from trainhub.kernel import jobs
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l, choose_language
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

by_people = Blueprint("by_people", __name__, url_prefix="/exam")

STATES = (SittingState.CLOSED, SittingState.MARKED, SittingState.PUBLISHED)


def _own_sitting(code: str) -> Sitting:
    sitting = get_sitting(code, centres=centres_of_reader(Duty.MARK))
    if sitting.state not in STATES:
        raise NotFound(_l("There is no such sitting."))
    return sitting


@by_people.get("/marking/<code>/people")
@requires(Duty.MARK)
def show(code: str) -> ResponseReturnValue:
    """Show how far marking by people is, by question and by assessor, and how they agree."""
    sitting = _own_sitting(code)
    written, limit = responses_of(sitting), limit_of(sitting)
    responses = to_be_marked(written)
    changed = changed_among(responses)
    return render_template(
        "marking/by_people.html",
        sitting=sitting,
        count=len(responses),
        voided=len(written) - len(responses),
        settled=sum(each.twice_points is not None and each.id not in changed for each in responses),
        changed=len(changed),
        nobody=sum(bool(places_of(each)) for each in responses),
        limit=limit,
        questions=by_question(responses, limit, changed),
        assessors=by_assessor(responses, limit),
        is_open=sitting.state == SittingState.CLOSED,
    )


@by_people.post("/marking/<code>/people/allot")
@requires(Duty.MARK)
@writes
def allot(code: str) -> ResponseReturnValue:
    """Have what was written found and given to assessors, in the background."""
    take_form(None, lambda: show(code))
    sitting, by = _own_sitting(code), current_person()
    require_final(sitting, by=by)
    title = _l("Give the responses of %(code)s to assessors", code=code)
    row = jobs.start(ALLOT, title, by=by, language=choose_language(), sitting_code=code, by_id=by.id)
    return redirect(url_for("jobs.show", job_id=row.id))


@by_people.post("/marking/<code>/people/release")
@requires(Duty.MARK)
@writes
def take_back(code: str) -> ResponseReturnValue:
    """Take from an assessor what they have not marked, and give it to others."""
    take_form(None, lambda: show(code))
    release(_own_sitting(code), request.form.get("assessor", ""), by=current_person())
    return redirect(url_for("by_people.show", code=code))


def _response(response_code: str) -> WrittenResponse:
    return get_response(response_code, centres=centres_of_reader(Duty.MARK))


@by_people.get("/marking/responses/<response_code>")
@requires(Duty.MARK)
def show_response(response_code: str) -> ResponseReturnValue:
    """Show what assessors gave to one response and what it came to; never its words."""
    response = _response(response_code)
    share = None if response.twice_points is None else share_of(response.twice_points, response.points)
    return render_template(
        "marking/response.html",
        response=response,
        sitting=response.sitting,
        limit=limit_of(response.sitting),
        share=share,
        notes={each.id: note_of(each) for each in response.judgements},
        anew=anew_of(response),
        may_ask_anew=may_ask_anew(response),
        form=shown(AnewForm),
        new_marks=new_marks(response),
        is_marked=response.sitting.state in (SittingState.MARKED, SittingState.PUBLISHED),
    )


@by_people.post("/marking/responses/<response_code>/anew")
@requires(Duty.MARK)
@writes
def mark_anew(response_code: str) -> ResponseReturnValue:
    """Have a response marked once more, by somebody who never had it."""
    response, form = _response(response_code), AnewForm()
    take_form(form, lambda: show_response(response_code), at="reason")
    ask_anew(response, form.reason.data, by=current_person())
    return redirect(url_for("by_people.show_response", response_code=response_code))


@by_people.post("/marking/responses/<response_code>/correction")
@requires(Duty.MARK)
@writes
def propose(response_code: str) -> ResponseReturnValue:
    """Propose as a correction what a marking anew came to."""
    take_form(None, lambda: show_response(response_code))
    correction = propose_anew(_response(response_code), by=current_person())
    return redirect(url_for("corrections.show", correction_code=correction.code))
