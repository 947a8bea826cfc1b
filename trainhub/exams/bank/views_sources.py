"""Pages of the register of sources: what is the law when, which items rest on it, what changes."""

from __future__ import annotations

import dataclasses

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.banks import BANK_DUTIES, organisations_of
from trainhub.exams.bank.citing import articles_in, in_use_citing
from trainhub.exams.bank.correcting import (
    corrections_of,
    decide,
    get_correction,
    propose_correction,
    undoes_replacement,
    with_corrections,
)
from trainhub.exams.bank.flags import open_kinds
from trainhub.exams.bank.forms_sources import CorrectionForm, RepealForm, ReplaceForm, SourceForm
from trainhub.exams.bank.models_sources import Source, SourceKind
from trainhub.exams.bank.sources import (
    Edition,
    are_items_looked_for,
    get_source,
    numbers_citing,
    record_source,
    repeal_source,
    replace_source,
    sources_for,
)
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import Incomplete, take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

KINDS = {
    SourceKind.LAW: _l("Statute"),
    SourceKind.REGULATION: _l("Administrative regulation"),
    SourceKind.RULE: _l("Rule of an authority"),
    SourceKind.STANDARD: _l("Standard"),
    SourceKind.OTHER: _l("Other source"),
}
MOST_SHOWN = 100


@requires(*BANK_DUTIES)
def list_sources() -> ResponseReturnValue:
    """Show the register of the person's centre."""
    return _list_page(SourceForm())


def _list_page(form: SourceForm) -> str:
    sources = sources_for(current_person())
    return render_template(
        "bank/sources.html",
        sources=sources,
        counts=numbers_citing(sources),
        waiting=with_corrections(sources),
        kinds=KINDS,
        today=clock.today(),
        form=form,
        may_write=bool(organisations_of(current_person(), Duty.AUTHOR_ITEMS)),
    )


def _edition(form: SourceForm) -> Edition:
    return Edition(
        SourceKind(form.kind.data),
        form.title.data or "",
        form.number.data or "",
        form.in_force_from.data,
    )


@requires(Duty.AUTHOR_ITEMS)
@writes
def record() -> ResponseReturnValue:
    """Put a source into the register."""
    form = SourceForm()
    take_form(form, lambda: _list_page(form))
    centre = organisations_of(current_person(), Duty.AUTHOR_ITEMS)[0]
    source = record_source(centre, _edition(form), by=current_person())
    return redirect(url_for(".show_source", source_code=source.code))


@requires(*BANK_DUTIES)
def show_source(source_code: str) -> ResponseReturnValue:
    """Show a source with the items in use that rest on it."""
    source = get_source(source_code, by=current_person())
    return _source_page(source, _replace_form(source), RepealForm(formdata=None))


def _replace_form(source: Source) -> ReplaceForm:
    form = ReplaceForm(formdata=None)
    form.kind.data, form.title.data, form.number.data = source.kind, source.title, source.number
    return form


def _correction_form(source: Source) -> CorrectionForm:
    form = CorrectionForm(formdata=None, prefix="right-")
    form.kind.data, form.title.data, form.number.data = source.kind, source.title, source.number
    form.in_force_from.data, form.in_force_until.data = source.in_force_from, source.in_force_until
    return form


def _source_page(
    source: Source, replacing: ReplaceForm, repealing: RepealForm, correcting: CorrectionForm | None = None
) -> str:
    versions = in_use_citing(source)
    corrections = corrections_of(source)
    return render_template(
        "bank/source.html",
        source=source,
        versions=versions[:MOST_SHOWN],
        count=len({each.item_id for each in versions}),
        are_looked_for=are_items_looked_for(),
        flagged=open_kinds([each.id for each in versions]),
        kinds=KINDS,
        today=clock.today(),
        replacing=replacing,
        repealing=repealing,
        correcting=correcting or _correction_form(source),
        waits=any(each.accepted is None for each in corrections),
        undoes_replacement=undoes_replacement,
        corrections=corrections,
        person_id=current_person().id,
        may_write=source.organisation_id in organisations_of(current_person(), Duty.AUTHOR_ITEMS),
    )


@requires(Duty.AUTHOR_ITEMS)
@writes
def replace(source_code: str) -> ResponseReturnValue:
    """Record the edition that takes the place of a source."""
    source = get_source(source_code, by=current_person(), duties=(Duty.AUTHOR_ITEMS,))
    form = ReplaceForm()
    take_form(form, lambda: _source_page(source, form, RepealForm(formdata=None)))
    articles = sorted(articles_in(form.articles.data or ""))
    if form.articles.data and not articles:
        form.articles.errors = [_("Name articles by their number, clauses as 5.1.2.")]
        raise Incomplete
    new = replace_source(source, _edition(form), articles, by=current_person())
    return redirect(url_for(".show_source", source_code=new.code))


@requires(Duty.AUTHOR_ITEMS)
@writes
def repeal(source_code: str) -> ResponseReturnValue:
    """Record that a source ends without another in its place."""
    source = get_source(source_code, by=current_person(), duties=(Duty.AUTHOR_ITEMS,))
    form = RepealForm()
    take_form(form, lambda: _source_page(source, _replace_form(source), form))
    repeal_source(source, form.last_day.data, by=current_person())
    return redirect(url_for(".show_source", source_code=source_code))


@requires(Duty.AUTHOR_ITEMS)
@writes
def correct(source_code: str) -> ResponseReturnValue:
    """Say what was recorded wrongly of a source."""
    source = get_source(source_code, by=current_person(), duties=(Duty.AUTHOR_ITEMS,))
    form = CorrectionForm(prefix="right-")
    take_form(form, lambda: _source_page(source, _replace_form(source), RepealForm(formdata=None), form))
    wanted = dataclasses.replace(_edition(form), in_force_until=form.in_force_until.data)
    row = propose_correction(source, wanted, form.reason.data or "", by=current_person())
    done, waits = _("The record is corrected."), _("The correction waits for another person.")
    flash(done if row.accepted else waits, "success")
    return redirect(url_for(".show_source", source_code=source_code))


@requires(*BANK_DUTIES)
@writes
def decide_correction(source_code: str, correction_code: str) -> ResponseReturnValue:
    """Accept or refuse a correction that somebody else proposed."""
    take_form(None, lambda: show_source(source_code))
    source = get_source(source_code, by=current_person())
    if request.form.get("verdict") not in ("accept", "refuse"):
        raise Invalid(_("Accept the correction or refuse it."))
    accepts = request.form["verdict"] == "accept"
    decide(get_correction(source, correction_code), accepts=accepts, by=current_person())
    return redirect(url_for(".show_source", source_code=source_code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of sources."""
    blueprint.get("/sources")(list_sources)
    blueprint.post("/sources")(record)
    blueprint.get("/sources/<source_code>")(show_source)
    blueprint.post("/sources/<source_code>/replace")(replace)
    blueprint.post("/sources/<source_code>/repeal")(repeal)
    blueprint.post("/sources/<source_code>/corrections")(correct)
    blueprint.post("/sources/<source_code>/corrections/<correction_code>")(decide_correction)
