"""Pages of the second factor: the code after the password, setting it up, ending it."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup

from trainhub.kernel.access import open_to_all, signed_in
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import take_form
from trainhub.people import second_factor
from trainhub.people.forms import CodeForm, EndFactorForm, OwnPasswordForm
from trainhub.people.limits import limiter, refused_seldom
from trainhub.people.models import Account, Proof
from trainhub.people.next_page import safe_next
from trainhub.people.sign_in import (
    account_of,
    awaiting_code,
    begin_session,
    current_person,
    knows_own_password,
    mark_of_sign_in,
    own_account,
)


def _half_signed_in() -> str:
    return mark_of_sign_in(session.get("sign-in", ""))


def _proves_password(form: OwnPasswordForm, account: Account) -> bool:
    if knows_own_password(account, form.password.data):
        return True
    form.password.errors = [_("This is not your sign-in password, or the account is locked.")]
    return False


def _proves_code(form: CodeForm | EndFactorForm, account: Account) -> bool:
    if second_factor.check(account, form.code.data):
        return True
    form.code.errors = [_("This code does not fit, was used before, or the account is locked.")]
    return False


@open_to_all("the door itself: the password was right, the code is still to come")
def ask_code() -> ResponseReturnValue:
    """Ask for the code; whoever has not given a password just now begins there."""
    if awaiting_code() is None:
        return redirect(url_for(".sign_in", next=request.args.get("next")))
    return _code_page(CodeForm(formdata=None, next=request.args.get("next", "")))


def _code_page(form: CodeForm) -> str:
    return render_template("people/code.html", form=form)


@open_to_all("the door itself: the password was right, the code is still to come")
@refused_seldom()
@limiter.limit("10 per minute", key_func=_half_signed_in)
@writes
def take_code() -> ResponseReturnValue:
    """Check the code and begin the session, which is another one than that of the password alone."""
    account = awaiting_code()
    if account is None:
        return _too_late()
    form = CodeForm()
    take_form(form, lambda: _code_page(form))
    if not _proves_code(form, account):
        return _code_page(form), 422
    if awaiting_code() is None:
        # While this waited for the account, its password was changed or somebody ended its sessions.
        return _too_late()
    begin_session(account, Proof.TWO_FACTORS)
    return redirect(safe_next(form.next.data))


def _too_late() -> ResponseReturnValue:
    flash(_("The time for the code is over. Sign in once more."), "error")
    return redirect(url_for(".sign_in", next=request.form.get("next")))


@signed_in
def show() -> ResponseReturnValue:
    """Show whether one has a second factor; set it up, or end it."""
    return _page()


def _page(**forms: FlaskForm) -> str:
    account = account_of(current_person())
    secret = second_factor.begun(account)
    empty: dict[str, FlaskForm] = {
        "password_form": OwnPasswordForm(formdata=None),
        "code_form": CodeForm(formdata=None),
        "end_form": EndFactorForm(formdata=None),
    }
    return render_template(
        "people/second_factor.html",
        is_set_up=second_factor.is_set_up(account),
        codes_left=second_factor.codes_left(account),
        secret=secret,
        picture=_picture(second_factor.address_of(account, secret)) if secret else None,
        **(empty | forms),
    )


def _picture(address: str) -> Markup:
    """Return an address as a QR code (GB/T 18284) that stands in the page itself."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(scale=5, border=4, light="#fff", omitsize=False))  # noqa: S704  (made here)


@signed_in
@writes
def begin() -> ResponseReturnValue:
    """Begin to set it up: whoever sits at somebody's open session does not know the password."""
    form = OwnPasswordForm()
    take_form(form, lambda: _page(password_form=form))
    account = own_account(current_person())
    if not _proves_password(form, account):
        return _page(password_form=form), 422
    second_factor.begin(account)
    return redirect(url_for(".second_factor"))


@signed_in
@limiter.limit("10 per minute", key_func=_half_signed_in)
@writes
def confirm() -> ResponseReturnValue:
    """Confirm it by the first code, and show the codes on paper, once."""
    form = CodeForm()
    take_form(form, lambda: _page(code_form=form))
    account = own_account(current_person())
    try:
        codes = second_factor.confirm(account, form.code.data)
    except Invalid as problem:
        form.code.errors = [str(problem)]
        return _page(code_form=form), 422
    begin_session(account, Proof.TWO_FACTORS)
    return render_template("people/recovery_codes.html", codes=codes)


@signed_in
@limiter.limit("10 per minute", key_func=_half_signed_in)
@writes
def end() -> ResponseReturnValue:
    """End it, with password and code; one signs in anew."""
    form = EndFactorForm()
    take_form(form, lambda: _page(end_form=form))
    account = own_account(current_person())
    if not (_proves_password(form, account) and _proves_code(form, account)):
        return _page(end_form=form), 422
    second_factor.end(account)
    session.pop("sign-in", None)
    flash(_("Your second factor is ended. Please sign in again."), "success")
    return redirect(url_for(".sign_in"))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of the second factor."""
    blueprint.add_url_rule("/sign-in/code", "ask_code", ask_code)
    blueprint.add_url_rule("/sign-in/code", "take_code", take_code, methods=["POST"])
    page = "/account/second-factor"
    blueprint.add_url_rule(page, "second_factor", show)
    blueprint.add_url_rule(page, "begin_second_factor", begin, methods=["POST"])
    blueprint.add_url_rule(page + "/confirm", "confirm_second_factor", confirm, methods=["POST"])
    blueprint.add_url_rule(page + "/end", "end_second_factor", end, methods=["POST"])
