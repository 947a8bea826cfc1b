"""Pages of the syllabus: the tree with what the bank has of each point, and changing it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.bank.banks import (
    BANK_DUTIES,
    add_knowledge_point,
    get_bank,
    knowledge_points,
    organisations_of,
)
from trainhub.exams.bank.forms import ChangePointForm, EditionForm, PointForm
from trainhub.exams.bank.models import Bank, KnowledgePoint
from trainhub.exams.bank.syllabus import (
    change_point,
    close_point,
    editions_of,
    get_point,
    number_unplaced,
    record_edition,
    reopen_point,
    tree_of,
)
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

THIN = 10
"""Items in use below which the page points at a branch, unless its reader asks for another number."""


def _own(code: str) -> Bank:
    return get_bank(code, by=current_person(), duty=Duty.AUTHOR_ITEMS)


@requires(*BANK_DUTIES)
def list_points(code: str) -> ResponseReturnValue:
    """Show the tree of knowledge points, how many items in use each has, and where there are few."""
    return _points_page(get_bank(code, by=current_person()))


def _choices(bank: Bank, without: KnowledgePoint | None = None) -> list[tuple[str, str]]:
    points = knowledge_points(bank.qualification)
    return [
        ("", _("the top")),
        *((each.code, f"{each.code} {each.name}") for each in points if each is not without),
    ]


def _points_page(bank: Bank, form: PointForm | None = None, edition_form: EditionForm | None = None) -> str:
    if form is None:
        form = PointForm(formdata=None)
        form.parent.choices = _choices(bank)
    least = request.args.get("least", THIN, type=int)
    return render_template(
        "bank/points.html",
        bank=bank,
        qualification=regulations.qualification(bank.qualification, on=clock.today()),
        tree=tree_of(bank),
        unplaced=number_unplaced(bank),
        least=max(0, min(least, 100_000)),
        editions=editions_of(bank.qualification),
        form=form,
        edition_form=edition_form or EditionForm(formdata=None),
        may_write=bank.organisation_id in organisations_of(current_person(), Duty.AUTHOR_ITEMS),
    )


@requires(Duty.AUTHOR_ITEMS)
@writes
def record_point(code: str) -> ResponseReturnValue:
    """Add a knowledge point."""
    bank, form = _own(code), PointForm()
    form.parent.choices = _choices(bank)
    take_form(form, lambda: _points_page(bank, form))
    parent = get_point(bank, form.parent.data) if form.parent.data else None
    add_knowledge_point(
        bank.qualification, form.code.data.strip(), form.name.data, parent, by=current_person()
    )
    flash(_("The knowledge point is added."), "success")
    return redirect(url_for(".list_points", code=code))


@requires(Duty.AUTHOR_ITEMS)
def show_point(code: str, point_code: str) -> ResponseReturnValue:
    """Show a point with what may be changed of it."""
    bank = _own(code)
    point = get_point(bank, point_code)
    form = ChangePointForm(formdata=None)
    form.name.data = point.name
    form.parent.data = next(
        (each.code for each in knowledge_points(bank.qualification) if each.id == point.parent_id), ""
    )
    return _point_page(bank, point, form)


def _point_page(bank: Bank, point: KnowledgePoint, form: ChangePointForm) -> str:
    form.parent.choices = _choices(bank, point)
    return render_template("bank/point.html", bank=bank, point=point, form=form)


@requires(Duty.AUTHOR_ITEMS)
@writes
def record_change(code: str, point_code: str) -> ResponseReturnValue:
    """Rename a point, move it, close it or open it again."""
    bank = _own(code)
    point, form = get_point(bank, point_code), ChangePointForm()
    form.parent.choices = _choices(bank, point)
    if "close" in request.form:
        close_point(bank, point, by=current_person())
    elif "reopen" in request.form:
        reopen_point(bank, point, by=current_person())
    else:
        take_form(form, lambda: _point_page(bank, point, form))
        parent = get_point(bank, form.parent.data) if form.parent.data else None
        change_point(bank, point, form.name.data, parent, by=current_person())
    flash(_("The knowledge point is changed; its items stay with it."), "success")
    return redirect(url_for(".list_points", code=code))


@requires(Duty.AUTHOR_ITEMS)
@writes
def record_new_edition(code: str) -> ResponseReturnValue:
    """Record an edition of the syllabus."""
    bank, form = _own(code), EditionForm()
    take_form(form, lambda: _points_page(bank, edition_form=form))
    record_edition(bank, form.edition.data, form.valid_from.data, by=current_person())
    flash(_("The edition is recorded."), "success")
    return redirect(url_for(".list_points", code=code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of the syllabus."""
    blueprint.get("/<code>/points")(list_points)
    blueprint.post("/<code>/points")(record_point)
    blueprint.post("/<code>/syllabus")(record_new_edition)
    blueprint.get("/<code>/points/<point_code>")(show_point)
    blueprint.post("/<code>/points/<point_code>")(record_change)
