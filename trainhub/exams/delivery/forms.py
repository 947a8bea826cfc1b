"""Forms of delivery: they check shape, never policy."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from trainhub.exams.delivery.demands import LONGEST_PASSWORD, SHORTEST_PASSWORD, read_browser_keys
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l


class EntryForm(FlaskForm):  # type: ignore[misc]
    """What a candidate types at the machine: ticket number and last six characters of the ID number."""

    ticket_number = StringField(
        _l("Ticket number"), [DataRequired(), Length(max=40)], render_kw={"autocomplete": "off"}
    )
    last_six = StringField(
        _l("Last six characters of your ID number"),
        [DataRequired(), Length(min=6, max=6)],
        render_kw={"autocomplete": "off", "maxlength": 6},
    )


class DemandsForm(FlaskForm):  # type: ignore[misc]
    """What a sitting demands of its machines."""

    network_only = BooleanField(_l("Only machines in the network of the candidate's room"))
    lockdown = BooleanField(_l("Only Safe Exam Browser with this sitting's configuration"))
    browser_keys = TextAreaField(
        _l("Browser Exam Keys (one a line)"),
        [Optional(), Length(max=5000)],
        render_kw={"rows": 4, "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_browser_keys(self, field: Any) -> None:
        """Say at the field which line is no key."""
        try:
            read_browser_keys(field.data)
        except Invalid as problem:
            raise ValidationError(str(problem)) from None


class ConfigurationForm(FlaskForm):  # type: ignore[misc]
    """Passwords of a configuration of the locked browser; they are not kept here."""

    quit_password = PasswordField(
        _l("Password to quit the browser"),
        [Optional(), Length(SHORTEST_PASSWORD, LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    file_password = PasswordField(
        _l("Password to open the file"),
        [Optional(), Length(SHORTEST_PASSWORD, LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )


class OnPaperForm(FlaskForm):  # type: ignore[misc]
    """Who sits on paper, and why."""

    ticket = StringField(_l("Ticket number"), [Optional(), Length(max=40)], render_kw={"autocomplete": "off"})
    reason = StringField(_l("Reason"), [DataRequired(), Length(min=4, max=500)])


class TakeUpForm(FlaskForm):  # type: ignore[misc]
    """What stands on an answer sheet: whose it is, and of which form."""

    ticket = StringField(
        _l("Ticket number"),
        [DataRequired(), Length(max=40)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    control = StringField(
        _l("Control code of the sheet"),
        [DataRequired(), Length(max=20)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )


class LiftForm(FlaskForm):  # type: ignore[misc]
    """Why nothing more is demanded."""

    reason = StringField(_l("Reason"), [DataRequired(), Length(min=4, max=500)])
