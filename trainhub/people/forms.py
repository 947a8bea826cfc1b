"""Forms of people: they check shape, never policy."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from trainhub.kernel.i18n import _l


class SignInForm(FlaskForm):  # type: ignore[misc]
    """User name and password."""

    username = StringField(
        _l("User name"), [DataRequired(), Length(max=40)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class PhoneForm(FlaskForm):  # type: ignore[misc]
    """The person's own mobile number."""

    phone = StringField(
        _l("Your own mobile number"), [DataRequired(), Length(max=20)], render_kw={"autocomplete": "tel"}
    )


class MailForm(FlaskForm):  # type: ignore[misc]
    """The person's own mail address."""

    mail = StringField(
        _l("Your own mail address"), [DataRequired(), Length(max=254)], render_kw={"autocomplete": "email"}
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, proved by the old one."""

    old = PasswordField(_l("Old password"), [InputRequired(), Length(max=200)])
    new = PasswordField(
        _l("New password"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "new-password"}
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The code of the second factor, with which a sign-in is completed."""

    code = StringField(
        _l("One-time code"),
        [DataRequired(), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True},
    )
    next = HiddenField()


class OwnPasswordForm(FlaskForm):  # type: ignore[misc]
    """One's password, asked before a second factor is set up."""

    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )


class EndFactorForm(OwnPasswordForm):
    """Password and code, asked before a second factor is ended."""

    code = StringField(
        _l("One-time code"), [DataRequired(), Length(max=40)], render_kw={"autocomplete": "one-time-code"}
    )
