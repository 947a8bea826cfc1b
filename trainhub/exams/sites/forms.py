"""Forms of exam sites."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from trainhub.exams.sites.networks import read_networks
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

CODE = Regexp(
    r"[A-Z0-9][A-Z0-9-]{1,29}$", message=_l("A code has 2 to 30 capital letters, digits and hyphens.")
)


class SiteForm(FlaskForm):  # type: ignore[misc]
    """The application of an organisation to be a site."""

    organisation = SelectField(_l("Organisation"), validators=[InputRequired()])
    code = StringField(_l("Code"), validators=[DataRequired(), CODE])
    name = StringField(_l("Title"), validators=[DataRequired(), Length(max=100)])
    address = StringField(_l("Address"), validators=[DataRequired(), Length(max=200)])


class RoomForm(FlaskForm):  # type: ignore[misc]
    """A room of a site."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=20)])
    name = StringField(_l("Title"), validators=[DataRequired(), Length(max=60)])
    seats = IntegerField(_l("Seats"), validators=[InputRequired(), NumberRange(1, 500)])
    seats_per_row = IntegerField(
        _l("Seats per row"), default=6, validators=[InputRequired(), NumberRange(1, 50)]
    )
    spare_machines = IntegerField(
        _l("Spare machines"), default=3, validators=[InputRequired(), NumberRange(0, 99)]
    )


class NetworksForm(FlaskForm):  # type: ignore[misc]
    """From which networks the machines of a room come."""

    networks = TextAreaField(
        _l("Networks (one a line)"),
        [Optional(), Length(max=3000)],
        render_kw={"rows": 5, "autocomplete": "off", "spellcheck": "false"},
    )

    def validate_networks(self, field: Any) -> None:
        """Say at the field which line is no network."""
        try:
            read_networks(field.data)
        except Invalid as problem:
            raise ValidationError(str(problem)) from None


class InspectionForm(FlaskForm):  # type: ignore[misc]
    """What an inspection found beyond its points."""

    note = TextAreaField(_l("What else was seen"), validators=[Length(max=2000)])


class SuspensionForm(FlaskForm):  # type: ignore[misc]
    """Why a site is suspended."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=500)])
