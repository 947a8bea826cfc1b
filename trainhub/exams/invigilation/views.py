"""The desk: the room as a map of seats, check-in, measures, incidents, the record at the end."""

from __future__ import annotations

import hashlib

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery import attempt_of
from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import (
    candidate_of,
    duties_in,
    find_candidate,
    own_sittings,
    sitting_of,
)
from trainhub.exams.invigilation.board import STATES, boards_of
from trainhub.exams.invigilation.check_in import check_in, check_in_of
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.measures import give_extra_time, measures_of, move_to_another_machine
from trainhub.exams.invigilation.models import PhoneGiven
from trainhub.exams.invigilation.recording import recording
from trainhub.exams.invigilation.views_alarms import watching
from trainhub.exams.invigilation.views_photos import photo_rules, photos
from trainhub.exams.invigilation.work import open_work
from trainhub.exams.sittings import Candidate, Sitting, open_sitting
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.people.persons import id_number_of, phone_of
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

desk = Blueprint("invigilation", __name__, url_prefix="/exam/desk")


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
    return render_template(
        "invigilation/desk.html", sitting=sitting, boards=boards_of(sitting), states=STATES
    )


@desk.get("/<code>/board")
@requires(Duty.INVIGILATE, Duty.INSPECT)
def board(code: str) -> ResponseReturnValue:
    """Tell the desk's script how the rooms are; nothing new costs an empty answer."""
    sitting = sitting_of(code, current_person(), Duty.INVIGILATE, Duty.INSPECT)
    rooms = [
        {"room": each.room.id, "counts": each.counts(), "seats": [seat.facts() for seat in each.seats]}
        for each in boards_of(sitting)
    ]
    response = jsonify(state=sitting.state, rooms=rooms)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


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
    candidate = candidate_of(sitting, candidate_code)
    form = forms.CheckInForm()
    if not form.validate_on_submit():
        return _check_in(sitting, candidate, form, "", 422)
    given = PhoneGiven(form.phone_given.data)
    confirmed = form.identity_confirmed.data
    check_in(candidate, given, form.phone.data or "", identity_confirmed=confirmed, by=current_person())
    seat, name = candidate.seat_number, candidate.person.name
    flash(_("%(name)s is let in: seat %(seat)s.", name=name, seat=seat), "success")
    return redirect(url_for(".check_in_page", code=code))


def _check_in(
    sitting: Sitting, candidate: Candidate | None, form: forms.CheckInForm, scanned: str, status: int
) -> ResponseReturnValue:
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
        done=check_in_of(candidate) if candidate else None,
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
    return _candidate_page(sitting, candidate_of(sitting, candidate_code), None)


@desk.post("/<code>/candidates/<candidate_code>/extra-time")
@requires(Duty.INVIGILATE)
@writes
def extra_time(code: str, candidate_code: str) -> ResponseReturnValue:
    """Give one candidate more time."""
    sitting = own_sitting(code)
    found = candidate_of(sitting, candidate_code)
    form = forms.ExtraTimeForm()
    if not form.validate_on_submit():
        return _candidate_page(sitting, found, form), 422
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
    found = candidate_of(sitting, candidate_code)
    form = forms.MoveForm()
    if not form.validate_on_submit():
        raise Invalid(_l("Say why in a few words."))
    move_to_another_machine(found, form.reason.data, by=current_person())
    flash(_("The old machine is cut off. The candidate signs in at the other one."), "success")
    return redirect(url_for(".candidate", code=code, candidate_code=candidate_code))


def _candidate_page(sitting: Sitting, found: Candidate, time_form: forms.ExtraTimeForm | None) -> str:
    seats = [seat for each in boards_of(sitting) for seat in each.seats if seat.candidate.id == found.id]
    return render_template(
        "invigilation/candidate.html",
        sitting=sitting,
        candidate=found,
        seat=seats[0] if seats else None,
        states=STATES,
        attempt=attempt_of(found),
        check_in=check_in_of(found),
        measures=measures_of(found),
        incidents=incidents_of(sitting, found),
        id_number=id_number_of(found.person),
        time_form=time_form or forms.ExtraTimeForm(),
        move_form=forms.MoveForm(),
    )


room = Room(
    name="exams.invigilation",
    side="exam",
    blueprints=(desk, recording, watching, photos, photo_rules),
    navigation=(NavigationEntry(_l("Desk"), "invigilation.list_sittings", (Duty.INVIGILATE, Duty.INSPECT)),),
    open_work=open_work,
)
