"""Forms of staffing."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from trainhub.kernel.i18n import _l


class MemberForm(FlaskForm):  # type: ignore[misc]
    """An entry into the register; the person holds the duty already."""

    holder = SelectField(_l("Person and duty"), [InputRequired()])
    organisation = SelectField(_l("Works for"), [InputRequired()])
    district = StringField(
        _l("District"),
        [Optional(), Length(max=60)],
        description=_l("That of the organisation unless given."),
    )
    qualified_from = DateField(_l("From"), [InputRequired()])
    qualified_until = DateField(_l("Until"), [InputRequired()])


class AppointmentForm(FlaskForm):  # type: ignore[misc]
    """Whom to appoint; the people themselves are rows of a table beside it."""

    person = StringField(validators=[DataRequired(), Length(max=40)])
    duty = StringField(validators=[DataRequired(), Length(max=40)])
    room = StringField(validators=[Optional(), Length(max=20)])


class WithdrawalForm(FlaskForm):  # type: ignore[misc]
    """Why somebody is taken off duty."""

    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say why the person is taken off duty.")), Length(min=2, max=200)],
    )


class PeriodForm(FlaskForm):  # type: ignore[misc]
    """The days that are planned; read from the address, so nothing protects it."""

    class Meta:
        """A question changes nothing."""

        csrf = False

    first = DateField(_l("From"), [InputRequired()])
    last = DateField(_l("Until"), [InputRequired()])


class ChangeForm(PeriodForm):
    """Who cannot come, and on which days."""

    person = SelectField(_l("Who cannot come"), [InputRequired()])


class AbsenceForm(FlaskForm):  # type: ignore[misc]
    """Days on which somebody of the register cannot come."""

    person = SelectField(_l("Person"), [InputRequired()])
    starts_on = DateField(_l("First day"), [InputRequired()])
    ends_on = DateField(_l("Last day"), [InputRequired()])
    kind = SelectField(_l("Reason"), [InputRequired()])
