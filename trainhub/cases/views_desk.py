"""Pages of those who draft and approve: versions in work, facts, film, four eyes, coverage."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.cases import approving, drafting, watching
from trainhub.cases.blueprint import cases
from trainhub.cases.facts import facts_of, level_of
from trainhub.cases.forms import CaseAssignmentForm, CaseFilmForm, CaseForm, CaseWithdrawalForm, RemarkForm
from trainhub.cases.models import Case, CaseState, VersionState
from trainhub.cases.views_reader import case_words, qualification_choices
from trainhub.courses import films
from trainhub.courses.films import index_of
from trainhub.courses.models import FilmState
from trainhub.courses.wording import FILM_STATES
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel import storage
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.film import serve_range
from trainhub.kernel.i18n import _, _l, choose_language
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.kernel.uploads import takes_films
from trainhub.people.organisations import organisation_of_id
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

DESK = (Duty.DRAFT_CASES, Duty.APPROVE_CASES)
STATES = {
    VersionState.DRAFT: (_l("draft"), "neutral"),
    VersionState.IN_REVIEW: (_l("waits for approval"), "info"),
    VersionState.PUBLISHED: (_l("published"), "good"),
    VersionState.REPLACED: (_l("replaced"), "neutral"),
}


def _organisations(*duties: Duty) -> list[int]:
    person = current_person()
    return sorted({each for duty in (duties or DESK) for each in organisations_for(person, duty)})


def _own_case(code: str, *duties: Duty) -> Case:
    return drafting.get_case(code, organisations=_organisations(*duties))


@cases.get("/desk")
@requires(*DESK)
def desk() -> ResponseReturnValue:
    """List the cases of one's authority with where each stands."""
    return render_template(
        "cases/desk.html",
        page=paginate(drafting.on_the_desk(_organisations())),
        states=STATES,
        **case_words(),
    )


@cases.get("/new")
@requires(Duty.DRAFT_CASES)
def new_case() -> ResponseReturnValue:
    """Show the form of a new case."""
    form = CaseForm()
    form.fill_choices()
    return render_template("cases/edit.html", form=form, case=None, version=None)


@cases.post("/new")
@requires(Duty.DRAFT_CASES)
@writes
def record_case() -> ResponseReturnValue:
    """Begin a case."""
    form = CaseForm()
    form.fill_choices()
    organisation = organisation_of_id(_organisations(Duty.DRAFT_CASES)[0])
    take_form(form, lambda: render_template("cases/edit.html", form=form, case=None, version=None))
    case = drafting.draft_case(form.facts(), organisation, by=current_person())
    flash(_("The draft is kept. Add a film, then hand it in for approval."), "success")
    return redirect(url_for(".edit_case", code=case.code))


@cases.get("/<code>/edit")
@requires(Duty.DRAFT_CASES)
def edit_case(code: str) -> ResponseReturnValue:
    """Show a draft's facts and film."""
    case = _own_case(code, Duty.DRAFT_CASES)
    if case.in_work is None or case.in_work.state != VersionState.DRAFT:
        raise NotFound(_l("There is no draft of this case to change."))
    form = CaseForm(formdata=None)
    form.show(facts_of(case.in_work))
    form.fill_choices()
    return _edit_page(case, form)


def _edit_page(case: Case, form: CaseForm, status: int = 200) -> ResponseReturnValue:
    version = case.in_work
    assert version is not None
    page = render_template(
        "cases/edit.html",
        form=form,
        case=case,
        version=version,
        film_form=shown(CaseFilmForm),
        film_states=FILM_STATES,
        level=level_of(facts_of(version)),
        **case_words(),
    )
    return page, status


@cases.post("/<code>/edit")
@requires(Duty.DRAFT_CASES)
@writes
def change_case(code: str) -> ResponseReturnValue:
    """Change a draft."""
    case, form = _own_case(code, Duty.DRAFT_CASES), CaseForm()
    form.fill_choices()
    take_form(form, lambda: _edit_page(case, form))
    drafting.change_draft(case, form.facts(), by=current_person())
    flash(_("The draft is kept."), "success")
    return redirect(url_for(".edit_case", code=code))


@cases.post("/<code>/film")
@takes_films
@requires(Duty.DRAFT_CASES)
@writes
def upload_film(code: str) -> ResponseReturnValue:
    """Take in the film of a draft and have it looked into."""
    case, form, by = _own_case(code, Duty.DRAFT_CASES), CaseFilmForm(), current_person()
    take_form(form, lambda: edit_case(code), at="film_file")
    film = films.take_film(form.film_file.data, form.film_title.data, case.organisation, by=by)
    drafting.give_film(case, film, by=by)
    then = url_for(".edit_case", code=code)
    job = films.look_into_later(film, by=by, then=then, language=choose_language())
    return redirect(url_for("jobs.show", job_id=job.id))


