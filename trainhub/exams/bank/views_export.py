"""The page on which the items of a bank are taken out as a file, and which says before what is lost."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired

from trainhub.exams.bank.agreeing import most_alone, needs_agreement, own_request
from trainhub.exams.bank.banks import counts_by_state, get_bank
from trainhub.exams.bank.exchange.writing import ENDINGS
from trainhub.exams.bank.exchange.writing_qti import VERSIONS
from trainhub.exams.bank.exporting import FIELDS, Export, export_items, weigh_items
from trainhub.exams.bank.models import Bank
from trainhub.exams.bank.models_export import ExportState
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

MOST_ON_PAGE = 1000
"""Items that a page may read in one request; each is written and read back."""

FORMS = {
    "qti-2.2": _l("QTI 2.2 (package)"),
    "qti-3.0": _l("QTI 3.0 (package)"),
    "moodle": "Moodle XML",
    "gift": "GIFT",
    "aiken": "Aiken",
    "xlsx": "Excel",
    "csv": "CSV",
}


class ExportForm(FlaskForm):  # type: ignore[misc]
    """Which form the file is to have."""

    form = SelectField(_l("Form of the file"), choices=list(FORMS.items()), validators=[InputRequired()])


def _own(code: str) -> Bank:
    return get_bank(code, by=current_person(), duty=Duty.AUTHOR_ITEMS)


def export_page_of(
    bank: Bank, form: ExportForm, export: Export | None, *, is_withheld: bool = False, problem: str = ""
) -> str:
    """Show the page of exports; ``problem`` is what is wrong with the reason of a request."""
    own = own_request(bank, current_person())
    return render_template(
        "bank/export.html",
        bank=bank,
        form=form,
        export=export,
        is_withheld=is_withheld,
        reason=request.form.get("reason", ""),
        problem=problem,
        fields=FIELDS,
        asks=needs_agreement(bank),
        most=most_alone(),
        own=own,
        is_agreed=own is not None and own.state == ExportState.AGREED and own.expires_at > clock.now(),
        is_asked=own is not None and own.state == ExportState.ASKED and own.expires_at > clock.now(),
    )


@requires(Duty.AUTHOR_ITEMS)
def export_page(code: str) -> ResponseReturnValue:
    """Show the forms in which the items can go out."""
    return export_page_of(_own(code), ExportForm(), None)


@requires(Duty.AUTHOR_ITEMS)
@writes
def take_out(code: str) -> ResponseReturnValue:
    """Say what a form cannot carry, or hand the file out; the ledger knows who took it.

    Nobody gets a file without something who was not told before what it lacks: ``known`` names the form of
    which the page has said it.
    """
    bank, form = _own(code), ExportForm()
    take_form(form, lambda: export_page_of(bank, form, None))
    name, _dash, version = str(form.form.data).partition("-")
    if sum(counts_by_state(bank).values()) > MOST_ON_PAGE:
        raise Invalid(
            _("A bank of more than %(count)s items is exported by the command.", count=MOST_ON_PAGE)
        )
    wants_file = request.form.get("deed") == "take"
    version = version or VERSIONS[0]
    if not wants_file or request.form.get("known") != form.form.data:
        told = weigh_items(bank, name, version=version)
        if not wants_file or told.left_out or told.lossy or told.refusal:
            return export_page_of(bank, form, told, is_withheld=wants_file)
    export = export_items(bank, name, by=current_person(), version=version)
    file_name = f"{bank.code}.{ENDINGS[name]}"
    answer = send_file(
        BytesIO(export.content), "application/octet-stream", as_attachment=True, download_name=file_name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the page of exports."""
    blueprint.get("/<code>/export")(export_page)
    blueprint.post("/<code>/export")(take_out)
