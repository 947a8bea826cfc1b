"""Forms of papers."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from trainhub.kernel.i18n import _l


class BlueprintForm(FlaskForm):  # type: ignore[misc]
    """A new blueprint; its cells begin as the regulations have them."""

    name = StringField(_l("Title"), validators=[InputRequired(), Length(max=100)])
    qualification = SelectField(_l("Qualification"), validators=[InputRequired()])


class CellsForm(FlaskForm):  # type: ignore[misc]
    """Length and pass mark of a blueprint; its cells are rows of plain fields beside it."""

    minutes = IntegerField(_l("Minutes"), validators=[InputRequired(), NumberRange(1, 600)])
    pass_mark = IntegerField(_l("Pass mark"), validators=[InputRequired(), NumberRange(1, 1000)])


class DeedForm(FlaskForm):  # type: ignore[misc]
    """A deed on a paper, with a remark."""

    text = TextAreaField(_l("Remark"), validators=[Optional(), Length(max=2000)])


class SealForm(FlaskForm):  # type: ignore[misc]
    """How a sealed paper is opened: by officers, chosen here, or by the clock."""

    opening = RadioField(
        _l("How the paper is opened"),
        choices=[
            ("officers", _l("By two of several officers, each with a passphrase of their own")),
            ("clock", _l("By the clock of the server, when the sitting begins")),
        ],
        validators=[InputRequired()],
    )
    officers = SelectMultipleField(
        _l("Officers who receive a share of the key"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class KeyForm(FlaskForm):  # type: ignore[misc]
    """A new opening key: who asks proves once more who they are."""

    password = PasswordField(_l("Your sign-in password"), [InputRequired(), Length(max=200)])
    passphrase = PasswordField(_l("Passphrase of the key"), [InputRequired(), Length(max=300)])
    again = PasswordField(
        _l("The passphrase once more"),
        [InputRequired(), EqualTo("passphrase", _l("The two passphrases differ."))],
    )
    understood = BooleanField(_l("I know that papers sealed before still need my old passphrase"))


class ShareForm(FlaskForm):  # type: ignore[misc]
    """An officer's passphrase, for one paper and sitting."""

    passphrase = PasswordField(_l("Passphrase of your opening key"), [InputRequired(), Length(max=300)])
