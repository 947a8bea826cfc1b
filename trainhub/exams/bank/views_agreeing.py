"""Pages on which somebody asks to take many items out, and a second person agrees or refuses."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank import agreeing
from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.models_export import ExportState
from trainhub.exams.bank.views_export import FORMS, ExportForm, export_page_of
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

STATES = {
    ExportState.ASKED: _l("asked"),
    ExportState.AGREED: _l("agreed"),
    ExportState.REFUSED: _l("refused"),
    ExportState.WITHDRAWN: _l("asked anew"),
    ExportState.USED: _l("used"),
}


@requires(Duty.AUTHOR_ITEMS)
@writes
def ask_for_export(code: str) -> ResponseReturnValue:
    """Ask a second person to agree."""
    bank = get_bank(code, by=current_person(), duty=Duty.AUTHOR_ITEMS)
    take_form(None, lambda: export_page_of(bank, ExportForm(), None))
    form = request.form.get("form", "").partition("-")[0]
    try:
        agreeing.ask_to_export(bank, form, request.form.get("reason", ""), by=current_person())
    except Invalid as problem:
        return export_page_of(bank, ExportForm(), None, problem=str(problem)), 422
    flash(_("Asked. A reviewer of the bank sees it among their tasks."), "success")
    return redirect(url_for(".export_page", code=code))


@requires(Duty.REVIEW_ITEMS)
def list_export_requests(code: str) -> ResponseReturnValue:
    """Show who asks to take the items of a bank out, and what became of earlier requests."""
    bank = get_bank(code, by=current_person(), duty=Duty.REVIEW_ITEMS)
    return render_template(
        "bank/export_requests.html",
        bank=bank,
        waiting=agreeing.requests_waiting(bank, current_person()),
        last=agreeing.last_requests(bank),
        states=STATES,
        forms={name.partition("-")[0]: label for name, label in FORMS.items()} | {"qti": "QTI"},
        now=clock.now(),
    )


@requires(Duty.REVIEW_ITEMS)
@writes
def decide_on_export(request_code: str) -> ResponseReturnValue:
    """Agree, or refuse."""
    bank = agreeing.bank_of_request(request_code, current_person())
    take_form(None, lambda: list_export_requests(bank.code))
    agrees = request.form.get("deed") == "agree"
    agreeing.decide_on_export(request_code, agrees=agrees, by=current_person())
    text = _("Agreed: the items can be taken out once.") if agrees else _("Refused: nothing is taken out.")
    flash(text, "success")
    return redirect(url_for(".list_export_requests", code=bank.code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of requests."""
    blueprint.post("/<code>/export/requests")(ask_for_export)
    blueprint.get("/<code>/export/requests")(list_export_requests)
    blueprint.post("/exports/<request_code>")(decide_on_export)
