"""Pages on which two people of the oversight side override a rule, and the auditor reads what they did."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from trainhub.governance import overrides
from trainhub.governance.guards import current_duties, requires
from trainhub.governance.models import OverrideState
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import paginate
from trainhub.kernel.rooms import Task
from trainhub.kernel.sent_forms import take_form
from trainhub.people.persons import get_person, persons_among
from trainhub.people.sign_in import current_person
from trainhub.separation.catalogue import RULES
from trainhub.separation.duties import Duty

blueprint = Blueprint("overrides", __name__, url_prefix="/oversight/overrides")

STATES: dict[str, tuple[Any, str]] = {
    OverrideState.PROPOSED: (_l("proposed"), "warn"),
    OverrideState.APPROVED: (_l("in force"), "bad"),
    OverrideState.REFUSED: (_l("refused"), "neutral"),
    OverrideState.WITHDRAWN: (_l("withdrawn"), "neutral"),
}
"""What a state is called, and how loud it is: what is let pass is what the reader must see."""


class OverrideForm(FlaskForm):  # type: ignore[misc]
    """What is to be let pass, and why."""

    rule = SelectField(_l("Rule"), [InputRequired()])
    person = HiddenField()
    object_code = StringField(
        _l("What it concerns"),
        [DataRequired(), Length(max=overrides.LONGEST_OBJECT)],
        description=_l("The code that the refusal names: sitting, class, item, duty."),
    )
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(), Length(*overrides.REASON_LENGTH)],
        description=_l("It shows in the proof report for ever."),
    )


@blueprint.get("")
@requires(Duty.AUDIT, Duty.SUPERVISE)
def list_overrides() -> ResponseReturnValue:
    """List the overrides, the newest first, by state, rule and what they concern."""
    chosen = {name: request.args.get(name, "").strip()[:80] for name in ("state", "rule", "object")}
    page = paginate(overrides.listed(chosen["state"], chosen["rule"], chosen["object"]))
    return render_template(
        "overrides/list.html",
        page=page,
        chosen=chosen,
        states=STATES,
        rules={rule.id: rule for rule in RULES},
        overridable=overrides.overridable_rules(),
    )


@blueprint.get("/new")
@requires(Duty.SUPERVISE)
def new_override() -> ResponseReturnValue:
    """Show the form of a proposal, filled in with what a refusal named."""
    given = {name: request.args.get(name, "")[:80] for name in ("rule", "person", "object_code")}
    return _form_page(_form(**given))


@blueprint.post("/new")
@requires(Duty.SUPERVISE)
@writes
def propose() -> ResponseReturnValue:
    """Propose to let something pass; somebody else decides."""
    form = _form()
    take_form(form, lambda: _form_page(form), at="object_code")
    person = get_person(form.person.data) if form.person.data else None
    row = overrides.propose(
        form.rule.data, person, form.object_code.data, form.reason.data, by=current_person()
    )
    flash(_("The override is proposed. Another supervisor decides."), "success")
    return redirect(url_for(".show_override", code=row.code))


@blueprint.get("/<code>")
@requires(Duty.AUDIT, Duty.SUPERVISE)
def show_override(code: str) -> ResponseReturnValue:
    """Show an override with everything that became of it."""
    row, me = overrides.get_override(code), current_person()
    supervises = Duty.SUPERVISE in current_duties()
    return render_template(
        "overrides/show.html",
        row=row,
        rule=next((rule for rule in RULES if rule.id == row.rule), None),
        states=STATES,
        may_decide=supervises and overrides.may_decide(row, me),
        may_withdraw=supervises and overrides.may_withdraw(row, me),
    )


@blueprint.post("/<code>/approve")
@requires(Duty.SUPERVISE)
@writes
def approve(code: str) -> ResponseReturnValue:
    """Let pass what somebody else proposed."""
    take_form(None, lambda: show_override(code))
    overrides.approve(code, by=current_person())
    flash(_("The override is in force: the rule lets this person pass for this one thing."), "success")
    return redirect(url_for(".show_override", code=code))


@blueprint.post("/<code>/refuse")
@requires(Duty.SUPERVISE)
@writes
def refuse(code: str) -> ResponseReturnValue:
    """Do not let pass what somebody else proposed."""
    take_form(None, lambda: show_override(code))
    overrides.refuse(code, by=current_person())
    flash(_("The proposal is refused. The rule stands."), "success")
    return redirect(url_for(".show_override", code=code))


@blueprint.post("/<code>/withdraw")
@requires(Duty.SUPERVISE)
@writes
def withdraw(code: str) -> ResponseReturnValue:
    """Take a proposal back, or end an override."""
    take_form(None, lambda: show_override(code))
    overrides.withdraw(code, by=current_person())
    flash(_("The override is withdrawn. The rule refuses again from now on."), "success")
    return redirect(url_for(".show_override", code=code))


def open_work(person: Any, duties: frozenset[str]) -> list[Task]:
    """Return what waits for a supervisor: proposals of others."""
    if Duty.SUPERVISE not in duties:
        return []
    count = overrides.number_awaiting(person)
    url = url_for("overrides.list_overrides", state=OverrideState.PROPOSED.value)
    title = _("Decide whether a rule is overridden")
    return [Task(title, url, count=count, tone="warn")] if count else []


def _form(**given: str) -> OverrideForm:
    form = OverrideForm(data=given) if given else OverrideForm()
    form.rule.choices = [(rule.id, f"{rule.id} {rule.title}") for rule in overrides.overridable_rules()]
    return form


def _form_page(form: OverrideForm) -> str:
    person = persons_among([form.person.data]).get(form.person.data or "")
    return render_template("overrides/new.html", form=form, person=person)
