"""Pages of marking: sittings to mark and publish, one sitting's results, and everybody's own examinations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.delivery import undecided
from trainhub.exams.delivery.on_paper.record import record_of
from trainhub.exams.marking.borne_out import deviating_results
from trainhub.exams.marking.corrections import result_of
from trainhub.exams.marking.flagging import DESCRIBING
from trainhub.exams.marking.forms import CorrectionForm
from trainhub.exams.marking.judged_anew import responses_of_result
from trainhub.exams.marking.listing_key_changes import changes_among
from trainhub.exams.marking.marking import require_markable, results_found
from trainhub.exams.marking.models import CorrectionState, Standing
from trainhub.exams.marking.own import awaiting_result, broken_off, coming, own_results
from trainhub.exams.marking.publishing import is_any_waiting, require_publishable, withheld
from trainhub.exams.marking.set_questions import questions_of
from trainhub.exams.marking.statistics import hardest_questions, spread_of
from trainhub.exams.marking.under_way import FOLLOWING
from trainhub.exams.marking.views_again import again
from trainhub.exams.marking.views_assessing import assessing
from trainhub.exams.marking.views_by_people import by_people
from trainhub.exams.marking.views_corrections import STATES as CORRECTION_STATES
from trainhub.exams.marking.views_corrections import centres_of_reader, corrections
from trainhub.exams.marking.views_key_changes import key_changes
from trainhub.exams.marking.views_statistics import DUTIES as STATISTICS_DUTIES
from trainhub.exams.marking.views_statistics import statistics
from trainhub.exams.marking.witness import bear_witness
from trainhub.exams.marking.work import MARK, PUBLISH, open_work
from trainhub.exams.marking.written import has_written_questions, number_waiting
from trainhub.exams.marking.wrong_elsewhere import changed_elsewhere
from trainhub.exams.sittings import (
    Sitting,
    SittingState,
    get_sitting,
    sittings_of,
)
from trainhub.governance.guards import requires
from trainhub.kernel import clock, jobs
from trainhub.kernel.access import signed_in
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l, choose_language
from trainhub.kernel.pages import paginate
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

marking = Blueprint("marking", __name__, url_prefix="/exam")

DUTIES = (Duty.MARK, Duty.PUBLISH_RESULTS)
STATES = {
    SittingState.CLOSED: (_l("to be marked"), "warn"),
    SittingState.MARKED: (_l("to be published"), "info"),
    SittingState.PUBLISHED: (_l("published"), "good"),
}


ON_A_PAGE = 100
"""Results of a sitting that are shown at once."""


def _own_sitting(code: str, *duties: Duty) -> Sitting:
    sitting = get_sitting(code, centres=centres_of_reader(*(duties or DUTIES)))
    if sitting.state not in STATES:
        raise NotFound(_l("There is no such sitting."))
    return sitting


def name_of(sitting: Sitting) -> str:
    """Return the name of what is examined, in the reader's language."""
    return regulations.qualification(sitting.qualification, on=clock.local_day(sitting.starts_at)).name


@marking.get("/marking/")
@requires(*DUTIES)
def list_sittings() -> ResponseReturnValue:
    """List the sittings that are closed, what waits first."""
    page = paginate(sittings_of(centres_of_reader(*DUTIES), STATES, last=SittingState.PUBLISHED))
    return render_template("marking/list.html", page=page, states=STATES, name_of=name_of)


@marking.get("/marking/<code>")
@requires(*DUTIES)
def show_sitting(code: str) -> ResponseReturnValue:
    """Show a sitting's results, how they are spread, and what is to be done."""
    sitting = _own_sitting(code)
    spread = spread_of(sitting)
    count = spread.passed + spread.failed + spread.broken_off
    words = request.args.get("q", "").strip()
    return render_template(
        "marking/sitting.html",
        sitting=sitting,
        name=name_of(sitting),
        state=STATES[SittingState(sitting.state)],
        page=paginate(results_found(sitting, words), ON_A_PAGE),
        count=count,
        words=words,
        withheld={each.id for each in withheld(sitting)},
        is_any_waiting=is_any_waiting(sitting),
        spread=spread,
        hardest=hardest_questions(sitting),
        may_mark=_may(Duty.MARK, sitting),
        undecided=undecided(sitting) if sitting.state == SittingState.CLOSED else [],
        **_set_questions(sitting),
        by_people=has_written_questions(sitting),
        unsettled=number_waiting(sitting),
        may_publish=_may(Duty.PUBLISH_RESULTS, sitting),
    )


