"""What the auditor reads of separation: the rules, an audit of the whole register, what was refused."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import separation
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import take_form
from trainhub.ledger import Entry
from trainhub.people.persons import names_of
from trainhub.people.sign_in import current_person
from trainhub.separation.auditor import read_moment
from trainhub.separation.comparing_words import left_out, told
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import mark_seen, newest_first, unseen

SHOWN = 300
"""So many differences from the rooms' records are shown on the page; the command line tells all."""


@requires(Duty.AUDIT, Duty.SUPERVISE)
def list_rules() -> ResponseReturnValue:
    """List the rules with their sources and what they read."""
    return render_template("governance/rules.html", rules=separation.RULES)


@requires(Duty.AUDIT)
def audit() -> ResponseReturnValue:
    """Run every rule over the register, as known now or at a moment; compare it with the rooms' records."""
    report = None
    wanted = request.args.get("at", "").strip()
    if "run" in request.args:
        report = separation.audit(at=read_moment(wanted) if wanted else None)
    comparison = report.comparison if report else None
    violations = (*report.violations, *report.overridden) if report else ()
    return render_template(
        "governance/audit.html",
        report=report,
        comparison=comparison,
        differences=told(comparison, SHOWN) if comparison else (),
        left_out=left_out(comparison) if comparison else (),
        wanted=wanted,
        names=names_of({violation.person for violation in violations}),
        rules={rule.id: rule for rule in separation.RULES},
    )


@requires(Duty.AUDIT, Duty.SUPERVISE)
def list_refusals() -> ResponseReturnValue:
    """List what rules have refused: who tried, which rule, and the rows that prove it."""
    page = paginate(newest_first())
    rows: list[tuple[Entry, dict[str, Any]]] = [
        (entry, json.loads(entry.body)["facts"]) for entry in page.items if entry.body
    ]
    persons = {entry.by_id or "" for entry, _facts in rows}
    persons |= {each["person"] for _entry, facts in rows for each in facts["violations"]}
    return render_template(
        "governance/refusals.html",
        page=page,
        rows=rows,
        names=names_of(persons),
        rules={rule.id: rule for rule in separation.RULES},
        unseen=unseen(),
    )


@requires(Duty.AUDIT)
@writes
def look_into_refusal(entry_id: int) -> ResponseReturnValue:
    """Take note that the auditor has looked into a refusal."""
    take_form(None, list_refusals)
    mark_seen(entry_id, by=current_person())
    flash(_("Noted in the ledger: you have looked into this refusal."), "success")
    return redirect(url_for(".list_refusals"))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the auditor's pages of separation."""
    blueprint.get("/rules")(list_rules)
    blueprint.get("/audit")(audit)
    blueprint.get("/refusals")(list_refusals)
    blueprint.post("/refusals/<int:entry_id>/seen")(look_into_refusal)
