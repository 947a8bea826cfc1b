"""Pages of imports: hand a file in, see what became of each row, decide on the doubtful ones."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.asking import asked, kept_choices, layout_of, waiting_imports
from trainhub.exams.bank.banks import get_bank, knowledge_points
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.forms import ImportForm
from trainhub.exams.bank.forms_held import classify_as_said, write_down
from trainhub.exams.bank.forms_items import ItemForm
from trainhub.exams.bank.forms_media import Files, files_named, take_files
from trainhub.exams.bank.handing_in import get_import, hand_in_items, last_imports, report_of
from trainhub.exams.bank.held import (
    content_of,
    files_with,
    get_held,
    held_rows,
    leave_out,
    proposed_body,
    take_in,
)
from trainhub.exams.bank.items import Draft, newest_version, submit
from trainhub.exams.bank.models import Bank, HeldRow
from trainhub.exams.bank.syllabus import by_text, choosable
from trainhub.exams.bank.views_columns import MEANING_NAMES
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l, choose_language, read_throughout
from trainhub.kernel.sent_forms import stand_on, take_form
from trainhub.kernel.web import answer_with_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

NAMES = {
    "type": _l("Type"),
    "stem": _l("Question"),
    "options": _l("Options"),
    "answer": _l("Key"),
    "explanation": _l("Explanation"),
    "point": _l("Knowledge point"),
    "level": _l("Difficulty"),
    "cognitive": _l("Cognitive level"),
    "source": _l("Rests on"),
    "targets": _l("Right side of a matching"),
    "rubric": _l("Rubric"),
    "longest": _l("Characters at most"),
    "credit": _l("Partial credit"),
}


def _own(code: str) -> Bank:
    return get_bank(code, by=current_person(), duty=Duty.AUTHOR_ITEMS)


@requires(Duty.AUTHOR_ITEMS)
def new_import_page(code: str) -> ResponseReturnValue:
    """Show where a file is handed in, and the last imports."""
    return _import_page(_own(code), ImportForm())


def _import_page(bank: Bank, form: ImportForm) -> str:
    imports = [(kept, report_of(kept)) for kept in last_imports(bank)]
    return render_template(
        "bank/import.html",
        bank=bank,
        form=form,
        imports=imports,
        held=len(held_rows(bank)),
        waiting={each.id for each in waiting_imports(bank)},
        choices=[(each, layout_of(each, bank)) for each in kept_choices(bank)],
        meanings=MEANING_NAMES,
    )


@requires(Duty.AUTHOR_ITEMS)
@writes
def hand_in(code: str) -> ResponseReturnValue:
    """Take a file; the import runs in the background."""
    bank, form = _own(code), ImportForm()
    take_form(form, lambda: _import_page(bank, form))
    row = hand_in_items(
        form.file.data.stream,
        form.file.data.filename or "",
        bank,
        by=current_person(),
        language=choose_language(),
        submit=form.submit_items.data,
        dry_run=form.dry_run.data,
    )
    return redirect(row.url.removesuffix("/state"))


@requires(Duty.AUTHOR_ITEMS)
def import_result(code: str, import_id: str) -> ResponseReturnValue:
    """Show what became of each row of a file."""
    bank = _own(code)
    kept = get_import(import_id, bank)
    if asked(kept):
        return redirect(url_for(".ask_columns", code=code, import_id=import_id))
    return render_template("bank/import_result.html", bank=bank, kept=kept, report=report_of(kept))


@requires(Duty.AUTHOR_ITEMS)
def import_report(code: str, import_id: str) -> ResponseReturnValue:
    """Hand out the report of an import in the form of exchange."""
    report = report_of(get_import(import_id, _own(code)))
    if report is None:
        raise NotFound(_l("This import has no report yet."))
    return jsonify(read_throughout(report))


@requires(Duty.AUTHOR_ITEMS)
def next_held(code: str) -> ResponseReturnValue:
    """Show the next doubtful row with its proposed repair."""
    bank = _own(code)
    rows = held_rows(bank)
    wanted = [row for row in rows if row.id == request.args.get("row")]
    row = next(iter(wanted or rows), None)
    return _held_page(bank, len(rows), row, None)


def _held_page(
    bank: Bank, count: int, row: HeldRow | None, form: ItemForm | None, files: Files | None = None
) -> str:
    content: dict[str, Any] = {} if row is None else content_of(row, bank)
    return render_template(
        "bank/held.html",
        bank=bank,
        count=count,
        row=row,
        file_name="" if row is None else get_import(row.import_id, bank).file_name,
        content=content,
        names=NAMES,
        form=form or _held_form(bank, content),
        files=files_named(bank, files_with(content)) if files is None else files,
    )


def _held_form(bank: Bank, content: dict[str, Any]) -> ItemForm:
    form = _blank_form(bank)
    classify_as_said(form, content, by_text(choosable(knowledge_points(bank.qualification))))
    body = proposed_body(content)
    if body is not None:
        form.type.data = content["type"]
        form.show(body)
        form.criteria.data = form.criteria.data or content["cells"].get("rubric", "")
        return form
    write_down(form, content)
    return form


def _blank_form(bank: Bank) -> ItemForm:
    form = ItemForm()
    form.type.choices = [each for each in form.type.choices if each[0] != ItemType.HAZARD_SPOTTING]
    points = knowledge_points(bank.qualification)
    form.point.choices = [("", _("none")), *((each.code, f"{each.code} {each.name}") for each in points)]
    return form


@requires(Duty.AUTHOR_ITEMS)
@writes
def take_held_in(held_id: str) -> ResponseReturnValue:
    """Take a doubtful row in as the person says it should read."""
    row = get_held(held_id, by=current_person())
    bank = row.bank
    form = _blank_form(bank)
    kind = ItemType(form.type.data) if form.validate_on_submit() else None
    files = take_files(bank, request.form, request.files, by=current_person())
    form.form_errors.extend(files.problems)
    body = None if kind is None or files.problems else form.sound_body(kind, files.media)
    if kind is None or body is None:
        return answer_with_form(form, lambda: _held_page(bank, len(held_rows(bank)), row, form, files))
    stand_on(form, lambda: _held_page(bank, len(held_rows(bank)), row, form))
    point = next(
        (each for each in knowledge_points(bank.qualification) if each.code == form.point.data), None
    )
    draft = Draft(kind, body, point, form.level, form.cognitive_level)
    item = take_in(row, bank, draft, by=current_person())
    submit([newest_version(item)], by=current_person())
    flash(_("%(where)s is taken in and waits for review.", where=row.place), "success")
    return redirect(url_for(".next_held", code=bank.code))


@requires(Duty.AUTHOR_ITEMS)
@writes
def leave_held_out(held_id: str) -> ResponseReturnValue:
    """Leave a doubtful row out."""
    row = get_held(held_id, by=current_person())
    bank = row.bank
    take_form(None, lambda: next_held(bank.code))
    leave_out(row, bank, by=current_person())
    flash(_("%(where)s is left out.", where=row.place), "success")
    return redirect(url_for(".next_held", code=bank.code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of imports."""
    blueprint.get("/<code>/import")(new_import_page)
    blueprint.post("/<code>/import")(hand_in)
    blueprint.get("/<code>/imports/<import_id>")(import_result)
    blueprint.get("/<code>/imports/<import_id>/report.json")(import_report)
    blueprint.get("/<code>/held")(next_held)
    blueprint.post("/held/<held_id>/take-in")(take_held_in)
    blueprint.post("/held/<held_id>/leave-out")(leave_held_out)
