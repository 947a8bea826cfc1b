"""Signing in and out, and one's own account."""

from __future__ import annotations

import re

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup

from trainhub.kernel.access import open_to_all, signed_in
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Room
from trainhub.kernel.sent_forms import take_form
from trainhub.people import messages, second_factor, use, views_second_factor
from trainhub.people.forms import MailForm, PasswordForm, PhoneForm, SignInForm
from trainhub.people.limits import limiter, refused_seldom
from trainhub.people.models import Proof
from trainhub.people.next_page import safe_next
from trainhub.people.persons import give_mail, give_phone, id_number_of, mail_of, phone_of
from trainhub.people.sign_in import (
    Replaced,
    authenticate,
    awaiting_code,
    begin_session,
    change_password,
    current_person,
    end_session,
    own_account,
)
from trainhub.people.witness import bear_witness

people = Blueprint("people", __name__)
views_second_factor.add_routes(people)


def _name_tried() -> str:
    return request.form.get("username", "").strip().lower()[:40]


@people.get("/sign-in")
@open_to_all("the door itself")
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    if "sign-in" in session and awaiting_code() is None:
        minutes = round(current_app.config["SETTINGS"].idle.total_seconds() / 60)
        said = _("Your session has ended. Without use it ends after %(minutes)s minutes.", minutes=minutes)
        flash(said, "info")
    return render_template("people/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@people.post("/sign-in")
@open_to_all("the door itself")
@refused_seldom()
@limiter.limit("10 per minute", key_func=_name_tried)
@writes
def try_sign_in() -> ResponseReturnValue:
    """Check a sign-in and begin a session."""
    form = SignInForm()
    message = _("User name and password do not fit, or the account is locked for a quarter of an hour.")
    account = None
    try:
        if form.validate_on_submit():
            account = authenticate(form.username.data, form.password.data)
    except Replaced as other:
        message = str(other)
    if account is None:
        flash(message, "error")
        return render_template("people/sign_in.html", form=form), 422
    if second_factor.is_set_up(account):
        begin_session(account, Proof.AWAITS_CODE)
        return redirect(url_for(".ask_code", next=form.next.data or None))
    begin_session(account)
    return redirect(safe_next(form.next.data))


@people.post("/sign-out")
@open_to_all("leaving is always possible")
@writes
def sign_out() -> ResponseReturnValue:
    """End the session."""
    end_session()
    return redirect(url_for("people.sign_in"))


@people.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Show one's own data, masked, and the messages one got."""
    return _account_page()


@people.post("/account/phone")
@signed_in
@writes
def set_phone() -> ResponseReturnValue:
    """Give one's own number; messages that waited for it go out."""
    form = PhoneForm()
    take_form(form, lambda: _account_page(phone_form=form), at="phone")
    person = current_person()
    give_phone(person, form.phone.data)
    messages.release(person)
    flash(_("Your number is kept. Messages about your exams come to it."), "success")
    return redirect(url_for(".account"))


@people.post("/account/mail")
@signed_in
@writes
def set_mail() -> ResponseReturnValue:
    """Keep one's own mail address; messages that waited for an address go out."""
    form = MailForm()
    take_form(form, lambda: _account_page(mail_form=form), at="mail")
    person = current_person()
    give_mail(person, form.mail.data)
    messages.release(person)
    flash(_("Your mail address is kept. Messages come to it while you give no mobile number."), "success")
    return redirect(url_for(".account"))


@people.post("/account/password")
@signed_in
@writes
def set_password() -> ResponseReturnValue:
    """Change one's password; every session ends and one signs in anew."""
    form = PasswordForm()
    take_form(form, lambda: _account_page(password_form=form))
    own = own_account(current_person())
    try:
        change_password(own, form.old.data, form.new.data)
    except Invalid as problem:
        form.old.errors = [str(problem)]
        return _account_page(password_form=form), 422
    session.pop("sign-in", None)
    flash(_("Your password is changed. Please sign in with the new one."), "success")
    return redirect(url_for(".sign_in"))


@people.app_template_filter("own_links")
def own_links(text: str) -> Markup:
    """Make the addresses of this house in a text links; whatever else stands in it stays text."""
    ours = re.escape(current_app.config["SETTINGS"].public_url)
    parts = re.split(rf"({ours}/[\w./-]+)", text)
    return Markup("").join(
        Markup('<a href="{0}">{0}</a>').format(part) if number % 2 else part
        for number, part in enumerate(parts)
    )


def _account_page(**forms: FlaskForm) -> str:
    person = current_person()
    empty = {"phone_form": PhoneForm(), "mail_form": MailForm(), "password_form": PasswordForm()}
    return render_template(
        "people/account.html",
        person=person,
        id_number=id_number_of(person),
        phone=phone_of(person),
        mail=mail_of(person),
        messages=messages.own_messages(person),
        **(empty | forms),
    )


room = Room(
    name="people",
    side="core",
    blueprints=(people,),
    chores=(
        Chore("messages", messages.is_any_waiting, messages.note_sent, messages.hand_to_carrier),
        use.chore,
    ),
    witness=bear_witness,
)
