"""Administration of people, organisations and duties, and the ledger as the auditor reads it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.governance import (
    accounts,
    duties,
    second_factor,
    views_graph,
    views_identity,
    views_ledger,
    views_organisations,
    views_separation,
    views_sittings,
)
from trainhub.governance.forms import AccountForm, GrantForm
from trainhub.governance.glance import at_a_glance
from trainhub.governance.guards import current_duties, requires
from trainhub.governance.proving import prove
from trainhub.governance.views_organisations import ADMINISTRATORS
from trainhub.governance.witness import bear_witness
from trainhub.governance.work import open_work
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import paginate
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import take_form
from trainhub.people.organisations import every_organisation, get_organisation
from trainhub.people.second_factor import is_set_up
from trainhub.people.sign_in import current_person, username_of
from trainhub.separation.duties import Duty

governance = Blueprint("governance", __name__, url_prefix="/oversight")
views_organisations.add_routes(governance)
views_identity.add_routes(governance)
views_separation.add_routes(governance)
views_ledger.add_routes(governance)
views_sittings.add_routes(governance)
views_graph.add_routes(governance)


@governance.get("/people")
@requires(*ADMINISTRATORS)
def list_people() -> ResponseReturnValue:
    """List accounts with the duties in force."""
    wanted = request.args.get("q", "").strip()
    page = paginate(accounts.listed(wanted, [name for name in accounts.KINDS if request.args.get(name)]))
    held = duties.grants_of([account.person_id for account in page.items], on=clock.today())
    return render_template("governance/people.html", page=page, held=held, wanted=wanted)


@governance.get("/people/new")
@requires(Duty.ADMINISTER_SYSTEM)
def new_account() -> ResponseReturnValue:
    """Show the form of a new account."""
    return render_template("governance/new_account.html", form=AccountForm())


@governance.post("/people/new")
@requires(Duty.ADMINISTER_SYSTEM)
@writes
def open_account() -> ResponseReturnValue:
    """Record a person and open their account; the first password is shown once."""
    form = AccountForm()
    take_form(form, lambda: render_template("governance/new_account.html", form=form))
    password = accounts.open_account_for(
        form.name.data, form.id_number.data or None, form.username.data, by=current_person()
    )
    return render_template("governance/account_opened.html", username=form.username.data, password=password)


@governance.get("/people/<username>")
@requires(*ADMINISTRATORS)
def show_person(username: str) -> ResponseReturnValue:
    """Show a person's duties, and grant one where it is the reader's to grant."""
    return _person_page(username, _grant_form())


@governance.post("/people/<username>/close")
@requires(Duty.ADMINISTER_SYSTEM)
@writes
def close_account(username: str) -> ResponseReturnValue:
    """Close an account that nobody needs any more."""
    take_form(None, lambda: show_person(username))
    account = accounts.get_account(username)
    accounts.close_account(account, by=current_person())
    flash(_("The account %(username)s is closed.", username=username), "success")
    return redirect(url_for(".list_people"))


@governance.post("/people/<username>/second-factor/reset")
@requires(Duty.ADMINISTER_SECURITY)
@writes
def reset_second_factor(username: str) -> ResponseReturnValue:
    """End the second factor of somebody who has lost it."""
    take_form(None, lambda: show_person(username))
    second_factor.reset(accounts.get_account(username), by=current_person())
    flash(_("The second factor is ended. The person sets up another at the next sign-in."), "success")
    return redirect(url_for(".show_person", username=username))


@governance.post("/people/<username>/duties")
@requires(*ADMINISTRATORS)
@writes
def grant_duty(username: str) -> ResponseReturnValue:
    """Grant a duty; a separation rule may refuse."""
    form = _grant_form()
    take_form(form, lambda: _person_page(username, form))
    account = accounts.get_account(username)
    organisation = get_organisation(form.organisation.data)
    duties.grant(
        account.person,
        Duty(form.duty.data),
        organisation,
        form.starts_on.data,
        form.ends_on.data,
        by=current_person(),
    )
    flash(_("The duty is granted."), "success")
    return redirect(url_for(".show_person", username=username))


@governance.post("/duties/<int:grant_id>/revoke")
@requires(*ADMINISTRATORS)
@writes
def revoke_duty(grant_id: int) -> ResponseReturnValue:
    """Withdraw a duty at once."""
    take_form(None, lambda: _page_of_grant(grant_id))
    row = duties.revoke(grant_id, by=current_person())
    flash(_("The duty is withdrawn, and the person is signed out everywhere."), "success")
    username = username_of(row.person_id)
    return redirect(url_for(".show_person", username=username) if username else url_for(".list_people"))


def _page_of_grant(grant_id: int) -> ResponseReturnValue:
    row = duties.find_grant(grant_id)
    username = None if row is None else username_of(row.person_id)
    return list_people() if username is None else show_person(username)


def _grant_form() -> GrantForm:
    form = GrantForm()
    mine = current_duties()
    form.duty.choices = [(duty.value, str(duty.label)) for duty in Duty if duties.GRANTED_BY[duty] in mine]
    form.organisation.choices = [(row.code, row.name) for row in every_organisation()]
    return form


def _person_page(username: str, form: GrantForm) -> str:
    account = accounts.get_account(username)
    grants = duties.grants_of([account.person_id]).get(account.person_id, [])
    return render_template(
        "governance/person.html",
        account=account,
        has_second_factor=is_set_up(account),
        grants=grants,
        form=form,
        today=clock.today(),
        mine=current_duties(),
        granted_by=duties.GRANTED_BY,
        Duty=Duty,
    )


room = Room(
    name="governance",
    side="oversight",
    blueprints=(governance,),
    navigation=(
        NavigationEntry(_l("People and duties"), "governance.list_people", ADMINISTRATORS),
        NavigationEntry(_l("Organisations"), "governance.list_organisations", ADMINISTRATORS),
        NavigationEntry(_l("Ledger"), "governance.read_ledger", (Duty.AUDIT,)),
        NavigationEntry(_l("Rules of separation"), "governance.list_rules", (Duty.AUDIT, Duty.SUPERVISE)),
        NavigationEntry(_l("Sittings on record"), "governance.list_sittings", (Duty.AUDIT, Duty.SUPERVISE)),
        NavigationEntry(_l("Audit of separation"), "governance.audit", (Duty.AUDIT,)),
        NavigationEntry(_l("Refused decisions"), "governance.list_refusals", (Duty.AUDIT, Duty.SUPERVISE)),
    ),
    open_work=open_work,
    at_a_glance=at_a_glance,
    proof=prove,
    witness=bear_witness,
)
