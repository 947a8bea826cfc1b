"""Pages of answers on paper: who sits on paper, which sheets wait, and the entering of one sheet."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.content import TYPE_LABELS, ItemType
from trainhub.exams.bank.media.serving import file_response
from trainhub.exams.delivery.forms import OnPaperForm, TakeUpForm
from trainhub.exams.delivery.models_on_paper import Kind, Reading, SheetState
from trainhub.exams.delivery.on_paper import listing
from trainhub.exams.delivery.on_paper.arranging import (
    arrangements_of,
    lift,
    may_change,
    on_paper_in,
    put_on_paper,
)
from trainhub.exams.delivery.on_paper.entering import enter, own_reading, say_missing, take_up
from trainhub.exams.delivery.on_paper.keyed import Entry, kept_entries, name_of, said
from trainhub.exams.delivery.on_paper.pictures import has_picture, picture_at
from trainhub.exams.delivery.on_paper.settling import differing, form_of, readings_compared
from trainhub.exams.delivery.types import response_form
from trainhub.exams.delivery.wording import texts_of_marks
from trainhub.exams.papers.printed_sealing import control_of_paper, has_printed_forms
from trainhub.exams.sittings import Sitting, SittingState, candidate_by_ticket, get_sitting
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import requires
from trainhub.kernel.db import db, writes
from trainhub.kernel.errors import Conflict, DomainError, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rooms import NavigationEntry
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

sheets = Blueprint("sheets", __name__, url_prefix="/exam")

NAVIGATION = (NavigationEntry(_l("Answer sheets"), "sheets.list_sittings", (Duty.ENTER_SHEETS,)),)
STATES: dict[str, tuple[Any, str]] = {
    SheetState.WAITING: (_l("to be entered"), "warn"),
    SheetState.DIFFERS: (_l("a third decides"), "warn"),
    SheetState.SETTLED: (_l("entered"), "good"),
    SheetState.MISSING: (_l("sheet missing"), "bad"),
    listing.ABSENT: (_l("not checked in"), "neutral"),
    listing.ENDED: (_l("ended at the desk"), "neutral"),
}
TOLD = {
    SheetState.WAITING: _l("Entered. Somebody else enters this sheet the second time."),
    SheetState.DIFFERS: _l("Entered. The two readings differ: a third person decides."),
    SheetState.SETTLED: _l("Entered. The answers of this sheet stand in the journal."),
    SheetState.MISSING: _l("Two people say that this sheet is missing. The candidate gets no result."),
}


@sheets.app_context_processor
def _names() -> dict[str, Any]:
    return {"on_paper_in": on_paper_in}


def _arranged(code: str) -> Sitting:
    return get_sitting(code, centres=organisations_for(current_person(), Duty.ARRANGE_SITTINGS))


def _entered(code: str) -> Sitting:
    return get_sitting(code, centres=organisations_for(current_person(), Duty.ENTER_SHEETS))


@sheets.get("/sittings/<code>/on-paper")
@requires(Duty.ARRANGE_SITTINGS)
def show_arrangement(code: str) -> ResponseReturnValue:
    """Show who of a sitting sits on paper, and why."""
    return _arrangement_page(_arranged(code), OnPaperForm())


def _arrangement_page(sitting: Sitting, form: OnPaperForm) -> str:
    return render_template(
        "delivery/on_paper.html",
        sitting=sitting,
        form=form,
        rows=arrangements_of(sitting),
        may_change=may_change(sitting),
        has_forms=sitting.paper_code is None or has_printed_forms(sitting.paper_code),
    )


@sheets.post("/sittings/<code>/on-paper")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def arrange(code: str) -> ResponseReturnValue:
    """Let a sitting or one of its candidates sit on paper."""
    sitting, form = _arranged(code), OnPaperForm()
    take_form(form, lambda: _arrangement_page(sitting, form))
    candidate = None
    if form.ticket.data:
        candidate = candidate_by_ticket(form.ticket.data)
        if candidate is None or candidate.sitting_id != sitting.id:
            form.ticket.errors = [str(_l("No candidate of this sitting has this ticket number."))]
            return _arrangement_page(sitting, form), 422
    put_on_paper(sitting, candidate, form.reason.data, by=current_person())
    flash(_("It is on record who sits on paper."), "success")
    return redirect(url_for(".show_arrangement", code=code))


@sheets.post("/sittings/<code>/on-paper/<row>/lift")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def take_back(code: str, row: str) -> ResponseReturnValue:
    """Let those whom an arrangement covered sit at machines again."""
    take_form(None, lambda: show_arrangement(code))
    lift(_arranged(code), row, by=current_person())
    flash(_("They sit at machines."), "success")
    return redirect(url_for(".show_arrangement", code=code))


@sheets.get("/sheets/")
@requires(Duty.ENTER_SHEETS)
def list_sittings() -> ResponseReturnValue:
    """List the sittings with answer sheets, and how many wait."""
    centres = organisations_for(current_person(), Duty.ENTER_SHEETS)
    return render_template("delivery/sheets.html", sittings=listing.sittings_on_paper(centres))


@sheets.get("/sheets/<code>")
@requires(Duty.ENTER_SHEETS)
def show_sitting(code: str) -> ResponseReturnValue:
    """Show the sheets of a sitting and take one up."""
    form = TakeUpForm(formdata=None, ticket=request.args.get("ticket", "")[:40])
    return _sitting_page(_entered(code), form)


def _sitting_page(sitting: Sitting, form: TakeUpForm) -> str:
    return render_template(
        "delivery/sheets_of_sitting.html",
        sitting=sitting,
        form=form,
        lines=listing.lines_of(sitting, by=current_person()),
        states=STATES,
        is_open=sitting.state == SittingState.CLOSED,
    )


@sheets.post("/sheets/<code>/take-up")
@requires(Duty.ENTER_SHEETS)
@writes
def take(code: str) -> ResponseReturnValue:
    """Take up a sheet by its ticket number and control code."""
    sitting, form = _entered(code), TakeUpForm()
    take_form(form, lambda: _sitting_page(sitting, form))
    try:
        reading = take_up(sitting, form.ticket.data, form.control.data, by=current_person())
    except (Invalid, NotFound, Conflict) as problem:
        db.session.rollback()
        form.ticket.errors = [str(problem)]
        return _sitting_page(_entered(code), form), problem.status
    return redirect(url_for(".show_sheet", code=code, sheet_code=reading.sheet.code))


@sheets.post("/sheets/<code>/missing")
@requires(Duty.ENTER_SHEETS)
@writes
def missing(code: str) -> ResponseReturnValue:
    """Say that a candidate's sheet is not there."""
    take_form(None, lambda: show_sitting(code))
    sheet = say_missing(_entered(code), request.form.get("ticket", ""), by=current_person())
    waits = _("It is on record that you found no sheet. A second person has to say the same.")
    flash(str(TOLD[SheetState.MISSING]) if sheet.state == SheetState.MISSING else waits, "success")
    return redirect(url_for(".show_sitting", code=code))


