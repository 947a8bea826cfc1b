"""The page of one candidate: what is known, what was done for them, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from trainhub.exams.delivery import attempt_of
from trainhub.exams.delivery.admission import WRONG_ENTRIES
from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import own_candidate, sitting_of
from trainhub.exams.invigilation.board import MARKS, STATES
from trainhub.exams.invigilation.check_in import check_in_of
from trainhub.exams.invigilation.halting import open_halt_of
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.live import boards_of
from trainhub.exams.invigilation.many import Act, Outcome, pause_chosen
from trainhub.exams.invigilation.measures import give_extra_time, measures_of, move_to_another_machine
from trainhub.exams.invigilation.models import MEASURE_LABELS
from trainhub.exams.invigilation.sending import answered, once
from trainhub.exams.invigilation.views_acts import tell
from trainhub.exams.sittings import Candidate, Sitting
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, ngettext
from trainhub.people.persons import id_number_of
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

one_seat = Blueprint("one_seat", __name__, url_prefix="/exam/desk")


def _own(code: str, candidate_code: str) -> tuple[Sitting, Candidate]:
    sitting = sitting_of(code, current_person(), Duty.INVIGILATE)
    return sitting, own_candidate(sitting, candidate_code, current_person())


@one_seat.get("/<code>/candidates/<candidate_code>")
@requires(Duty.INVIGILATE)
def candidate(code: str, candidate_code: str) -> ResponseReturnValue:
    """Show one candidate with what can be done for them."""
    return _page(*_own(code, candidate_code))


@one_seat.post("/<code>/candidates/<candidate_code>/extra-time")
@requires(Duty.INVIGILATE)
@writes
@once(".candidate", "candidate_code")
def extra_time(code: str, candidate_code: str) -> ResponseReturnValue:
    """Give one candidate more time."""
    sitting, found = _own(code, candidate_code)
    form = forms.ExtraTimeForm()

    def give() -> None:
        give_extra_time(found, form.minutes.data, form.reason.data, by=current_person())
        name = found.person.name
        flash(
            ngettext(
                "%(num)s more minute for %(name)s.",
                "%(num)s more minutes for %(name)s.",
                form.minutes.data,
                name=name,
            ),
            "success",
        )

    return _done(sitting, found, form, give, time_form=form)


@one_seat.post("/<code>/candidates/<candidate_code>/move")
@requires(Duty.INVIGILATE)
@writes
@once(".candidate", "candidate_code")
def move(code: str, candidate_code: str) -> ResponseReturnValue:
    """Let one candidate sign in at another machine."""
    sitting, found = _own(code, candidate_code)
    form = forms.WhyForm(prefix="move")

    def cut_off() -> None:
        move_to_another_machine(found, form.reason, by=current_person())
        flash(_("The old machine is cut off. The candidate signs in at the other one."), "success")

    return _done(sitting, found, form, cut_off, move_form=form)


@one_seat.post("/<code>/candidates/<candidate_code>/pause")
@requires(Duty.INVIGILATE)
@writes
@once(".candidate", "candidate_code")
def pause(code: str, candidate_code: str) -> ResponseReturnValue:
    """Let time stand still for one candidate."""
    sitting, found = _own(code, candidate_code)
    form = forms.WhyForm(prefix="pause")

    def stop() -> None:
        outcome: Outcome = pause_chosen(sitting, [found], form.reason, by=current_person())
        tell(Act.PAUSE.label, outcome)

    return _done(sitting, found, form, stop, pause_form=form)


def _done(
    sitting: Sitting, found: Candidate, form: FlaskForm, deed: Callable[[], None], **shown: FlaskForm
) -> ResponseReturnValue:
    """Do what a form asks, and show the page again, with the form where something lacks."""
    then = url_for(".candidate", code=sitting.code, candidate_code=found.code)
    return answered(form, deed, lambda: _page(sitting, found, **shown), then)


def _page(
    sitting: Sitting,
    found: Candidate,
    *,
    time_form: FlaskForm | None = None,
    move_form: FlaskForm | None = None,
    pause_form: FlaskForm | None = None,
) -> str:
    attempt = attempt_of(found)
    outside = 0 if attempt is None else attempt.wrong_entries_outside
    seats = [seat for each in boards_of(sitting) for seat in each.seats if seat.plan.candidate_id == found.id]
    return render_template(
        "invigilation/candidate.html",
        sitting=sitting,
        candidate=found,
        seat=seats[0] if seats else None,
        states=STATES,
        marks=MARKS,
        halt=open_halt_of(found),
        attempt=attempt,
        outside=outside if outside >= WRONG_ENTRIES else 0,
        check_in=check_in_of(found),
        measures=measures_of(found),
        incidents=incidents_of(sitting, found),
        id_number=id_number_of(found.person),
        time_form=time_form or forms.ExtraTimeForm(formdata=None),
        move_form=move_form or forms.WhyForm(prefix="move", formdata=None),
        pause_form=pause_form or forms.WhyForm(prefix="pause", formdata=None),
        acts_form=forms.ActForm(formdata=None),
        measure_labels=MEASURE_LABELS,
    )
