"""Pages of rosters: hand one in, see what became of each row, take the bad rows back to correct."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.sittings.access import centres
from trainhub.exams.sittings.finding import open_to_registering
from trainhub.exams.sittings.forms import RosterForm
from trainhub.exams.sittings.models import Sitting
from trainhub.exams.sittings.roster_work import (
    get_import,
    hand_in_roster,
    last_imports,
    names_of_rejected,
    number_registered,
    rejected_workbook,
    template_workbook,
)
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import choose_language
from trainhub.kernel.pages import local_time
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _roster_form() -> RosterForm:
    form = RosterForm()
    form.sittings.choices = [(each.code, _label(each)) for each in open_to_registering(centres())]
    return form


def _label(sitting: Sitting) -> str:
    name = regulations.qualification(sitting.qualification, on=clock.local_day(sitting.starts_at)).name
    return f"{name} · {local_time(sitting.starts_at)} · {sitting.site.name} · {sitting.code}"


@requires(Duty.ARRANGE_SITTINGS)
def new_roster() -> ResponseReturnValue:
    """Show where a roster is handed in, and the last imports."""
    form = _roster_form()
    wanted = request.args.getlist("sitting")
    form.sittings.data = [code for code, _label in form.sittings.choices if code in wanted]
    return render_template("sittings/roster.html", form=form, imports=last_imports(centres()))


@requires(Duty.ARRANGE_SITTINGS)
@writes
def hand_in() -> ResponseReturnValue:
    """Take a roster; the import runs in the background."""
    form = _roster_form()
    take_form(
        form, lambda: render_template("sittings/roster.html", form=form, imports=last_imports(centres()))
    )
    chosen = [each for each in open_to_registering(centres()) if each.code in form.sittings.data]
    row = hand_in_roster(
        form.file.data.stream,
        form.file.data.filename or "",
        chosen,
        by=current_person(),
        language=choose_language(),
        accept_good=form.accept_good.data,
        dry_run=form.dry_run.data,
    )
    return redirect(row.url.removesuffix("/state"))


@requires(Duty.ARRANGE_SITTINGS)
def roster_result(import_id: str) -> ResponseReturnValue:
    """Show what became of each row of a roster."""
    kept = get_import(import_id, centres=centres())
    return render_template(
        "sittings/roster_result.html",
        kept=kept,
        registered=number_registered(kept),
        names=names_of_rejected(kept),
    )


@requires(Duty.ARRANGE_SITTINGS)
def rejected_rows(import_id: str) -> ResponseReturnValue:
    """Hand out the rows that were not taken as a workbook to correct."""
    content = rejected_workbook(get_import(import_id, centres=centres()))
    name = f"roster-to-correct-{import_id[:8]}.xlsx"
    return send_file(BytesIO(content), mimetype=XLSX, download_name=name, as_attachment=True)


@requires(Duty.ARRANGE_SITTINGS)
def roster_template() -> ResponseReturnValue:
    """Hand out an empty roster with the headings that are read."""
    content = template_workbook()
    return send_file(BytesIO(content), mimetype=XLSX, download_name="roster.xlsx", as_attachment=True)


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of rosters."""
    blueprint.get("/roster")(new_roster)
    blueprint.post("/roster")(hand_in)
    blueprint.get("/roster/template.xlsx")(roster_template)
    blueprint.get("/roster/<import_id>")(roster_result)
    blueprint.get("/roster/<import_id>/rejected.xlsx")(rejected_rows)