def _may(duty: Duty, sitting: Sitting) -> bool:
    """Tell whether the reader has a duty at the centre of a sitting: at another it opens nothing here."""
    return sitting.organisation_id in centres_of_reader(duty)


def _set_questions(sitting: Sitting) -> dict[str, Any]:
    """What a page says of questions that may turn out wrong before the sitting is marked."""
    questions = questions_of(sitting) if _may(Duty.MARK, sitting) else []
    asked = {(each.item_code, each.version) for each in questions}
    return {
        "questions": questions,
        "changes_elsewhere": changed_elsewhere(sitting.organisation_id, asked),
        "changes": changes_among(sitting.organisation_id, asked),
        "touched": [each for each in questions if each.since is not None],
        "key_change_states": CORRECTION_STATES,
    }


@marking.post("/marking/<code>/mark")
@requires(Duty.MARK)
@writes
def mark(code: str) -> ResponseReturnValue:
    """Have a closed sitting marked in the background."""
    take_form(None, lambda: show_sitting(code))
    sitting, by = _own_sitting(code, Duty.MARK), current_person()
    require_markable(sitting, by=by)
    title = _l("Mark the sitting %(code)s", code=code)
    row = jobs.start(MARK, title, by=by, language=choose_language(), sitting_code=code, by_id=by.id)
    return redirect(url_for("jobs.show", job_id=row.id))


@marking.post("/marking/<code>/publish")
@requires(Duty.PUBLISH_RESULTS)
@writes
def publish(code: str) -> ResponseReturnValue:
    """Have the results published in the background; who marked them is refused here already."""
    take_form(None, lambda: show_sitting(code))
    sitting, by = _own_sitting(code, Duty.PUBLISH_RESULTS), current_person()
    require_publishable(sitting, by=by)
    title = _l("Publish the results of %(code)s", code=code)
    row = jobs.start(PUBLISH, title, by=by, language=choose_language(), sitting_code=code, by_id=by.id)
    return redirect(url_for("jobs.show", job_id=row.id))


@marking.get("/marking/<code>/results/<candidate_code>")
@requires(*DUTIES)
def show_result(code: str, candidate_code: str) -> ResponseReturnValue:
    """Show one result question by question: numbers and marks, never the words of a question."""
    sitting = _own_sitting(code)
    result = result_of(sitting, candidate_code)
    waits = any(each.state == CorrectionState.PROPOSED for each in result.corrections)
    may_mark = _may(Duty.MARK, sitting)
    return render_template(
        "marking/result.html",
        sitting=sitting,
        name=name_of(sitting),
        result=result,
        may_correct=may_mark and result.standing == Standing.COUNTED and not waits,
        on_paper=record_of(result.candidate),
        written=responses_of_result(result) if may_mark else [],
        states=CORRECTION_STATES,
        form=shown(CorrectionForm),
    )


@marking.get("/my")
@signed_in
def own() -> ResponseReturnValue:
    """Show the signed-in person's own examinations."""
    person = current_person()
    today = clock.today()
    results = own_results(person)
    practical = {
        each.id: regulations.qualification(each.qualification, on=clock.local_day(each.sitting.starts_at))
        for each in results
    }
    return render_template(
        "marking/own.html",
        coming=[(candidate, broken_off(candidate)) for candidate in coming(person)],
        awaiting=awaiting_result(person),
        results=results,
        qualifications=practical,
        appeal_days=int(regulations.value("appeal.days", on=today)),
        name_of=name_of,
    )


OF_A_CANDIDATE = ("delivery.attempt", "delivery.receipt", "before_exam.machine_check", "objections.find")
"""Pages of rooms below that a candidate comes to from their examinations, with no entry of their own."""

room = Room(
    name="exams.marking",
    side="exam",
    blueprints=(marking, corrections, key_changes, statistics, assessing, by_people, again),
    navigation=(
        NavigationEntry(_l("My examinations"), "marking.own", beside=OF_A_CANDIDATE),
        NavigationEntry(_l("Results"), "marking.list_sittings", DUTIES),
        NavigationEntry(_l("Responses to mark"), "assessing.overview", (Duty.ASSESS,)),
        NavigationEntry(_l("Question statistics"), "statistics.list_sittings", STATISTICS_DUTIES),
    ),
    open_work=open_work,
    witness=bear_witness,
    against_ledger=deviating_results,
    chores=(DESCRIBING, FOLLOWING),
)
