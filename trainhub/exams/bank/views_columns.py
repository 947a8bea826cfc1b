"""Pages on which somebody says what the columns of a file mean, where the import is not sure."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank import asking
from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.content import FALSE, TRUE, TYPE_LABELS, ItemType
from trainhub.exams.bank.handing_in import get_import
from trainhub.exams.bank.models import Bank, Import
from trainhub.exams.bank.reading.codes import ANSWER, CODED, TYPE
from trainhub.exams.bank.reading.columns import COLUMN_LETTERS
from trainhub.exams.bank.reading.layouts import IGNORED, Layout, head_of
from trainhub.exams.bank.reading.looks import Look
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l, choose_language
from trainhub.kernel.sent_forms import page_of, take_form
from trainhub.kernel.whole_numbers import whole_number
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

MEANING_NAMES = {
    IGNORED: _l("leave it aside"),
    "stem": _l("Question"),
    "answer": _l("Key"),
    "type": _l("Type"),
    "options": _l("All options in one cell"),
    **{f"option:{letter}": letter for letter in COLUMN_LETTERS},
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
CODE_NAMES = {
    TYPE: {kind: TYPE_LABELS[ItemType(kind)] for kind in CODED[TYPE]},
    ANSWER: {TRUE: _l("True"), FALSE: _l("False")},
}
EXAMPLES = 3


def _own(code: str) -> Bank:
    return get_bank(code, by=current_person(), duty=Duty.AUTHOR_ITEMS)


@requires(Duty.AUTHOR_ITEMS)
def ask_columns(code: str, import_id: str) -> ResponseReturnValue:
    """Show the head and some rows of each doubtful sheet, with what its columns seem to mean."""
    bank = _own(code)
    kept = get_import(import_id, bank)
    looks = asking.asked(kept)
    if not looks:
        return redirect(url_for(".import_result", code=code, import_id=import_id))
    return _page(bank, kept, looks, {}, "")


def _page(bank: Bank, kept: Import, looks: list[Look], said: dict[str, str], problem: str) -> str:
    return render_template(
        "bank/columns.html",
        bank=bank,
        kept=kept,
        looks=[(look, _examples(look)) for look in looks],
        meanings=MEANING_NAMES,
        code_names=CODE_NAMES,
        said=said,
        problem=problem,
    )


def _examples(look: Look) -> list[list[str]]:
    """Return some cells of each column that say something."""
    below = look.rows[look.layout.row + 1 :]
    columns = range(len(look.layout.meanings))
    return [[row[place] for row in below if place < len(row) and row[place]][:EXAMPLES] for place in columns]


@requires(Duty.AUTHOR_ITEMS)
@writes
def say_columns(code: str, import_id: str) -> ResponseReturnValue:
    """Take what somebody says of the columns; the import goes on."""
    take_form(None, lambda: page_of("bank.import_result", code=code, import_id=import_id))
    bank = _own(code)
    kept = get_import(import_id, bank)
    looks = asking.asked(kept)
    layouts = [_said(number, look) for number, look in enumerate(looks)]
    try:
        job = asking.answer(
            kept, layouts, keep="keep" in request.form, by=current_person(), language=choose_language()
        )
    except Invalid as problem:
        return _page(bank, kept, looks, request.form.to_dict(), str(problem)), 422
    return redirect(job.url.removesuffix("/state"))


def _said(number: int, look: Look) -> Layout:
    """Return what the form says of one sheet."""
    if f"aside-{number}" in request.form:
        return Layout((), (), look.layout.sheet)
    said = whole_number(request.form.get(f"row-{number}", ""))
    row = look.layout.row if said is None else said - 1
    row = max(-1, min(row, len(look.rows) - 1))
    meanings = tuple(
        request.form.get(f"column-{number}-{place}", IGNORED) for place in range(len(look.layout.meanings))
    )
    head = look.layout.head if row == look.layout.row else head_of(look.rows[row]) if row >= 0 else ()
    return Layout(head, meanings, look.layout.sheet, row, _codes_said(number, look))


def _codes_said(number: int, look: Look) -> dict[str, dict[str, str]]:
    """Return what the form says of the numbers in columns of one sheet; without those that are left aside."""
    found: dict[str, dict[str, str]] = {}
    for meaning, codes in look.layout.codes.items():
        said = {code: request.form.get(f"code-{number}-{meaning}-{code}", "") for code in codes}
        found[meaning] = {code: word for code, word in said.items() if word in CODED[meaning]}
    return found


@requires(Duty.AUTHOR_ITEMS)
@writes
def discard_file(code: str, import_id: str) -> ResponseReturnValue:
    """Give up a file that waits for its columns."""
    take_form(None, lambda: page_of("bank.import_result", code=code, import_id=import_id))
    bank = _own(code)
    asking.discard(get_import(import_id, bank), by=current_person())
    flash(_("The file is removed; nothing of it is in the bank."), "success")
    return redirect(url_for(".new_import_page", code=code))


@requires(Duty.AUTHOR_ITEMS)
@writes
def forget_columns(code: str, choice_id: int) -> ResponseReturnValue:
    """Forget what the columns of a head mean."""
    take_form(None, lambda: page_of("bank.new_import_page", code=code))
    asking.forget(choice_id, _own(code), by=current_person())
    flash(_("Forgotten: the next file of this kind is asked about."), "success")
    return redirect(url_for(".new_import_page", code=code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of columns."""
    blueprint.get("/<code>/imports/<import_id>/columns")(ask_columns)
    blueprint.post("/<code>/imports/<import_id>/columns")(say_columns)
    blueprint.post("/<code>/imports/<import_id>/discard")(discard_file)
    blueprint.post("/<code>/columns/<int:choice_id>/forget")(forget_columns)
