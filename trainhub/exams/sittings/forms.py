"""Forms of sittings: they check shape; what may be is decided by the deeds."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from trainhub.exams.sittings.evidence import EVIDENCE_KINDS
from trainhub.exams.sittings.objections import GROUNDS
from trainhub.kernel.i18n import _l


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlanForm(FlaskForm):  # type: ignore[misc]
    """A new sitting."""

    qualification = SelectField(_l("Qualification"), [InputRequired()])
    rooms = CheckboxesField(_l("Rooms of one site"), [InputRequired()])
    starts_at = DateTimeLocalField(_l("Begins (Beijing time)"), [InputRequired()], format="%Y-%m-%dT%H:%M")


class PaperForm(FlaskForm):  # type: ignore[misc]
    """Which sealed paper a sitting uses."""

    paper = SelectField(_l("Sealed paper"), [InputRequired()])


class RosterForm(FlaskForm):  # type: ignore[misc]
    """A roster as a workbook, and the sittings that it is for."""

    file = FileField(_l("Workbook (.xlsx)"), [FileRequired(message=_l("Choose a workbook."))])
    sittings = CheckboxesField(_l("For the sittings"), [InputRequired()])
    accept_good = BooleanField(_l("Take the good rows although others are bad"))
    dry_run = BooleanField(_l("Only check, register nobody"))


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is done."""

    reason = TextAreaField(_l("Reason"), [DataRequired(), Length(min=2, max=500)])


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """What the registering party said, corrected."""

    employer = StringField(_l("Works for"), [DataRequired(), Length(max=200)])
    training_body = StringField(_l("Training body"), [Optional(), Length(max=200)])
    reason = StringField(_l("Reason"), [DataRequired(), Length(min=2, max=500)], id="correction-reason")


class SeatForm(FlaskForm):  # type: ignore[misc]
    """A free seat for one candidate."""

    seat = SelectField(_l("Free seat"), [InputRequired()])
    reason = StringField(_l("Reason"), [DataRequired(), Length(min=2, max=500)], id="seat-reason")


class EvidenceForm(FlaskForm):  # type: ignore[misc]
    """Further evidence for a candidate."""

    kind = SelectField(_l("Kind of evidence"), [InputRequired()], choices=list(EVIDENCE_KINDS.items()))
    description = TextAreaField(
        _l("What was seen, and where it is kept"), [DataRequired(), Length(min=4, max=1000)]
    )


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Yes or no, and why."""

    decision = RadioField(
        _l("Decision"), [InputRequired()], choices=[("yes", _l("Accept")), ("no", _l("Decline"))]
    )
    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Decide and give the reason.")), Length(min=4, max=1000)]
    )


class NumbersForm(FlaskForm):  # type: ignore[misc]
    """Ticket number and ID number, which only the person has together."""

    ticket_number = StringField(_l("Ticket number"), [DataRequired(), Length(max=30)])
    id_number = StringField(
        _l("Your ID number"), [DataRequired(), Length(max=30)], render_kw={"autocomplete": "off"}
    )


class ObjectionForm(FlaskForm):  # type: ignore[misc]
    """What a person objects to."""

    ground = RadioField(_l("What do you object to?"), [InputRequired()], choices=list(GROUNDS.items()))
    text = TextAreaField(_l("What happened, in your words (optional)"), [Optional(), Length(max=2000)])
    contact = StringField(
        _l("A mobile number for questions (optional)"),
        [Optional(), Length(max=20)],
        render_kw={"autocomplete": "tel"},
    )
