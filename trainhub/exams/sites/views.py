"""Pages of exam sites: the register, one site with its inspections, and the deeds of the site manager."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.sites.forms import InspectionForm, NetworksForm, RoomForm, SiteForm, SuspensionForm
from trainhub.exams.sites.models import ExamRoom, Site, SiteState
from trainhub.exams.sites.networks import networks_of, read_networks, set_networks
from trainhub.exams.sites.register import (
    activate_site,
    add_room,
    add_site,
    get_site,
    inspect_site,
    last_inspection,
    sites_of,
    suspend_site,
)
from trainhub.exams.sites.standard import site_standard
from trainhub.exams.sites.witness import bear_witness
from trainhub.exams.sites.work import open_work
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.models import OrganisationKind
from trainhub.people.organisations import get_organisation, organisation_of_id, organisations_of_kind
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

sites = Blueprint("sites", __name__, url_prefix="/exam/sites")

STATES = {
    SiteState.APPLIED: (_l("applied"), "info"),
    SiteState.INSPECTED: (_l("inspected"), "info"),
    SiteState.ACTIVE: (_l("in use"), "good"),
    SiteState.SUSPENDED: (_l("suspended"), "bad"),
}


def _centres() -> list[int]:
    return organisations_for(current_person(), Duty.MANAGE_SITES)


def _own_site(code: str) -> Site:
    return get_site(code, centres=_centres())


def _applicants() -> list[tuple[str, str]]:
    kinds = (OrganisationKind.EXAM_SITE, OrganisationKind.TRAINING_BODY, OrganisationKind.ENTERPRISE)
    return [
        (each.code, f"{each.name} ({each.code})") for kind in kinds for each in organisations_of_kind(kind)
    ]


def _site_form() -> SiteForm:
    form = SiteForm()
    form.organisation.choices = _applicants()
    return form


@sites.get("/")
@requires(Duty.MANAGE_SITES)
def list_sites() -> ResponseReturnValue:
    """List the sites of the exam centre."""
    return render_template("sites/list.html", sites=sites_of(_centres()), states=STATES)


@sites.get("/new")
@requires(Duty.MANAGE_SITES)
def new_site() -> ResponseReturnValue:
    """Show the form of an application."""
    return render_template("sites/new.html", form=_site_form())


@sites.post("/new")
@requires(Duty.MANAGE_SITES)
@writes
def record_site() -> ResponseReturnValue:
    """Record an application; an organisation that trains is refused."""
    form = _site_form()
    take_form(form, lambda: render_template("sites/new.html", form=form))
    site = add_site(
        get_organisation(form.organisation.data),
        form.code.data,
        form.name.data,
        form.address.data,
        centre=organisation_of_id(_centres()[0]),
        by=current_person(),
    )
    return redirect(url_for(".show_site", code=site.code))


@sites.get("/<code>")
@requires(Duty.MANAGE_SITES)
def show_site(code: str) -> ResponseReturnValue:
    """Show a site: rooms, standard, inspections, what to do next."""
    return _site_page(_own_site(code), shown(RoomForm))


def _site_page(site: Site, room_form: RoomForm, suspension_form: SuspensionForm | None = None) -> str:
    standard = site_standard(clock.today())
    inspection = last_inspection(site)
    current = inspection is not None and inspection.standard_version == standard.version
    return render_template(
        "sites/show.html",
        site=site,
        state=STATES[SiteState(site.state)],
        standard=standard,
        inspection=inspection,
        may_activate=site.state != SiteState.ACTIVE
        and current
        and inspection is not None
        and inspection.passed,
        room_form=room_form,
        inspection_form=shown(InspectionForm),
        suspension_form=suspension_form or SuspensionForm(formdata=None),
    )


@sites.post("/<code>/rooms")
@requires(Duty.MANAGE_SITES)
@writes
def record_room(code: str) -> ResponseReturnValue:
    """Add a room."""
    site, form = _own_site(code), RoomForm()
    take_form(form, lambda: _site_page(site, form))
    add_room(
        site,
        form.code.data,
        form.name.data,
        form.seats.data,
        seats_per_row=form.seats_per_row.data,
        spare_machines=form.spare_machines.data,
        by=current_person(),
    )
    flash(_("The room is added."), "success")
    return redirect(url_for(".show_site", code=code))


@sites.get("/<code>/rooms/<room_code>")
@requires(Duty.MANAGE_SITES)
def show_room(code: str, room_code: str) -> ResponseReturnValue:
    """Show a room and the networks from which its machines come."""
    room = _own_room(code, room_code)
    form = NetworksForm(formdata=None)
    form.networks.data = "\n".join(networks_of(room))
    return render_template("sites/room.html", site=room.site, room=room, form=form)


@sites.post("/<code>/rooms/<room_code>")
@requires(Duty.MANAGE_SITES)
@writes
def record_networks(code: str, room_code: str) -> ResponseReturnValue:
    """Say from which networks the machines of a room come."""
    room, form = _own_room(code, room_code), NetworksForm()
    take_form(form, lambda: render_template("sites/room.html", site=room.site, room=room, form=form))
    set_networks(room, read_networks(form.networks.data or ""), by=current_person())
    flash(_("The networks of the room are entered."), "success")
    return redirect(url_for(".show_site", code=code))


def _own_room(code: str, room_code: str) -> ExamRoom:
    for room in _own_site(code).rooms:
        if room.code == room_code:
            return room
    raise NotFound(_l("There is no such room."))


@sites.post("/<code>/inspections")
@requires(Duty.MANAGE_SITES)
@writes
def record_inspection(code: str) -> ResponseReturnValue:
    """Record how the site was found, point by point."""
    site, form = _own_site(code), InspectionForm()
    take_form(form, lambda: show_site(code))
    answers = {
        point.code: request.form.get(f"point-{point.code}") for point in site_standard(clock.today()).points
    }
    findings = {point: answer == "met" for point, answer in answers.items() if answer in ("met", "missing")}
    inspection = inspect_site(site, findings, form.note.data or "", by=current_person())
    if inspection.passed:
        flash(_("The inspection is recorded: every required point is met."), "success")
    else:
        flash(_("The inspection is recorded: a required point is not met."), "warning")
    return redirect(url_for(".show_site", code=code))


@sites.post("/<code>/activate")
@requires(Duty.MANAGE_SITES)
@writes
def activate(code: str) -> ResponseReturnValue:
    """Admit a site."""
    take_form(None, lambda: show_site(code))
    activate_site(_own_site(code), by=current_person())
    flash(_("The site is active: sittings can be planned there."), "success")
    return redirect(url_for(".show_site", code=code))


@sites.post("/<code>/suspend")
@requires(Duty.MANAGE_SITES)
@writes
def suspend(code: str) -> ResponseReturnValue:
    """Suspend a site."""
    site, form = _own_site(code), SuspensionForm()
    take_form(form, lambda: _site_page(site, RoomForm(formdata=None), form))
    suspend_site(site, form.reason.data, by=current_person())
    flash(_("The site is suspended."), "success")
    return redirect(url_for(".show_site", code=code))


room = Room(
    name="exams.sites",
    side="exam",
    blueprints=(sites,),
    navigation=(NavigationEntry(_l("Sites"), "sites.list_sites", (Duty.MANAGE_SITES,)),),
    open_work=open_work,
    witness=bear_witness,
)