@sheets.get("/sheets/<code>/<sheet_code>")
@requires(Duty.ENTER_SHEETS)
def show_sheet(code: str, sheet_code: str) -> ResponseReturnValue:
    """Show the places of a sheet that the reader has taken up; of the key nothing."""
    return _sheet_page(_in_hand(code, sheet_code))


@sheets.post("/sheets/<code>/<sheet_code>")
@requires(Duty.ENTER_SHEETS)
@writes
def give(code: str, sheet_code: str) -> ResponseReturnValue:
    """Enter what stands on a sheet, or decide where two readings of it differ."""
    take_form(None, lambda: show_sitting(code))
    reading = own_reading(_entered(code), sheet_code, by=current_person())
    try:
        sheet = enter(reading, _typed(reading), by=current_person())
    except Invalid as problem:
        return _sheet_page(reading, problem), problem.status
    flash(str(TOLD[SheetState(sheet.state)]), "success")
    return redirect(url_for(".show_sitting", code=code))


@sheets.get("/sheets/<code>/<sheet_code>/pictures/<int:place>")
@requires(Duty.ENTER_SHEETS)
def show_picture(code: str, sheet_code: str, place: int) -> ResponseReturnValue:
    """Show the picture on which the crosses of a place stand, to whoever has the sheet in hand."""
    return file_response(*picture_at(_in_hand(code, sheet_code), place))


def _in_hand(code: str, sheet_code: str) -> Reading:
    reading = own_reading(_entered(code), sheet_code, by=current_person())
    if reading.entered_at is not None or reading.sheet.is_settled:
        raise Conflict(_l("You have read this sheet. Somebody else reads it the second time."))
    return reading


def _typed(reading: Reading) -> dict[int, list[str] | Entry]:
    """Return what the form holds by place; a choice between two readings stands for the entry itself."""
    typed: dict[int, list[str] | Entry] = {}
    both = [kept_entries(each.entries or "[]") for each in readings_compared(reading.sheet)]
    for place in range(len(form_of(reading.sheet))):
        chosen = request.form.get(f"choice-{place}", "")
        if reading.kind == Kind.DECISION and chosen in ("1", "2"):
            typed[place] = both[int(chosen) - 1][place]
        else:
            typed[place] = request.form.getlist(f"place-{place}")
    return typed


def _sheet_page(reading: Reading, problem: DomainError | None = None) -> str:
    sheet = reading.sheet
    attempt, form = sheet.attempt, form_of(sheet)
    both = [kept_entries(each.entries or "[]") for each in readings_compared(sheet)]
    deciding = reading.kind == Kind.DECISION
    wanted = differing(sheet) if deciding else range(len(form))
    places = [
        {
            "at": at,
            "place": form[at],
            "name": name_of(form[at]),
            "label": TYPE_LABELS[ItemType(form[at].type)],
            "on_paper": response_form(form[at].type).ON_PAPER,
            "has_picture": has_picture(form[at]),
            "values": request.form.getlist(f"place-{at}"),
            "chosen": request.form.get(f"choice-{at}", ""),
            "readings": [said(form[at], entries[at]) for entries in both] if deciding else [],
        }
        for at in wanted
    ]
    return render_template(
        "delivery/sheet_decide.html" if deciding else "delivery/sheet_enter.html",
        sitting=attempt.sitting,
        candidate=attempt.candidate,
        control=control_of_paper(attempt.paper_code or attempt.sitting.paper_code or ""),
        sheet=sheet,
        places=places,
        problem=problem,
        texts=texts_of_marks(),
    )
