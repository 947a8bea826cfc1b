"""Who is who: ID number, changed name, and two records of one person, for the security administrator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from trainhub.governance import identity
from trainhub.governance.accounts import get_account
from trainhub.governance.following import violations_of_person
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import take_form
from trainhub.people.models import Account, Person
from trainhub.people.persons import get_person, id_number_of
from trainhub.people.sign_in import current_person, username_of
from trainhub.separation.duties import Duty
from trainhub.separation.identity import person_standing_for


class NumberForm(FlaskForm):  # type: ignore[misc]
    """The ID number of somebody who was recorded without one."""

    id_number = StringField(
        _l("ID number"),
        [DataRequired(), Length(max=30)],
        description=_l("As on the ID card; a number of 15 digits is taken as well."),
    )


class NameForm(FlaskForm):  # type: ignore[misc]
    """The name that a person has now."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=60)])


class OtherForm(FlaskForm):  # type: ignore[misc]
    """The other record of the same person, by its user name."""

    username = StringField(_l("User name of the other record"), [DataRequired(), Length(max=40)])


@requires(Duty.ADMINISTER_SECURITY)
def show_identity(username: str) -> ResponseReturnValue:
    """Show who a person is, and what stands against them under any of their records."""
    return _page(get_account(username))


@requires(Duty.ADMINISTER_SECURITY)
@writes
def give_number(username: str) -> ResponseReturnValue:
    """Record an ID number; if it stands under another record, ask whether the two are one person."""
    account, form = get_account(username), NumberForm()
    take_form(form, lambda: _page(account, number_form=form), at="id_number")
    found = identity.give_id_number(account.person, form.id_number.data, by=current_person())
    if found.id != account.person_id:
        return _confirm_page(account, found)
    flash(_("The ID number is recorded."), "success")
    return redirect(url_for(".show_identity", username=username))


@requires(Duty.ADMINISTER_SECURITY)
@writes
def change_name(username: str) -> ResponseReturnValue:
    """Record the name that a person has now."""
    account, form = get_account(username), NameForm()
    take_form(form, lambda: _page(account, name_form=form), at="name")
    identity.rename(account.person, form.name.data, by=current_person())
    flash(_("The name is changed. What was issued before keeps the old one."), "success")
    return redirect(url_for(".show_identity", username=username))


@requires(Duty.ADMINISTER_SECURITY)
def compare_records(username: str) -> ResponseReturnValue:
    """Show two records side by side before they are joined; the other by its user name or as a namesake."""
    account = get_account(username)
    if request.args.get("record"):
        return _confirm_page(account, get_person(request.args["record"]))
    form = OtherForm(request.args, meta={"csrf": False})
    if not form.validate():
        return _page(account, other_form=form), 422
    try:
        other = get_account(form.username.data.strip().lower())
    except NotFound as problem:
        form.username.errors = [str(problem)]
        return _page(account, other_form=form), 422
    return _confirm_page(account, other.person)


@requires(Duty.ADMINISTER_SECURITY)
@writes
def join_records(username: str) -> ResponseReturnValue:
    """State that two records are of one person, and show what stands against them now."""
    account = get_account(username)
    other = get_person(request.form.get("other", ""))
    take_form(None, lambda: _confirm_page(account, other))
    joined = identity.join_records(account.person, other, by=current_person())
    flash(_("The two records are one from now on."), "success")
    standing = username_of(joined.person.id)
    return redirect(url_for(".show_identity", username=standing) if standing else url_for(".list_people"))


def _page(account: Account, **forms: FlaskForm) -> str:
    person = account.person
    root = person_standing_for(person.id)
    empty = {
        "number_form": NumberForm(formdata=None),
        "name_form": NameForm(formdata=None, name=person.name),
        "other_form": OtherForm(formdata=None),
    }
    return render_template(
        "governance/identity.html",
        account=account,
        id_number=id_number_of(person),
        is_joined=root != person.id,
        stays=username_of(root),
        violations=violations_of_person(root),
        namesakes=identity.namesakes(person),
        is_own=person.id == current_person().id,
        **(empty | forms),
    )


def _confirm_page(account: Account, other: Person) -> str:
    both = (account.person, other)
    stands = account.person if account.person.id_number_hash is not None else other
    return render_template(
        "governance/join.html",
        account=account,
        other=other,
        records=[
            {
                "person": each,
                "username": username_of(each.id),
                "id_number": id_number_of(each),
                "stands": each.id == stands.id,
            }
            for each in both
        ],
        same_name=account.person.name == other.name,
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages on which it is recorded who is who."""
    page = "/people/<username>/identity"
    blueprint.get(page)(show_identity)
    blueprint.post(page + "/number")(give_number)
    blueprint.post(page + "/name")(change_name)
    blueprint.get(page + "/join")(compare_records)
    blueprint.post(page + "/join")(join_records)
