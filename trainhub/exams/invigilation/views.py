"""The desk: the room as a map of seats, check-in, measures, incidents, the record at the end."""

from __future__ import annotations

from contextlib import nullcontext

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

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
from trainhub.exams.invigilation.answering import answer_with_pass, pass_for_rooms
from trainhub.exams.invigilation.board import seat_sources
from trainhub.exams.invigilation.centre import UNDER_WAY
from trainhub.exams.invigilation.check_in import check_in, check_in_of
from trainhub.exams.invigilation.desk_page import desk_page
from trainhub.exams.invigilation.gate import gate
from trainhub.exams.invigilation.live import boards_of, live_board
from trainhub.exams.invigilation.models import PhoneGiven
from trainhub.exams.invigilation.recording import recording
from trainhub.exams.invigilation.sending import fresh_mark, once
from trainhub.exams.invigilation.turned_away import turned_away_marks
from trainhub.exams.invigilation.views_acts import acting
from trainhub.exams.invigilation.views_alarms import watching
from trainhub.exams.invigilation.views_candidate import one_seat
from trainhub.exams.invigilation.views_centre import centre
from trainhub.exams.invigilation.views_halts import halting
from trainhub.exams.invigilation.views_late import late
from trainhub.exams.invigilation.views_photos import photo_rules, photos
from trainhub.exams.invigilation.wording import seat_of
from trainhub.exams.invigilation.work import open_work
from trainhub.exams.sittings import Candidate, Sitting, SittingState, open_sitting
from trainhub.exams.staffing import people_in_charge
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import take_form
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
    """List the sittings on which the person is on duty: those to come, the next first, then the past ones."""
    person = current_person()
    mine = own_sittings(person)
    ahead = [each for each in mine if each.state in UNDER_WAY or each.state == SittingState.PLANNED]
    over = [each for each in reversed(mine) if each not in ahead]
    sittings = [(sitting, sorted(duties_in(sitting, person))) for sitting in (*ahead, *over)]
    return render_template("invigilation/list.html", sittings=sittings)


desk.app_template_global("fresh_mark")(fresh_mark)
desk.app_template_global("seat_of")(seat_of)
desk.app_template_global("people_in_charge")(people_in_charge)


@desk.get("/<code>")
@requires(Duty.INVIGILATE)
def show(code: str) -> ResponseReturnValue:
    """Show the rooms of a sitting, seat by seat."""
    return desk_page(own_sitting(code))


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
@once(".show")
def open_for_entry(code: str) -> ResponseReturnValue:
    """Open the sitting: every rule is checked once more, then candidates may be let in."""
    take_form(None, lambda: show(code))
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
@once(".check_in_page")
def let_in(code: str, candidate_code: str) -> ResponseReturnValue:
    """Let a candidate in whose identity is confirmed."""
    sitting = own_sitting(code)
    candidate = own_candidate(sitting, candidate_code, current_person())
    form = forms.CheckInForm()
    take_form(form, lambda: _check_in(sitting, candidate, form, "", 422))
    given, number = PhoneGiven(form.phone_given.data), form.phone.data or ""
    is_same = form.identity_confirmed.data
    by = current_person()
    check_in(candidate, given, number, identity_confirmed=is_same, by=by)
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


room = Room(
    name="exams.invigilation",
    side="exam",
    blueprints=(desk, one_seat, acting, halting, late, recording, watching, photos, photo_rules, centre),
    navigation=(
        NavigationEntry(_l("Desk"), "invigilation.list_sittings", (Duty.INVIGILATE, Duty.INSPECT)),
        NavigationEntry(_l("Rooms today"), "centre.show", OF_THE_CENTRE),
    ),
    open_work=open_work,
    gate=gate,
)