@cases.get("/<code>/film")
@requires(*DESK)
def preview_film(code: str) -> ResponseReturnValue:
    """Show the film of a version in work by ranges; nothing is counted."""
    version = _own_case(code).in_work
    if version is None or version.film is None or version.film.state != FilmState.READY:
        raise NotFound(_l("This case has no film."))
    return serve_range(storage.path(version.film.storage_key), index_of(version.film).media_type)


@cases.post("/<code>/submit")
@requires(Duty.DRAFT_CASES)
@writes
def submit(code: str) -> ResponseReturnValue:
    """Hand a draft in for approval."""
    take_form(None, lambda: edit_case(code))
    drafting.submit(_own_case(code, Duty.DRAFT_CASES), by=current_person())
    flash(_("Another person approves the case now."), "success")
    return redirect(url_for(".desk"))


@cases.post("/<code>/correct")
@requires(Duty.DRAFT_CASES)
@writes
def correct(code: str) -> ResponseReturnValue:
    """Begin a new version of a published case."""
    take_form(None, desk)
    drafting.begin_correction(_own_case(code, Duty.DRAFT_CASES), by=current_person())
    return redirect(url_for(".edit_case", code=code))


@cases.get("/<code>/review")
@requires(*DESK)
def review(code: str) -> ResponseReturnValue:
    """Show a version in work to its approver, and to who drafted it."""
    case = _own_case(code)
    version = case.in_work
    if version is None:
        raise NotFound(_l("No version of this case waits for approval."))
    return render_template(
        "cases/review.html",
        case=case,
        version=version,
        state=STATES[VersionState(version.state)],
        may_approve=Duty.APPROVE_CASES in current_duties() and version.state == VersionState.IN_REVIEW,
        form=shown(RemarkForm),
        **case_words(),
    )


@cases.post("/<code>/approve")
@requires(Duty.APPROVE_CASES)
@writes
def approve(code: str) -> ResponseReturnValue:
    """Publish the version that waits."""
    take_form(None, lambda: review(code))
    approving.approve(_own_case(code, Duty.APPROVE_CASES), by=current_person())
    flash(_("The case is published."), "success")
    return redirect(url_for(".show_case", code=code))


@cases.post("/<code>/send-back")
@requires(Duty.APPROVE_CASES)
@writes
def send_back(code: str) -> ResponseReturnValue:
    """Send the version that waits back with a remark."""
    case = _own_case(code, Duty.APPROVE_CASES)
    form = RemarkForm()
    take_form(form, lambda: review(code), at="text")
    approving.send_back(case, form.text.data, by=current_person())
    flash(_("The case is back with its drafter."), "success")
    return redirect(url_for(".desk"))


@cases.get("/<code>/coverage")
@requires(*DESK)
def coverage(code: str) -> ResponseReturnValue:
    """Show who has acknowledged a case and who still has to."""
    case = _own_case(code)
    if case.state == CaseState.IN_WORK or case.published is None:
        raise NotFound(_l("There is no such case."))
    form = shown(CaseAssignmentForm)
    form.qualification.choices = qualification_choices()
    return render_template(
        "cases/coverage.html",
        case=case,
        version=case.published,
        coverage=watching.coverage_of(case),
        assignments=watching.assignments_of(case),
        names=dict(qualification_choices()),
        form=form,
        remark=shown(CaseWithdrawalForm),
        may_draft=Duty.DRAFT_CASES in current_duties(),
        may_approve=Duty.APPROVE_CASES in current_duties(),
        **case_words(),
    )


@cases.post("/<code>/assign")
@requires(Duty.DRAFT_CASES)
@writes
def assign(code: str) -> ResponseReturnValue:
    """Have learners see the case by a day."""
    case, form = _own_case(code, Duty.DRAFT_CASES), CaseAssignmentForm()
    form.qualification.choices = qualification_choices()
    take_form(form, lambda: coverage(code), at="due_on")
    watching.assign(case, form.qualification.data or "", form.due_on.data, by=current_person())
    flash(_("Assigned. It waits on the pages of those concerned."), "success")
    return redirect(url_for(".coverage", code=code))


@cases.post("/<code>/withdraw")
@requires(Duty.APPROVE_CASES)
@writes
def withdraw(code: str) -> ResponseReturnValue:
    """Take a published case away from its readers."""
    case = _own_case(code, Duty.APPROVE_CASES)
    form = CaseWithdrawalForm()
    take_form(form, lambda: coverage(code), at="text")
    approving.withdraw(case, form.text.data, by=current_person())
    flash(_("The case is withdrawn."), "success")
    return redirect(url_for(".desk"))
