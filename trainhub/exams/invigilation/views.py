"""The desk: the room as a map of seats, check-in, measures, incidents, the record at the end."""

from __future__ import annotations

from contextlib import nullcontext

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery import attempt_of
from trainhub.exams.delivery.on_paper.arranging import sits_on_paper
from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import (
    OF_THE_CENTRE,
    duties_in,
    find_candidate,
    own_candidate,
    own_sittings,
    rooms_of,
    sitting_of,
    watched_sitting,
)
from trainhub.exams.invigilation.answering import answer_with_pass, fresh_pass, pass_for_rooms
from trainhub.exams.invigilation.board import MARKS, STATES, desk_words, seat_sources
from trainhub.exams.invigilation.check_in import check_in, check_in_of
from trainhub.exams.invigilation.deciding import number_undecided
from trainhub.exams.invigilation.gate import gate
from trainhub.exams.invigilation.halting import open_halt_of, standing_halts
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.live import board_of, boards_of, live_board
from trainhub.exams.invigilation.many import Act, pause_chosen
from trainhub.exams.invigilation.measures import give_extra_time, measures_of, move_to_another_machine
from trainhub.exams.invigilation.models import MEASURE_LABELS, PhoneGiven
from trainhub.exams.invigilation.recording import recording
from trainhub.exams.invigilation.turned_away import turned_away_marks
from trainhub.exams.invigilation.views_acts import acting, tell
from trainhub.exams.invigilation.views_alarms import watching
from trainhub.exams.invigilation.views_centre import centre
from trainhub.exams.invigilation.views_halts import halting
from trainhub.exams.invigilation.views_late import late
from trainhub.exams.invigilation.views_photos import photo_rules, photos
from trainhub.exams.invigilation.work import open_work
from trainhub.exams.sittings import Candidate, Sitting, open_sitting
from trainhub.governance.guards import requires
from trainhub.kernel.db import db, writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.people.persons import id_number_of, phone_of
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

desk = Blueprint("invigilation", __name__, url_prefix="/exam/desk")
seat_sources.append(turned_away_marks)


def own_sitting(code: str) -> Sitting:
    """Return a sitting that the signed-in person invigilates, else 404."""
    return sitting_of(code, current_person(), Duty.INVIGILATE)


@desk.get("/")
@requires(Duty.INVIGILATE, Duty.INSPECT)
def list_sittings() -> ResponseReturnValue:
    """List the sittings on which the person is on duty."""
    person = current_person()
    sittings = [(sitting, sorted(duties_in(sitting, person))) for sitting in own_sittings(person)]
    return render_template("invigilation/list.html", sittings=sittings)


@desk.get("/<code>")
@requires(Duty.INVIGILATE)
def show(code: str) -> ResponseReturnValue:
    """Show the rooms of a sitting, seat by seat."""
    sitting = own_sitting(code)
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    return render_template(
        "invigilation/desk.html",
        sitting=sitting,
        board=board_of(sitting).of(mine),
        states=STATES,
        marks=MARKS,
        words=desk_words(),
        halts=standing_halts(sitting),
        undecided=number_undecided(sitting),
        acts_form=forms.ActForm(),
        desk_pass=fresh_pass(pass_for_rooms(sitting, mine)),
    )


@desk.get("/<code>/board")
@requires(Duty.INVIGILATE, Duty.INSPECT, *OF_THE_CENTRE)
def board(code: str) -> ResponseReturnValue:
    """Tell the desk's script how the rooms are, with a pass for the next minute."""
    sitting, rooms = watched_sitting(code, current_person())
    moment = live_board(sitting.id).moment(nullcontext)
    return answer_with_pass(moment, rooms, pass_for_rooms(sitting, rooms))


@desk.post("/<code>/open")
@requires(Duty.INVIGILATE)
@writes
def open_for_entry(code: str) -> ResponseReturnValue:
    """Open the sitting: every rule is checked once more, then candidates may be let in."""
    open_sitting(own_sitting(code), by=current_person())
    flash(_("The sitting is open. Candidates can be checked in."), "success")
    return redirect(url_for(".show", code=code))


@desk.get("/<code>/check-in")
@requires(Duty.INVIGILATE)
def check_in_page(code: str) -> ResponseReturnValue:
    """Find a candidate by the ticket's QR text or number, and show who they must be."""
    sitting = own_sitting(code)
    scanned = request.args.get("ticket", "")
    found = find_candidate(sitting, scanned)
    status = 404 if scanned and found is None else 200
    return _check_in(sitting, found, forms.CheckInForm(), scanned, status)


@desk.post("/<code>/check-in/<candidate_code>")
@requires(Duty.INVIGILATE)
@writes
def let_in(code: str, candidate_code: str) -> ResponseReturnValue:
    """Let a candidate in whose identity is confirmed."""
    sitting = own_sitting(code)
    candidate = own_candidate(sitting, candidate_code, current_person())
    form = forms.CheckInForm()
    if not form.validate_on_submit():
        return _check_in(sitting, candidate, form, "", 422)
    given = PhoneGiven(form.phone_given.data)
    confirmed = form.identity_confirmed.data
    try:
        with db.session.begin_nested():
            check_in(
                candidate, given, form.phone.data or "", identity_confirmed=confirmed, by=current_person()
            )
    except Invalid as problem:
        form.form_errors.append(str(problem))
        return _check_in(sitting, candidate, form, "", 422)
    seat, name = candidate.seat_number, candidate.person.name
    flash(_("%(name)s is let in: seat %(seat)s.", name=name, seat=seat), "success")
    return redirect(url_for(".check_in_page", code=code))


