"""Pages of blueprints: draw one up, change its cells, assemble a paper by it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint as Pages
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.bank.banks import knowledge_points, organisations_of
from trainhub.exams.papers.assembly import assemble, candidates_for
from trainhub.exams.papers.blueprints import (
    Cell,
    blueprints_of,
    cells_of,
    change_cells,
    draw_blueprint,
    get_blueprint,
)
from trainhub.exams.papers.forms import BlueprintForm, CellsForm
from trainhub.exams.papers.models import Blueprint
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import db, writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Organisation
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

SPARE_ROWS = 3


def _new_form() -> BlueprintForm:
    form = BlueprintForm()
    known = regulations.qualifications(on=clock.today())
    form.qualification.choices = [(each.code, each.name) for each in known]
    return form


@requires(Duty.ASSEMBLE_PAPERS)
def list_blueprints() -> ResponseReturnValue:
    """List the blueprints, and offer a new one."""
    return _list_page(_new_form())


def _list_page(form: BlueprintForm) -> str:
    return render_template("papers/blueprints.html", blueprints=blueprints_of(current_person()), form=form)


@requires(Duty.ASSEMBLE_PAPERS)
@writes
def record_blueprint() -> ResponseReturnValue:
    """Draw up a blueprint as the regulations of today have it."""
    form = _new_form()
    if not form.validate_on_submit():
        return _list_page(form), 422
    person = current_person()
    centre = db.session.get_one(Organisation, organisations_of(person, Duty.ASSEMBLE_PAPERS)[0])
    row = draw_blueprint(form.qualification.data, centre, form.name.data, by=person)
    return redirect(url_for(".show_blueprint", code=row.code))


@requires(Duty.ASSEMBLE_PAPERS)
def show_blueprint(code: str) -> ResponseReturnValue:
    """Show a blueprint beside what the bank has for it."""
    row = get_blueprint(code, by=current_person())
    form = CellsForm(obj=row)
    return _blueprint_page(row, form)


def _blueprint_page(row: Blueprint, form: CellsForm) -> str:
    free = Counter(each.type for each in candidates_for(row))
    cells = cells_of(row)
    return render_template(
        "papers/blueprint.html",
        blueprint=row,
        cells=cells,
        rows=[*cells, *[None] * SPARE_ROWS],
        marks=sum(cell.count * cell.marks for cell in cells),
        questions=sum(cell.count for cell in cells),
        free=free,
        points=knowledge_points(row.qualification),
        form=form,
    )


@requires(Duty.ASSEMBLE_PAPERS)
@writes
def record_cells(code: str) -> ResponseReturnValue:
    """Change the cells of a blueprint."""
    row, form = get_blueprint(code, by=current_person()), CellsForm()
    if not form.validate_on_submit():
        return _blueprint_page(row, form), 422
    change_cells(row, _cells(), form.minutes.data, form.pass_mark.data, by=current_person())
    flash(_("The blueprint is changed."), "success")
    return redirect(url_for(".show_blueprint", code=code))


def _cells() -> list[Cell]:
    """Return the cells of the form; a row without a count is left out."""
    columns = [request.form.getlist(name) for name in ("type", "point", "count", "marks")]
    cells = []
    for kind, point, count, marks in zip(*columns, strict=False):
        if count.strip():
            cells.append(Cell(kind, point or None, _number(count), _number(marks or "1")))
    return cells


def _number(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 4:
        raise Invalid(_("Counts and marks are whole numbers."))
    return int(text)


@requires(Duty.ASSEMBLE_PAPERS)
@writes
def assemble_paper(code: str) -> ResponseReturnValue:
    """Assemble a paper; if the bank is short, the cell and the number are said."""
    paper = assemble(get_blueprint(code, by=current_person()), by=current_person())
    flash(_("The paper %(code)s is assembled and waits for a second person.", code=paper.code), "success")
    return redirect(url_for(".show_paper", code=paper.code))


def add_routes(blueprint: Pages) -> None:
    """Give a blueprint of pages those of blueprints of papers."""
    routes: list[tuple[str, str, Any]] = [
        ("GET", "/blueprints", list_blueprints),
        ("POST", "/blueprints", record_blueprint),
        ("GET", "/blueprints/<code>", show_blueprint),
        ("POST", "/blueprints/<code>", record_cells),
        ("POST", "/blueprints/<code>/papers", assemble_paper),
    ]
    for method, rule, view in routes:
        blueprint.add_url_rule(rule, view_func=view, methods=[method])
