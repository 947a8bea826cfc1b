"""Pages of objections: raised by whoever can show whose registration it is, decided by a duty."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.sittings.access import centres
from trainhub.exams.sittings.forms import DecisionForm, NumbersForm, ObjectionForm
from trainhub.exams.sittings.models import Candidate, ObjectionState
from trainhub.exams.sittings.objections import (
    GROUNDS,
    candidate_by_numbers,
    candidate_by_token,
    decide_objection,
    get_objection,
    objections_of,
    open_objections,
    raise_objection,
    words_of,
)
from trainhub.governance.guards import requires
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.limits import limiter, refused_seldom
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

objections = Blueprint("objections", __name__, url_prefix="/exam/objections")

STATES = {
    ObjectionState.OPEN: (_l("undecided"), "warn"),
    ObjectionState.UPHELD: (_l("upheld"), "bad"),
    ObjectionState.DISMISSED: (_l("dismissed"), "neutral"),
}
_WITHOUT_ACCOUNT = "people are registered with stolen identities; they have no account"


def _ticket_tried() -> str:
    return request.form.get("ticket_number", "").strip().upper()[:40]


def _link_tried() -> str:
    return str((request.view_args or {}).get("token", ""))[:80]


@objections.get("/")
@open_to_all(_WITHOUT_ACCOUNT)
def find() -> ResponseReturnValue:
    """Ask for ticket number and ID number."""
    return render_template("objections/find.html", form=NumbersForm())


@objections.post("/")
@open_to_all(_WITHOUT_ACCOUNT)
@limiter.limit("300 per hour")
@limiter.limit("10 per hour", key_func=_ticket_tried)
def found() -> ResponseReturnValue:
    """Lead to the registration that has both numbers; what does not fit together is not explained."""
    form = NumbersForm()
    take_form(form, lambda: render_template("objections/find.html", form=form))
    candidate = candidate_by_numbers(form.ticket_number.data, form.id_number.data)
    return redirect(url_for(".show", token=candidate.objection_token))


@objections.get("/<token>")
@open_to_all(_WITHOUT_ACCOUNT)
@refused_seldom()
def show(token: str) -> ResponseReturnValue:
    """Show what is registered, as little as the person needs to recognise it, and the form."""
    return _page(candidate_by_token(token), ObjectionForm())


def _page(candidate: Candidate, form: ObjectionForm) -> str:
    return render_template(
        "objections/raise.html",
        candidate=candidate,
        sitting=candidate.sitting,
        form=form,
        is_open=bool(open_objections(candidate)),
    )


@objections.post("/<token>")
@open_to_all(_WITHOUT_ACCOUNT)
@refused_seldom()
@limiter.limit("10 per hour", key_func=_link_tried)
@writes
def take(token: str) -> ResponseReturnValue:
    """Take an objection."""
    candidate, form = candidate_by_token(token), ObjectionForm()
    take_form(form, lambda: _page(candidate, form))
    raise_objection(
        candidate, form.ground.data, form.text.data or "", form.contact.data or "", channel="link"
    )
    return redirect(url_for(".show", token=token))


@requires(Duty.HANDLE_OBJECTIONS)
def list_objections() -> ResponseReturnValue:
    """List the objections, open ones first."""
    rows = objections_of(centres(Duty.HANDLE_OBJECTIONS))
    return render_template("objections/list.html", rows=rows, states=STATES, grounds=GROUNDS)


@requires(Duty.HANDLE_OBJECTIONS)
def show_objection(objection_code: str) -> ResponseReturnValue:
    """Show an objection with the person's words."""
    objection = get_objection(objection_code, centres=centres(Duty.HANDLE_OBJECTIONS))
    text, contact = words_of(objection)
    return render_template(
        "objections/decide.html",
        objection=objection,
        candidate=objection.candidate,
        sitting=objection.candidate.sitting,
        text=text,
        contact=contact,
        state=STATES[ObjectionState(objection.state)],
        ground=GROUNDS[objection.ground],
        form=_decision_form(),
    )


def _decision_form() -> DecisionForm:
    form = shown(DecisionForm)
    form.decision.choices = [
        ("yes", _("Uphold: the person is right; no certificate goes out")),
        ("no", _("Dismiss: the registration stands")),
    ]
    return form


@requires(Duty.HANDLE_OBJECTIONS)
@writes
def decide(objection_code: str) -> ResponseReturnValue:
    """Uphold or dismiss an objection."""
    objection = get_objection(objection_code, centres=centres(Duty.HANDLE_OBJECTIONS))
    form = DecisionForm()
    take_form(form, lambda: show_objection(objection_code))
    decide_objection(objection, form.decision.data == "yes", form.reason.data, by=current_person())
    flash(_("The decision is recorded."), "success")
    return redirect(url_for(".list_objections"))


def add_deciding_routes(blueprint: Blueprint) -> None:
    """Give the blueprint of sittings the pages of who decides objections."""
    blueprint.get("/objections")(list_objections)
    blueprint.get("/objections/<objection_code>")(show_objection)
    blueprint.add_url_rule("/objections/<objection_code>", "decide_objection", decide, methods=["POST"])
