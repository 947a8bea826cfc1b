"""Pages of candidates: the register of a sitting, one candidate, evidence, seats, and one's own ticket."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.sittings.access import centres, own_candidate, own_sitting
from trainhub.exams.sittings.amending import correct, withdraw
from trainhub.exams.sittings.evidence import (
    EVIDENCE_KINDS,
    decide_evidence,
    evidence_of,
    get_evidence,
    open_evidence,
    propose_evidence,
    waiting_evidence,
)
from trainhub.exams.sittings.finding import candidates_chosen, candidates_found, holder_of_ticket
from trainhub.exams.sittings.forms import CorrectionForm, DecisionForm, EvidenceForm, ReasonForm, SeatForm
from trainhub.exams.sittings.models import Candidate, Eligibility, Sitting
from trainhub.exams.sittings.plan import candidates_of
from trainhub.exams.sittings.seating import free_seats, give_seat
from trainhub.exams.sittings.tickets import print_tickets, ticket_of
from trainhub.governance.guards import requires
from trainhub.kernel.access import signed_in
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.kernel.whole_numbers import whole_number
from trainhub.people.messages import waiting_for_number
from trainhub.people.persons import id_number_of
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

ELIGIBILITY = {
    Eligibility.PENDING: (_l("not settled"), "warn"),
    Eligibility.TRAINING_RECORD: (_l("by training record"), "good"),
    Eligibility.ACCEPTED_EVIDENCE: (_l("by accepted evidence"), "good"),
    Eligibility.EARLIER_RECORD: (_l("by an earlier admission"), "good"),
}


@requires(Duty.ARRANGE_SITTINGS)
def list_candidates(code: str) -> ResponseReturnValue:
    """List the candidates of a sitting."""
    sitting = own_sitting(code)
    wanted = request.args.get("q", "").strip()
    only_pending = request.args.get("eligibility") == Eligibility.PENDING
    page = paginate(candidates_found(sitting, wanted, only_pending=only_pending), per_page=60)
    return render_template(
        "sittings/candidates.html",
        sitting=sitting,
        page=page,
        wanted=wanted,
        eligibility=ELIGIBILITY,
        numberless=waiting_for_number(candidate.person_id for candidate in page.items),
        only_pending=only_pending,
        evidence_form=shown(EvidenceForm),
    )


@requires(Duty.ARRANGE_SITTINGS)
def show_seats(code: str) -> ResponseReturnValue:
    """Show the rooms of a sitting as their seats stand."""
    sitting = own_sitting(code)
    seated = {(each.sitting_room_id, each.seat_number): each for each in candidates_of(sitting)}
    return render_template("sittings/seats.html", sitting=sitting, seated=seated)


@requires(Duty.ARRANGE_SITTINGS)
def show_candidate(candidate_code: str) -> ResponseReturnValue:
    """Show one candidate: why they may sit, their seat, what was changed."""
    return _candidate_page(own_candidate(candidate_code))


def _candidate_page(
    candidate: Candidate,
    *,
    evidence: EvidenceForm | None = None,
    correction: CorrectionForm | None = None,
    seat: SeatForm | None = None,
    withdrawal: ReasonForm | None = None,
) -> str:
    """Show a candidate; a form that was sent and lacks something comes back with what was typed."""
    said = {"employer": candidate.employer_name, "training_body": candidate.training_body_name}
    return render_template(
        "sittings/candidate.html",
        candidate=candidate,
        sitting=candidate.sitting,
        id_number=id_number_of(candidate.person),
        eligibility=ELIGIBILITY[Eligibility(candidate.eligibility)],
        evidence=evidence_of(candidate),
        waiting=open_evidence(candidate),
        kinds=EVIDENCE_KINDS,
        evidence_form=evidence or EvidenceForm(formdata=None),
        withdrawal_form=withdrawal or ReasonForm(formdata=None),
        correction_form=correction or CorrectionForm(formdata=None, **said),
        seat_form=seat or _seats_of(SeatForm(formdata=None), candidate.sitting),
    )


def _seats_of(form: SeatForm, sitting: Sitting) -> SeatForm:
    form.seat.choices = [
        (f"{room.id}:{seat}", _("%(room)s, seat %(seat)s", room=room.name, seat=seat))
        for room, seat in free_seats(sitting)
    ]
    return form


@requires(Duty.ARRANGE_SITTINGS)
@writes
def withdraw_candidate(candidate_code: str) -> ResponseReturnValue:
    """Take a candidate out of a sitting."""
    candidate, form = own_candidate(candidate_code), ReasonForm()
    take_form(form, lambda: _candidate_page(candidate, withdrawal=form))
    withdraw(candidate, form.reason.data, by=current_person())
    flash(_("The candidate is withdrawn."), "success")
    return redirect(url_for(".show_candidate", candidate_code=candidate_code))


@requires(Duty.ARRANGE_SITTINGS)
@writes
def correct_candidate(candidate_code: str) -> ResponseReturnValue:
    """Correct what the registering party said."""
    candidate, form = own_candidate(candidate_code), CorrectionForm()
    take_form(form, lambda: _candidate_page(candidate, correction=form))
    training_body = form.training_body.data or ""
    correct(
        candidate,
        form.employer.data,
        training_body,
        form.reason.data,
        by=current_person(),
    )
    flash(_("The correction is recorded."), "success")
    return redirect(url_for(".show_candidate", candidate_code=candidate_code))


@requires(Duty.ARRANGE_SITTINGS)
@writes
def change_seat(candidate_code: str) -> ResponseReturnValue:
    """Give one candidate a free seat."""
    candidate = own_candidate(candidate_code)
    form = _seats_of(SeatForm(), candidate.sitting)
    take_form(form, lambda: _candidate_page(candidate, seat=form))
    room_id, seat = (int(part) for part in form.seat.data.split(":"))
    room = next(each for each in candidate.sitting.rooms if each.id == room_id)
    give_seat(candidate, room, seat, form.reason.data, by=current_person())
    flash(_("The seat is given."), "success")
    return redirect(url_for(".show_candidate", candidate_code=candidate_code))


@requires(Duty.ARRANGE_SITTINGS)
@writes
def lay_evidence(code: str) -> ResponseReturnValue:
    """Lay evidence for one candidate or several before a second person."""
    sitting, form = own_sitting(code), EvidenceForm()
    chosen = candidates_chosen(sitting, request.form.getlist("candidate"))
    is_of_list = "eligibility" in request.args or not chosen
    take_form(
        form, lambda: list_candidates(code) if is_of_list else _candidate_page(chosen[0], evidence=form)
    )
    propose_evidence(chosen, form.kind.data, form.description.data, by=current_person())
    flash(
        ngettext(
            "Laid for %(num)s candidate; a second person decides.",
            "Laid for %(num)s candidates; a second person decides.",
            len(chosen),
        ),
        "success",
    )
    return redirect(url_for(".list_evidence", code=code))


@requires(Duty.ARRANGE_SITTINGS)
def list_evidence(code: str) -> ResponseReturnValue:
    """List the evidence of a sitting that waits for a second person."""
    sitting = own_sitting(code)
    return render_template(
        "sittings/evidence.html",
        sitting=sitting,
        waiting=waiting_evidence(sitting),
        kinds=EVIDENCE_KINDS,
        form=shown(DecisionForm),
        me=current_person(),
    )


@requires(Duty.ARRANGE_SITTINGS)
@writes
def decide(code: str) -> ResponseReturnValue:
    """Accept or decline evidence, one piece or several at once."""
    sitting, form = own_sitting(code), DecisionForm()
    take_form(form, lambda: list_evidence(code))
    chosen = [whole_number(each) for each in dict.fromkeys(request.form.getlist("evidence"))]
    if not chosen:
        raise Invalid(_("Choose at least one candidate."))
    for evidence_id in chosen:
        evidence = get_evidence(evidence_id or 0, centres=centres())
        decide_evidence(evidence, form.decision.data == "yes", form.reason.data, by=current_person())
    flash(
        ngettext("%(num)s decision is recorded.", "%(num)s decisions are recorded.", len(chosen)), "success"
    )
    return redirect(url_for(".list_evidence", code=sitting.code))


@signed_in
def ticket(candidate_code: str) -> ResponseReturnValue:
    """Hand out a ticket to the candidate, or to who arranges the sitting; to nobody else."""
    candidate = holder_of_ticket(candidate_code, current_person())
    content = print_tickets([ticket_of(candidate)])
    name = f"ticket-{candidate.ticket_number}.pdf"
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=name)


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of candidates."""
    blueprint.get("/<code>/candidates")(list_candidates)
    blueprint.get("/<code>/seats")(show_seats)
    blueprint.get("/<code>/evidence")(list_evidence)
    blueprint.post("/<code>/evidence")(lay_evidence)
    blueprint.post("/<code>/evidence/decide")(decide)
    blueprint.get("/candidates/<candidate_code>")(show_candidate)
    blueprint.post("/candidates/<candidate_code>/withdraw")(withdraw_candidate)
    blueprint.post("/candidates/<candidate_code>/correct")(correct_candidate)
    blueprint.post("/candidates/<candidate_code>/seat")(change_seat)
    blueprint.get("/candidates/<candidate_code>/ticket.pdf")(ticket)
