"""Forms of governance."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from trainhub.kernel.i18n import _l


class AccountForm(FlaskForm):  # type: ignore[misc]
    """A new person with an account."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=60)])
    id_number = StringField(_l("ID number"), [Optional(), Length(max=30)])
    username = StringField(_l("User name"), [DataRequired(), Length(min=3, max=40)])


class GrantForm(FlaskForm):  # type: ignore[misc]
    """A duty for an organisation and a period."""

    duty = SelectField(_l("Duty"), [InputRequired()])
    organisation = SelectField(_l("Organisation"), [InputRequired()])
    starts_on = DateField(_l("First day"), [InputRequired()])
    ends_on = DateField(_l("Last day"), [InputRequired()])


class OrganisationForm(FlaskForm):  # type: ignore[misc]
    """A new organisation."""

    code = StringField(_l("Code"), [DataRequired(), Length(max=30)])
    name = StringField(_l("Name of the organisation"), [DataRequired(), Length(max=120)])
    kind = SelectField(
        _l("Kind"),
        [InputRequired()],
        choices=[
            ("enterprise", _l("Enterprise")),
            ("training_body", _l("Training body")),
            ("exam_site", _l("Exam site")),
            ("exam_centre", _l("Exam centre")),
            ("authority", _l("Authority")),
        ],
    )
    district = StringField(_l("District"), [DataRequired(), Length(max=60)])