def _check_in(
    sitting: Sitting, candidate: Candidate | None, form: forms.CheckInForm, scanned: str, status: int
) -> ResponseReturnValue:
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    person = candidate.person if candidate else None
    phone = phone_of(person) if person else None
    if form.phone_given.data is None:
        form.phone_given.data = PhoneGiven.CONFIRMED if phone else PhoneGiven.GIVEN
    if not phone:
        form.phone_given.choices = form.phone_given.choices[1:]
    page = render_template(
        "invigilation/check_in.html",
        sitting=sitting,
        candidate=candidate,
        is_ours=candidate is not None and (mine is None or candidate.sitting_room_id in mine),
        done=check_in_of(candidate) if candidate else None,
        on_paper=sits_on_paper(candidate) if candidate else False,
        id_number=id_number_of(person) if person else None,
        phone=phone,
        form=form,
        scanned=scanned,
        boards=boards_of(sitting),
    )
    return page, status


@desk.get("/<code>/candidates/<candidate_code>")
@requires(Duty.INVIGILATE)
def candidate(code: str, candidate_code: str) -> ResponseReturnValue:
    """Show one candidate with what can be done for them."""
    sitting = own_sitting(code)
    return _candidate_page(sitting, own_candidate(sitting, candidate_code, current_person()))


@desk.post("/<code>/candidates/<candidate_code>/extra-time")
@requires(Duty.INVIGILATE)
@writes
def extra_time(code: str, candidate_code: str) -> ResponseReturnValue:
    """Give one candidate more time."""
    sitting = own_sitting(code)
    found = own_candidate(sitting, candidate_code, current_person())
    form = forms.ExtraTimeForm()
    if not form.validate_on_submit():
        return _candidate_page(sitting, found, time_form=form), 422
    give_extra_time(found, form.minutes.data, form.reason.data, by=current_person())
    name = found.person.name
    flash(_("%(count)s more minutes for %(name)s.", count=form.minutes.data, name=name), "success")
    return redirect(url_for(".candidate", code=code, candidate_code=candidate_code))


@desk.post("/<code>/candidates/<candidate_code>/move")
@requires(Duty.INVIGILATE)
@writes
def move(code: str, candidate_code: str) -> ResponseReturnValue:
    """Let one candidate sign in at another machine."""
    sitting = own_sitting(code)
    found = own_candidate(sitting, candidate_code, current_person())
    form = forms.WhyForm(prefix="move")
    if not form.validate_on_submit():
        return _candidate_page(sitting, found, move_form=form), 422
    move_to_another_machine(found, form.reason, by=current_person())
    flash(_("The old machine is cut off. The candidate signs in at the other one."), "success")
    return redirect(url_for(".candidate", code=code, candidate_code=candidate_code))


@desk.post("/<code>/candidates/<candidate_code>/pause")
@requires(Duty.INVIGILATE)
@writes
def pause(code: str, candidate_code: str) -> ResponseReturnValue:
    """Let time stand still for one candidate."""
    sitting = own_sitting(code)
    found = own_candidate(sitting, candidate_code, current_person())
    form = forms.WhyForm(prefix="pause")
    if not form.validate_on_submit():
        return _candidate_page(sitting, found, pause_form=form), 422
    tell(Act.PAUSE.label, pause_chosen(sitting, [found], form.reason, by=current_person()))
    return redirect(url_for(".candidate", code=code, candidate_code=candidate_code))


def _candidate_page(
    sitting: Sitting,
    found: Candidate,
    *,
    time_form: forms.ExtraTimeForm | None = None,
    move_form: forms.WhyForm | None = None,
    pause_form: forms.WhyForm | None = None,
) -> str:
    seats = [seat for each in boards_of(sitting) for seat in each.seats if seat.plan.candidate_id == found.id]
    return render_template(
        "invigilation/candidate.html",
        sitting=sitting,
        candidate=found,
        seat=seats[0] if seats else None,
        states=STATES,
        marks=MARKS,
        halt=open_halt_of(found),
        attempt=attempt_of(found),
        check_in=check_in_of(found),
        measures=measures_of(found),
        incidents=incidents_of(sitting, found),
        id_number=id_number_of(found.person),
        time_form=time_form or forms.ExtraTimeForm(),
        move_form=move_form or forms.WhyForm(prefix="move"),
        pause_form=pause_form or forms.WhyForm(prefix="pause"),
        acts_form=forms.ActForm(),
        measure_labels=MEASURE_LABELS,
    )


room = Room(
    name="exams.invigilation",
    side="exam",
    blueprints=(desk, acting, halting, late, recording, watching, photos, photo_rules, centre),
    navigation=(
        NavigationEntry(_l("Desk"), "invigilation.list_sittings", (Duty.INVIGILATE, Duty.INSPECT)),
        NavigationEntry(_l("Rooms today"), "centre.show", OF_THE_CENTRE),
    ),
    open_work=open_work,
    gate=gate,
)
