"""Organisations: all of them, and what becomes of each: name, responsible person, owners, merger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from trainhub.governance import organisations
from trainhub.governance.forms import OrganisationForm
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import take_form
from trainhub.people.models import Organisation, OrganisationKind
from trainhub.people.organisations import (
    every_organisation,
    get_organisation,
    organisations_in_order,
    record_organisation,
)
from trainhub.people.persons import persons_among
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

ADMINISTRATORS = (Duty.ADMINISTER_SYSTEM, Duty.ADMINISTER_SECURITY, Duty.AUDIT)
KINDS = {
    OrganisationKind.AUTHORITY: _l("Authority"),
    OrganisationKind.EXAM_CENTRE: _l("Exam centre"),
    OrganisationKind.EXAM_SITE: _l("Exam site"),
    OrganisationKind.TRAINING_BODY: _l("Training body"),
    OrganisationKind.ENTERPRISE: _l("Enterprise"),
}


class RenameForm(FlaskForm):  # type: ignore[misc]
    """The name that an organisation has now."""

    name = StringField(_l("Name of the organisation"), [DataRequired(), Length(max=120)])


class ResponsibleForm(FlaskForm):  # type: ignore[misc]
    """Who answers for an organisation."""

    responsible = StringField(
        _l("Name"), [Optional(), Length(max=60)], description=_l("Leave both empty if nobody answers for it.")
    )
    id_number = StringField(_l("ID number"), [Optional(), Length(max=30)])


class OtherOrganisationForm(FlaskForm):  # type: ignore[misc]
    """Another organisation: the owner, or the one that takes it over."""

    other = SelectField(_l("Other organisation"), [InputRequired()])


@requires(*ADMINISTRATORS)
def list_organisations() -> ResponseReturnValue:
    """List the organisations."""
    return _list_page(OrganisationForm())


@requires(Duty.ADMINISTER_SYSTEM)
@writes
def add_organisation() -> ResponseReturnValue:
    """Record an organisation."""
    form = OrganisationForm()
    take_form(form, lambda: _list_page(form), at="code")
    kind = OrganisationKind(form.kind.data)
    record_organisation(form.code.data, form.name.data, kind, form.district.data, by=current_person())
    flash(_("The organisation is recorded."), "success")
    return redirect(url_for(".list_organisations"))


@requires(*ADMINISTRATORS)
def show_organisation(code: str) -> ResponseReturnValue:
    """Show an organisation with its owners, what it owns, and who answers for it."""
    return _page(get_organisation(code))


@requires(Duty.ADMINISTER_SECURITY)
@writes
def rename_organisation(code: str) -> ResponseReturnValue:
    """Record the name that an organisation has now."""
    organisation, form = get_organisation(code), RenameForm()

    def deed() -> None:
        organisations.rename(organisation, form.name.data, by=current_person())

    return _done(organisation, "name_form", form, form.name, deed, _("The name is changed."))


@requires(Duty.ADMINISTER_SECURITY)
@writes
def name_responsible(code: str) -> ResponseReturnValue:
    """Record who answers for an organisation; S-03 may refuse."""
    organisation, form = get_organisation(code), ResponsibleForm()

    def deed() -> None:
        name, number = form.responsible.data or "", form.id_number.data or ""
        organisations.name_responsible(organisation, name, number, by=current_person())

    said = _("The responsible person is recorded.")
    return _done(organisation, "responsible_form", form, form.id_number, deed, said)


@requires(Duty.ADMINISTER_SECURITY)
@writes
def state_owner(code: str) -> ResponseReturnValue:
    """State that an organisation belongs to another; S-03 may refuse."""
    organisation, form = get_organisation(code), _other_form(code, "owner")

    def deed() -> None:
        organisations.state_owner(organisation, get_organisation(form.other.data), by=current_person())

    return _done(organisation, "owner_form", form, form.other, deed, _("The owner is recorded."))


@requires(Duty.ADMINISTER_SECURITY)
@writes
def end_owner(code: str, owner: str) -> ResponseReturnValue:
    """State that an organisation belongs no longer to another."""
    take_form(None, lambda: show_organisation(code))
    organisations.end_owner(get_organisation(code), get_organisation(owner), by=current_person())
    flash(_("It belongs no longer to that organisation."), "success")
    return redirect(url_for(".show_organisation", code=code))


@requires(Duty.ADMINISTER_SECURITY)
@writes
def merge_organisation(code: str) -> ResponseReturnValue:
    """State that an organisation was merged into another; S-03 may refuse."""
    organisation, form = get_organisation(code), _other_form(code, "merger")

    def deed() -> None:
        organisations.merge(organisation, get_organisation(form.other.data), by=current_person())

    return _done(organisation, "merger_form", form, form.other, deed, _("The merger is recorded."))


def _done(
    organisation: Organisation, name: str, form: FlaskForm, field: Any, deed: Callable[[], None], said: str
) -> ResponseReturnValue:
    """Do a deed with a valid form; what is wrong stands beside the field."""
    take_form(form, lambda: _page(organisation, **{name: form}), at=field.short_name)
    deed()
    flash(said, "success")
    return redirect(url_for(".show_organisation", code=organisation.code))


def _other_form(code: str, prefix: str, **given: Any) -> OtherOrganisationForm:
    form = OtherOrganisationForm(prefix=prefix + "-", **given)
    rows = [row for row in every_organisation() if row.code != code]
    form.other.choices = [("", _("Choose an organisation")), *((row.code, row.name) for row in rows)]
    return form


def _page(organisation: Organisation, **forms: FlaskForm) -> str:
    answers = organisation.responsible_person_id
    into = organisations.merged_into([organisation.code]).get(organisation.code)
    empty = {
        "name_form": RenameForm(formdata=None, name=organisation.name),
        "responsible_form": ResponsibleForm(formdata=None),
        "owner_form": _other_form(organisation.code, "owner", formdata=None),
        "merger_form": _other_form(organisation.code, "merger", formdata=None),
    }
    return render_template(
        "governance/organisation.html",
        organisation=organisation,
        kind=KINDS[OrganisationKind(organisations.kind_of(organisation))],
        responsible=persons_among([answers]).get(answers or ""),
        owners=organisations.owners_of(organisation),
        owned=organisations.owned_by(organisation),
        into=None if into is None else get_organisation(into),
        may_change=Duty.ADMINISTER_SECURITY in current_duties() and into is None,
        **(empty | forms),
    )


def _list_page(form: OrganisationForm) -> str:
    page = paginate(organisations_in_order())
    merged = organisations.merged_into([row.code for row in page.items])
    return render_template("governance/organisations.html", page=page, form=form, kinds=KINDS, merged=merged)


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of organisations."""
    page = "/organisations/<code>"
    blueprint.get("/organisations")(list_organisations)
    blueprint.post("/organisations")(add_organisation)
    blueprint.get(page)(show_organisation)
    blueprint.post(page + "/name")(rename_organisation)
    blueprint.post(page + "/responsible")(name_responsible)
    blueprint.post(page + "/owners")(state_owner)
    blueprint.post(page + "/owners/<owner>/end")(end_owner)
    blueprint.post(page + "/merger")(merge_organisation)
