"""Pages of blueprints: draw one up, write its grid and demands, have forms assembled by it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint as Pages
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.bank.banks import knowledge_points, organisations_of
from trainhub.exams.bank.levels import LEVEL_LABELS
from trainhub.exams.papers.assembled import (
    STATUS,
    assemblies_by,
    away_shown,
    cells_shown,
    demands_shown,
    get_assembly,
    helps_shown,
)
from trainhub.exams.papers.assembling import start_assembly
from trainhub.exams.papers.blueprints import (
    blueprints_of,
    cells_of,
    change_cells,
    draw_blueprint,
    get_blueprint,
)
from trainhub.exams.papers.demands import demands_of
from trainhub.exams.papers.forms import AssembleForm, BlueprintForm, CellsForm
from trainhub.exams.papers.grid import Grid, grid_of, read_grid, require_sums
from trainhub.exams.papers.listing import PAPER_DUTIES
from trainhub.exams.papers.models import Blueprint
from trainhub.exams.papers.preparing import name_of
from trainhub.exams.papers.supply import supply_of
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, choose_language
from trainhub.kernel.sent_forms import take_form
from trainhub.people.organisations import organisation_of_id
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


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
    take_form(form, lambda: _list_page(form))
    person = current_person()
    centre = organisation_of_id(organisations_of(person, Duty.ASSEMBLE_PAPERS)[0])
    row = draw_blueprint(form.qualification.data, centre, form.name.data, by=person)
    return redirect(url_for(".show_blueprint", code=row.code))


@requires(Duty.ASSEMBLE_PAPERS)
def show_blueprint(code: str) -> ResponseReturnValue:
    """Show a blueprint beside what the bank has for it."""
    return _kept_page(get_blueprint(code, by=current_person()))


def _kept_page(row: Blueprint, assembling: AssembleForm | None = None) -> str:
    """Show a blueprint as it is kept, with what was typed for an assembly that was refused."""
    grid = grid_of(cells_of(row))
    form = CellsForm(
        formdata=None,
        minutes=row.minutes,
        pass_mark=row.pass_mark,
        questions_in_all=grid.questions,
        marks_in_all=grid.marks,
        **asdict(demands_of(row)),
    )
    return _blueprint_page(row, form, grid, assembling=assembling)


def _blueprint_page(
    row: Blueprint,
    form: CellsForm,
    grid: Grid,
    assembling: AssembleForm | None = None,
) -> str:
    cells = cells_of(row)
    return render_template(
        "papers/blueprint.html",
        blueprint=row,
        cells=cells,
        grid=grid.with_spare(),
        saved=grid_of(cells),
        fits={
            (cell.knowledge_point or "", cell.level or "", cell.type): count
            for cell, count in zip(cells, supply_of(row, cells), strict=True)
        },
        points=knowledge_points(row.qualification),
        levels={str(level): label for level, label in LEVEL_LABELS.items()},
        assemblies=assemblies_by(row, by=current_person()),
        status=STATUS,
        form=form,
        assemble_form=assembling or AssembleForm(),
    )


@requires(Duty.ASSEMBLE_PAPERS)
@writes
def record_cells(code: str) -> ResponseReturnValue:
    """Change grid and demands of a blueprint, or only add up what is written."""
    row, grid = get_blueprint(code, by=current_person()), _posted_grid()
    form = CellsForm(grid=grid)
    if "add_up" in request.form and not grid.unread:
        return _blueprint_page(row, form, grid)
    take_form(form, lambda: _blueprint_page(row, form, grid))
    _keep(row, form, grid)
    flash(_("The blueprint is changed."), "success")
    return redirect(url_for(".show_blueprint", code=code))


def _posted_grid() -> Grid:
    return read_grid(*(request.form.getlist(name) for name in ("type", "marks", "point", "level", "count")))


def _keep(row: Blueprint, form: CellsForm, grid: Grid) -> None:
    """Change a blueprint as was written."""
    require_sums(grid, form.questions_in_all.data, form.marks_in_all.data)
    times = form.minutes.data, form.pass_mark.data
    change_cells(row, grid.cells, *times, by=current_person(), demands=form.demands)


def _says_something_new(row: Blueprint, form: CellsForm, grid: Grid) -> bool:
    """Tell whether the page says anything else than the blueprint."""
    require_sums(grid, form.questions_in_all.data, form.marks_in_all.data)
    written = grid.cells, form.minutes.data, form.pass_mark.data, form.demands
    return written != (grid_of(cells_of(row)).cells, row.minutes, row.pass_mark, demands_of(row))


@requires(Duty.ASSEMBLE_PAPERS)
@writes
def assemble_paper(code: str) -> ResponseReturnValue:
    """Have forms assembled in the background; what was changed on the page is kept first."""
    form, person = AssembleForm(), current_person()
    blueprint = get_blueprint(code, by=person)
    if "count" in request.form:
        grid = _posted_grid()
        cells = CellsForm(grid=grid)
        take_form(form, lambda: _blueprint_page(blueprint, cells, grid, form))
        take_form(cells, lambda: _blueprint_page(blueprint, cells, grid, form))
        if _says_something_new(blueprint, cells, grid):
            _keep(blueprint, cells, grid)
            flash(_("The blueprint is changed."), "success")
    else:
        take_form(form, lambda: _kept_page(blueprint, form))
    row = start_assembly(blueprint, form.number.data, by=person, language=choose_language())
    return redirect(url_for("jobs.show", job_id=row.id))


@requires(*PAPER_DUTIES)
def show_assembly(code: str) -> ResponseReturnValue:
    """Show what came of an assembly: its forms against their targets, or what is short."""
    person = current_person()
    assembly = get_assembly(code, by=person)
    common = assembly.result["common"]
    return render_template(
        "papers/assembly.html",
        assembly=assembly,
        may_assemble=assembly.organisation_id in organisations_of(person, Duty.ASSEMBLE_PAPERS),
        cells=cells_shown(assembly),
        demands=demands_shown(assembly),
        helps=helps_shown(assembly),
        away=away_shown(assembly) if assembly.papers else None,
        name_of=name_of,
        status=STATUS,
        most=max((count for _one, _two, count in common), default=None),
        common={(one, two): count for one, two, count in common},
    )


def add_routes(blueprint: Pages) -> None:
    """Give a blueprint of pages those of blueprints of papers."""
    routes: list[tuple[str, str, Any]] = [
        ("GET", "/blueprints", list_blueprints),
        ("POST", "/blueprints", record_blueprint),
        ("GET", "/blueprints/<code>", show_blueprint),
        ("POST", "/blueprints/<code>", record_cells),
        ("POST", "/blueprints/<code>/papers", assemble_paper),
        ("GET", "/assemblies/<code>", show_assembly),
    ]
    for method, rule, view in routes:
        blueprint.add_url_rule(rule, view_func=view, methods=[method])
