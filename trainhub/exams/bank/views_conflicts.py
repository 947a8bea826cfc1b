"""The page of items that somebody knows who teaches for them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.conflicts import known_by_teachers, retire_known
from trainhub.exams.bank.forms import ReasonForm
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import ngettext
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


@requires(Duty.REVIEW_ITEMS)
def list_conflicts() -> ResponseReturnValue:
    """List the items in use of the reviewer's banks that somebody knows who teaches for them."""
    return _page(ReasonForm(formdata=None))


def _page(form: ReasonForm) -> str:
    return render_template("bank/conflicts.html", known=known_by_teachers(current_person()), form=form)


@requires(Duty.REVIEW_ITEMS)
@writes
def retire_conflicts() -> ResponseReturnValue:
    """Retire the chosen ones; if it is refused for one, it is done for none."""
    form = ReasonForm()
    take_form(form, lambda: _page(form))
    count = retire_known(request.form.getlist("item")[:500], form.reason.data, by=current_person())
    flash(ngettext("%(num)s item is retired.", "%(num)s items are retired.", count), "success")
    return redirect(url_for(".list_conflicts"))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the page."""
    blueprint.get("/conflicts")(list_conflicts)
    blueprint.post("/conflicts")(retire_conflicts)
